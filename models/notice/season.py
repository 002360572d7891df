"""四季接力: what is said every year about the same day, kept ready (row 28)."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Numbered


class SeasonCall(Numbered, Base):
    """A notice without its day: on `month`-`day` of each year a draft is made of it and its desk is told; the
    first snow may bring it forward."""

    __tablename__ = "season_calls"
    __table_args__ = (UniqueConstraint("community_id", "title"),)
    community_id: Mapped[int] = mapped_column(default=0)  # 0: the town's, because NULLs are not unique
    month: Mapped[int]
    day: Mapped[int]
    title: Mapped[str]
    body: Mapped[str]
    signed: Mapped[str]
    kind: Mapped[str]
    is_call: Mapped[bool]
    audience: Mapped[dict[str, Any]]  # models.notice.audience.Audience
    author_id: Mapped[int]  # person
    created_at: Mapped[datetime] = mapped_column(default=now)
    season: Mapped[int | None]  # the year for which the last draft was made
    ended_at: Mapped[datetime | None]  # not wanted any more
