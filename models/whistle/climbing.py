"""No answer in time goes up the whistler's own ladder, one rung each time (row 3)."""

from contextlib import suppress
from datetime import datetime

from sqlalchemy import select

from models.base.actor import SYSTEM
from models.base.clock import now
from models.base.orm import session
from models.case.case import Case
from models.case.climbing import LATE, rules
from models.case.lifecycle import CLAIMED, ENDED, State
from models.history import record, steps_about
from models.outbox.door import withdraw
from models.whistle import telling
from models.whistle.departments import names
from models.whistle.reading import KIND
from models.whistle.reckoning import Climb, Life, lived
from models.whistle.tables import Whistle
from models.workdays import CalendarMissing


def climb_some(after: int = 0, *, limit: int = 50) -> int:
    """Whistles whose time to answer ran out, from the number `after` on. Gives the last one's number, 0 when
    there is none left."""
    at = now()
    query = select(Whistle).where(Whistle.id > after, Whistle.due_at < at)
    held = query.order_by(Whistle.id).limit(limit).with_for_update(skip_locked=True)
    found = session().scalars(held.execution_options(populate_existing=True)).all()
    for whistle in found:
        catch_up(whistle, at)
    return found[-1].id if found else 0


def catch_up(whistle: Whistle, at: datetime) -> int:
    """Climbs for every time to answer that ran out before this moment, each at its own; one letter, to
    whoever stands there at the end. Gives how many rungs. The caller holds the whistle's row."""
    if whistle.due_at is None or whistle.due_at >= at:
        return 0
    case = session().get_one(Case, whistle.case_id)
    if State(case.state) in CLAIMED or State(case.state) in ENDED:
        return 0  # over: ending.py says so
    life = lived(steps_about(KIND, whistle.id), rules())
    found: list[Climb] = []
    with suppress(CalendarMissing):  # what was found before stands, the rest waits for the year
        while climb := life.climb_before(at):
            record((KIND, whistle.id), "whistle_climbed", by=SYSTEM, at=climb.at, **_said(climb, at))
            found.append(climb)
    reckon(whistle, life)
    if found:
        _tell_above(whistle, found[-1])
    return len(found)


def reckon(whistle: Whistle, life: Life | None = None) -> None:
    """Puts into the columns what the steps say. While a year is missing the last moment stays, so that the
    clock comes back until somebody has entered it."""
    life = life or lived(steps_about(KIND, whistle.id), rules())
    whistle.rung = life.rung
    with suppress(CalendarMissing):
        whistle.due_at = life.next_due()


def _tell_above(whistle: Whistle, climb: Climb) -> None:
    withdraw((KIND, whistle.id), telling.CLIMBED)
    known = names(climb.silent)
    for person in climb.stood.people[:1]:
        telling.tell_one(
            whistle,
            telling.CLIMBED,
            person,
            str(climb.rung),
            silent=[known[one] for one in climb.silent],
            due=climb.at.isoformat(),
            rung=climb.rung,
            stood=climb.stood.how,
        )


def _said(climb: Climb, at: datetime) -> dict[str, object]:
    late = int((at - climb.at).total_seconds())
    return {
        "rung": climb.rung,
        "silent": list(climb.silent),
        "to": list(climb.stood.people[:1]),
        "how": climb.stood.how,
        **({"late": late} if late > LATE else {}),
    }
