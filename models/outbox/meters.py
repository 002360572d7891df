"""What the platforms allow, counted where all processes see it (F3).

A day's quota per interface with a part kept for what is urgent, pauses that a platform asked for, and the
pace of what has a limit per minute. Days are Beijing days, because that is when the platforms count anew.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import local
from models.base.orm import Base, session, upsert

ASKED = timedelta(seconds=10)  # as long as a call may take
RESERVE = 0.05  # of a day's quota, for emergencies and answers


class Meter(Base):
    """`name` is an interface ("official/template") or one receiver with a limit of its own ("robot/17")."""

    __tablename__ = "meters"
    name: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[str] = mapped_column(default="")
    used: Mapped[int] = mapped_column(default=0)
    paused_until: Mapped[datetime | None]
    # theoretical arrival time of the next message (GCRA); of an interface after a pause, until when one asks
    next_free: Mapped[datetime | None]


class Meters:
    """The meters of one claim: read once, spent from, written back in the same transaction."""

    def __init__(self, names: Iterable[str], at: datetime) -> None:
        wanted = sorted(set(names))
        self._at = at
        self._day = beijing_day(at)
        self._rows: dict[str, dict[str, object]] = {name: _empty(name) for name in wanted}
        self._changed: set[str] = set()
        if wanted:
            # In one order for all, so that two processes never wait for each other.
            query = select(Meter.__table__).where(Meter.name.in_(wanted)).order_by(Meter.name)
            for row in session().connection().execute(query.with_for_update()).mappings():
                self._rows[row["name"]] = dict(row)

    def until(self, name: str) -> datetime | None:
        """How long an interface is paused; None when it is not."""
        row = self._rows[name]
        pause = row["paused_until"]
        if not isinstance(pause, datetime) or pause > self._at:
            return pause if isinstance(pause, datetime) else None
        if name.rpartition("/")[2].isdecimal():  # one receiver, whose pace is slow enough
            return None
        # One letter asks whether it is over, and the others wait for its answer: who is refused pauses again.
        was_asked = row["next_free"] == pause
        row["paused_until"] = row["next_free"] = None if was_asked else self._at + ASKED
        self._changed.add(name)
        return None

    def spend(self, name: str, quota: int, *, urgent: bool) -> datetime | None:
        """Takes one from the day's quota (0: none known); when it is used up, the moment it starts anew."""
        row = self._rows[name]
        used = int(str(row["used"])) if row["day"] == self._day else 0
        if quota and used >= (quota if urgent else int(quota * (1 - RESERVE))):
            return next_beijing_day(self._at)
        row["day"], row["used"] = self._day, used + 1
        self._changed.add(name)
        return None

    def pace(self, name: str, burst: int, interval: timedelta) -> datetime | None:
        """One message at most every `interval`, `burst` of them at once; the moment when the next may go."""
        row = self._rows[name]
        free = row["next_free"]
        due = free if isinstance(free, datetime) and free > self._at else self._at
        earliest = due - interval * (burst - 1)
        if earliest > self._at:
            return earliest
        row["next_free"] = due + interval
        self._changed.add(name)
        return None

    def save(self) -> None:
        _keep([self._rows[name] for name in sorted(self._changed)])


def pause(name: str, until: datetime) -> None:
    """The platform asked us to wait (45009, 45011 …); an earlier, longer pause stays."""
    rows = Meters([name], datetime.min.replace(tzinfo=UTC))
    row = rows._rows[name]
    before = row["paused_until"]
    if not isinstance(before, datetime) or before < until:
        row["paused_until"] = until
        _keep([row])


def beijing_day(at: datetime) -> str:
    return local(at).date().isoformat()


def next_beijing_day(at: datetime) -> datetime:
    """The next 0:00 in Beijing."""
    here = local(at)
    return datetime.combine(here.date() + timedelta(days=1), clock_time(), tzinfo=here.tzinfo).astimezone(UTC)


def _empty(name: str) -> dict[str, object]:
    return {"name": name, "day": "", "used": 0, "paused_until": None, "next_free": None}


def _keep(rows: list[dict[str, object]]) -> None:
    if not rows:
        return
    insert = upsert(Meter)
    changed = {name: getattr(insert.excluded, name) for name in ("day", "used", "paused_until", "next_free")}
    session().connection().execute(
        insert.on_conflict_do_update(index_elements=[Meter.name], set_=changed), rows
    )
