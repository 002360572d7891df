"""A month of work that somebody did badly, and the colours that came of it."""

from datetime import datetime

import time_machine
from cast import Cast, Someone
from factories import a_case, finish, spot
from sqlalchemy import select

from models.appraisal import colouring
from models.appraisal.tables import StaffWarning
from models.base.clock import SHANGHAI
from models.base.orm import session
from models.indicator.period import Period, month_at

NEXT_MONTH = datetime(2026, 12, 1, 9, tzinfo=SHANGHAI)
MONTH = month_at(datetime(2026, 11, 1, tzinfo=SHANGHAI).date())


def a_bad_month(cast: Cast, who: Someone | None = None, good: int = 5, bad: int = 5) -> list[int]:
    """So many urgent cases that this keeper finished at once, and so many that nobody has finished since.
    Gives the bad ones."""
    who, late = who or cast.li, []
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
