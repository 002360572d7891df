"""What somebody said in thanks, kept word for word; it reaches the praised person's file after a check."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Numbered, put


class Praise(Numbered, Base):
    __tablename__ = "praises"
    by_id: Mapped[int | None] = mapped_column(index=True)
    for_id: Mapped[int | None] = mapped_column(index=True)  # the staff member, when it can be told
    case_id: Mapped[int | None]
    text: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    checked_at: Mapped[datetime | None]
    checked_by: Mapped[int | None]


def keep(text: str, *, by: int | None, for_id: int | None, case_id: int | None) -> int:
    return put(Praise, text=text, by_id=by, for_id=for_id, case_id=case_id)
