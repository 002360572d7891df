"""An audience that a desk keeps under a name, because it is told something every winter."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Numbered


class SavedAudience(Numbered, Base):
    __tablename__ = "saved_audiences"
    __table_args__ = (UniqueConstraint("community_id", "name"),)
    community_id: Mapped[int] = mapped_column(default=0)  # 0: the town's, because NULLs are not unique
    name: Mapped[str]
    audience: Mapped[dict[str, Any]]  # models.notice.audience.Audience
    author_id: Mapped[int]  # person
    created_at: Mapped[datetime] = mapped_column(default=now)
