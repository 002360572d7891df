"""Counts that all processes share: each adds what it saw since it last came by."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import BigInteger, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, session, upsert


class Tally(Base):
    """`name` is a metric, `labels` what it is counted by ("channel=official"), "" for a plain one."""

    __tablename__ = "tallies"
    name: Mapped[str] = mapped_column(primary_key=True)
    labels: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(default=now)  # when somebody last came by


def add(counts: Mapping[tuple[str, str], int]) -> None:
    """Adds to (name, labels); in one order for all, so that two processes never wait for each other."""
    for (name, labels), count in sorted(counts.items()):
        statement = upsert(Tally).values(name=name, labels=labels, value=count, at=now())
        session().connection().execute(
            statement.on_conflict_do_update(
                index_elements=[Tally.name, Tally.labels],
                set_={"value": Tally.value + statement.excluded.value, "at": statement.excluded.at},
            )
        )


def totals() -> dict[tuple[str, str], int]:
    rows = session().connection().execute(select(Tally.name, Tally.labels, Tally.value))
    return {(name, labels): value for name, labels, value in rows}


def last_seen(name: str) -> datetime | None:
    """When anybody last added to this name."""
    query = select(Tally.at).where(Tally.name == name).order_by(Tally.at.desc()).limit(1)
    return session().connection().execute(query).scalar()
