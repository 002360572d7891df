"""A month of work that somebody did badly, and the colours that came of it."""

from datetime import datetime, timedelta
from itertools import count

import time_machine
from cast import Cast, Someone
from factories import a_case, finish, spot
from sqlalchemy import select, update

from models.appraisal import colouring
from models.appraisal.tables import StaffWarning
from models.base.clock import SHANGHAI, now
from models.base.orm import put, session
from models.duty.tables import RungHolder
from models.indicator.period import Period, month_at
from models.place.tables import Grid
from models.place.version import raise_version

NEXT_MONTH = datetime(2026, 12, 1, 9, tzinfo=SHANGHAI)
MONTH = month_at(datetime(2026, 11, 1, tzinfo=SHANGHAI).date())


_TESTS = count()


def apart(moment: datetime) -> datetime:
    """That moment, a little later in each test: what is remembered of a town goes by the moment of its last
    change, and two towns of one stopped clock would be taken for each other."""
    return moment + timedelta(milliseconds=next(_TESTS))


def stands_above(someone: Someone, rung: int = 1) -> int:
    """On a higher rung of the grid of 育英小区. Gives the grid."""
    grid = session().scalars(select(Grid.id).order_by(Grid.id)).first()
    put(RungHolder, grid_id=grid, rung=rung, person_id=someone.id, since=now())
    raise_version()
    return int(grid or 0)


def a_bad_month(cast: Cast, who: Someone | None = None, good: int = 5, bad: int = 5) -> list[int]:
    """So many urgent cases that this keeper finished at once, and so many that nobody has finished since.
    Gives the bad ones."""
    who, late = who or cast.li, []
    began = datetime(2026, 11, 1, tzinfo=SHANGHAI)
    session().execute(update(RungHolder).where(RungHolder.person_id == who.id).values(since=began))
    raise_version()
    where = spot(building="5") if who is cast.sun else spot()
    with time_machine.travel(datetime(2026, 11, 10, 9, tzinfo=SHANGHAI)):
        for number in range(good + bad):
            case = a_case(reporter=cast.wang, text=f"第{number}件 灯不亮", urgency="urgent", at=where,
                          accepted_by=who)  # fmt: skip
            if number < good:
                finish(case, who)
            else:
                late.append(case.id)
    session().flush()
    return late


def coloured(period: Period = MONTH) -> dict[tuple[int, str], StaffWarning]:
    month = colouring.found(period)
    colouring.enter(month, month.people)
    rows = session().scalars(select(StaffWarning).where(StaffWarning.period == period.name))
    return {(one.person_id, one.code): one for one in rows}
