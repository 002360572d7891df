"""The stretch of time that a figure is about, by days of Shanghai: a month, a quarter, a year, any days."""

import re
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from models.base.clock import SHANGHAI, local
from models.base.months import month_of, month_on
from models.base.refusals import Invalid

_NAME = re.compile(r"(20\d\d)(?:-(0[1-9]|1[0-2])|-Q([1-4]))?", re.ASCII)
_DAYS = re.compile(r"(20\d\d-\d\d-\d\d)\.\.(20\d\d-\d\d-\d\d)", re.ASCII)


class Period(NamedTuple):
    """From the first moment of `first` to the last of `last`."""

    name: str  # 2026-11 | 2026-Q4 | 2026 | 2026-11-03..2026-11-17
    first: date
    last: date

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time(), SHANGHAI)

    @property
    def end(self) -> datetime:
        """The first moment that is not in it any more."""
        return datetime.combine(self.last + timedelta(days=1), time(), SHANGHAI)

    @property
    def is_sealable(self) -> bool:
        """Whether it is a month, a quarter or a year."""
        return ".." not in self.name

    def is_over(self, at: datetime) -> bool:
        return at >= self.end

    def is_open(self, at: datetime) -> bool:
        """Whether what people said in it may be told: the month in which it ends is over, too, because a past
        day of a running month would say it (row 96)."""
        return at >= month_at(self.last).end

    def cut(self, at: datetime) -> datetime:
        """What is known of it at a moment: steps before this count, and limits that have passed before it."""
        return min(self.end, at)


def named(name: str) -> Period:
    """`2026-11`, `2026-Q4`, `2026` or `2026-11-03..2026-11-17`. Raises Invalid."""
    if said := _NAME.fullmatch(name.strip()):
        year, month, quarter = (int(part) if part else None for part in said.groups())
        assert year is not None
        if month is None and quarter is None:
            return Period(said[0], date(year, 1, 1), date(year, 12, 31))
        start = date(year, month if month is not None else 3 * (quarter or 1) - 2, 1)
        return Period(said[0], start, _last(start, 1 if month is not None else 3))
    if days := _DAYS.fullmatch(name.strip()):
        try:
            return between(date.fromisoformat(days[1]), date.fromisoformat(days[2]))
        except ValueError:
            pass
    raise Invalid("period_unknown", period=name[:30])


def between(first: date, last: date) -> Period:
    """Any two days, both of them in it. Raises Invalid when they stand the wrong way round."""
    if last < first:
        raise Invalid("period_unknown", period=f"{first}..{last}")
    return Period(f"{first}..{last}", first, last)


def month_at(day: date) -> Period:
    return named(f"{day:%Y-%m}")


def this_month(at: datetime) -> Period:
    return month_at(local(at).date())


def months_to(last: Period, count: int) -> list[Period]:
    """So many months that end with the one in which `last` ends, oldest first."""
    end = month_of(last.last)
    return [month_at(month_on(end, back)) for back in range(1 - count, 1)]


def _last(start: date, months: int) -> date:
    return month_on(start, months) - timedelta(days=1)
