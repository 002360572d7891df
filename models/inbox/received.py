"""A push that was acknowledged. Its key is unique, so a copy finds the answer that the first one got."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Numbered

KEEP_DAYS = 30
KEEP_ANSWERS_DAYS = 7  # of the API: so long a copy of a request gets the first one's answer


class Received(Numbered, Base):
    __tablename__ = "received"
    __table_args__ = (
        UniqueConstraint("channel", "key"),
        Index(
            "ix_received_open",
            "id",
            sqlite_where=text("state = 'new'"),
            postgresql_where=text("state = 'new'"),
        ),
    )
    channel: Mapped[str]
    key: Mapped[str]
    sender: Mapped[str]
    kind: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    body: Mapped[dict[str, Any]]  # what the platform pushed, parsed
    state: Mapped[str]  # new: worked on after · done · failed: a person looks at it
    answer: Mapped[dict[str, Any] | None]  # the passive reply, the same for every copy
    trouble: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
