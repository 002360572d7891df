"""Which bills are to be made on a day, where a place has them made by themselves."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from models.base.clock import local
from models.base.months import month_on
from models.base.orm import session
from models.fee.period import Period
from models.fee.tables import BillRun

MONTHS = {"month": 1, "quarter": 3, "year": 12}


def period_of(day: date, every: str) -> Period:
    """The month, quarter or year that a day lies in."""
    months = MONTHS[every]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    label = {1: f"{first:%Y-%m}", 3: f"{first.year}-Q{first.month // 3 + 1}", 12: f"{first.year}"}
    return Period.of(label[months])


def newest(day: date, every: str, on_day: int) -> Period:
    """The latest period whose bills are to be there: the next one from the `on_day`th of the month before
    its first day on, until then the one that runs."""
    current = period_of(day, every)
    coming = period_of(current.after, every)
    return coming if day >= month_on(coming.first, -1).replace(day=on_day) else current


def runs_to_go_on_with(day: date, period: Period, every: str) -> Sequence[int]:
    """Runs of this period and of the two before it that were broken off, or not looked at again in this
    month: homes came since, or what was done first is proved now."""
    labels = [period_of(month_on(period.first, -MONTHS[every] * back), every).label for back in (0, 1, 2)]
    runs = session().scalars(select(BillRun).where(BillRun.period.in_(labels)).order_by(BillRun.id))
    month = (day.year, day.month)
    return [one.id for one in runs if one.ended_at is None or _month(one.ended_at) != month]


def _month(at: datetime) -> tuple[int, int]:
    return local(at).year, local(at).month
