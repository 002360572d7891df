"""A restored service says nothing until a person has looked: old letters must not go out again (R12)."""

from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, session


class Quarantine(Base):
    """One row while it lasts. Senders, the timetable and every call to a platform look here first."""

    __tablename__ = "quarantine"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    since: Mapped[datetime] = mapped_column(default=now)
    why: Mapped[str]


def in_quarantine() -> bool:
    return session().connection().execute(select(Quarantine.id)).scalar() is not None


def quarantined_since() -> datetime | None:
    return session().connection().execute(select(Quarantine.since)).scalar()


def begin(why: str) -> None:
    if not in_quarantine():
        session().execute(insert(Quarantine).values(id=1, why=why))


def release() -> bool:
    """False when there was nothing to release."""
    was = in_quarantine()
    session().execute(delete(Quarantine))
    return was
