"""The chain: every few seconds what was noted since finds its place behind what was noted before.

Rows are signed at once and placed a little later, because a chain that each act had to wait for would let
only one person act at a time (docs/decisions/0034). Only one process places rows at a time.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select, text

from models.audit.noting import signature
from models.audit.tables import Act, Sealed
from models.base.clock import now
from models.base.orm import put, session

RECENT = timedelta(minutes=15)  # longer than nearly all transactions
LONG = timedelta(days=2)  # longer than any
CLOCKS = timedelta(minutes=5)  # so far those of two machines may be apart
MOST = 1000  # acts of one link
SHORT = 16  # characters of a mac that a link names; 64 bits that nobody can look for without the key
_LOCK = 0x4845_4D45_4941  # any number that nobody else takes


class Head(NamedTuple):
    """The end of the chain: whoever keeps it elsewhere can tell whether rows are missing at the end."""

    number: int
    mac: str
    at: datetime


def place(within: timedelta = RECENT) -> int:
    """One link of the acts without a place that were noted `within` that time; how many there were."""
    _one_at_a_time()
    at = now()
    since = at - within
    known = session().scalars(select(Sealed.rows).where(Sealed.at >= since - CLOCKS))
    placed = {int(one.partition(":")[0]) for rows in known for one in rows}
    query = select(Act.id, Act.mac, Act.at).where(Act.at >= since).order_by(Act.id)
    fresh = [row for row in session().execute(query) if row.id not in placed][:MOST]
    if not fresh:
        return 0
    before = head()
    rows = [named(row.id, row.mac) for row in fresh]
    number, previous = (before.number + 1, before.mac) if before else (1, "")
    first, last = min(row.at for row in fresh), max(row.at for row in fresh)
    mac = signature((number, previous, rows, first, last, at))
    put(
        Sealed, number=number, previous=previous, rows=rows, first_at=first, last_at=last, at=at, mac=mac
    )  # fmt: skip
    return len(fresh)


def place_late() -> int:
    """As `place`, for what a long transaction noted."""
    return place(LONG)


def head() -> Head | None:
    """The newest link; None where nothing has a place yet."""
    query = select(Sealed.number, Sealed.mac, Sealed.at).order_by(Sealed.number.desc()).limit(1)
    row = session().execute(query).first()
    return None if row is None else Head(*row)


def named(key: int, mac: str) -> str:
    """How a link names an act."""
    return f"{key}:{mac[:SHORT]}"


def parted(rows: Sequence[str]) -> list[tuple[int, str]]:
    """(id, beginning of its mac) of each act of a link."""
    return [(int(key), mac) for key, _, mac in (one.partition(":") for one in rows)]


def _one_at_a_time() -> None:
    if session().get_bind().dialect.name == "postgresql":  # SQLite has one writer anyway
        session().execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
