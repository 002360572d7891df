"""What somebody said in thanks, kept word for word; it reaches the praised person's file after a check."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Numbered, put, session
from models.person.tables import Staff


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


def to_check(community_id: int | None, limit: int = 20) -> Sequence[Praise]:
    """Thanks that nobody has read, for people of this community or for nobody named, the oldest first."""
    return session().scalars(_unread(community_id).order_by(Praise.id).limit(limit)).all()


def check(praise_id: int, by: int, community_id: int | None) -> bool:
    """Somebody has read it: from now on it stands in the praised person's file. False when it is not among
    what `to_check` shows (any more)."""
    praise = session().scalars(_unread(community_id).where(Praise.id == praise_id)).first()
    if praise is None:
        return False
    praise.checked_at, praise.checked_by = now(), by
    return True


def _unread(community_id: int | None) -> Select[Praise]:
    query = (
        select(Praise).outerjoin(Staff, Staff.person_id == Praise.for_id).where(Praise.checked_at.is_(None))
    )
    if community_id is not None:
        query = query.where(or_(Staff.community_id == community_id, Staff.community_id.is_(None)))
    return query
