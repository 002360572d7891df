"""What the clock has already done: every job once for every slot, however many processes watch the clock."""

from datetime import datetime

from sqlalchemy import UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import ago, now
from models.base.orm import Base, Numbered, session, upsert

KEEP_DAYS = 40  # longer than any slot can come again


class Tick(Numbered, Base):
    """One slot of one job, taken by one process."""

    __tablename__ = "ticks"
    __table_args__ = (UniqueConstraint("job", "slot"),)
    job: Mapped[str]
    slot: Mapped[datetime]
    taken_at: Mapped[datetime] = mapped_column(default=now, index=True)


def take(job: str, slot: datetime) -> bool:
    """Whether this slot is ours; False when somebody else has it already.

    Taken and worked on in one transaction, a slot whose work fails is free again.
    """
    statement = upsert(Tick).values(job=job, slot=slot, taken_at=now())
    taken = session().connection().execute(statement.on_conflict_do_nothing().returning(Tick.id))
    return taken.scalar() is not None


def taken(job: str, slot: datetime) -> bool:
    """Whether anybody has this slot."""
    return session().scalars(select(Tick.id).where(Tick.job == job, Tick.slot == slot)).first() is not None


def leave(job: str) -> None:
    """Slots of this job are free again: it is to be done once more."""
    session().execute(delete(Tick).where(Tick.job == job))


def forget_old() -> int:
    """Removes slots that cannot come again; gives how many."""
    return session().execute(delete(Tick).where(Tick.taken_at < ago(days=KEEP_DAYS))).rowcount  # type: ignore[attr-defined, no-any-return]
