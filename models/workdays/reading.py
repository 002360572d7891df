"""Years and office hours as people write them: a notice with its ranges of days, 8:30-11:30."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

from models.base.refusals import Invalid
from models.base.resources import table
from models.workdays.calendar import DECEMBER, Spans, Year

FILE = "rules/workdays.toml"
MINUTES = 24 * 60
MOST_DAYS = 60  # off or worked beside the weekends: more than any notice has named


def year_of(number: int, said: Mapping[str, Any]) -> Year:
    """Raises Invalid: a day that is none, of another year, off and worked at once, or a weekday said to be
    worked; no source, no day off, or more days than any notice names."""
    off, worked = _days(number, said["off"]), _days(number, said["worked"])
    wrong = (off & worked) | {day for day in worked if day.weekday() < 5}
    if wrong:
        raise Invalid("work_year_day", day=min(wrong).isoformat(), year=number)
    source = str(said["source"]).strip()
    if not source or not off or len(off) + len(worked) > MOST_DAYS:
        raise Invalid("work_year_short", year=number)
    return Year(source, off, worked)


def spans_of(said: Iterable[str]) -> Spans:
    """Raises Invalid: hours that are none, or that do not follow on each other."""
    found = tuple(_span(one) for one in said)
    if not found or any(one[1] > following[0] for one, following in pairwise(found)):
        raise Invalid("office_hours_wrong", hours=" ".join(said_of(found)))
    return found


def said_of(spans: Spans) -> list[str]:
    return [f"{_clock(start)}-{_clock(end)}" for start, end in spans]


@cache
def years_of_package() -> dict[int, Year]:
    return {
        int(name): year_of(int(name), said) for name, said in table(FILE).items() if isinstance(said, dict)
    }


@cache
def hours_of_package() -> Spans:
    return spans_of(table(FILE)["office_hours"])


def _days(year: int, said: Iterable[str]) -> frozenset[date]:
    """Of the year, or of the December before it, because a notice may begin there."""
    days: set[date] = set()
    for one in said:
        first, _, last = str(one).partition("..")
        try:
            start, end = date.fromisoformat(first), date.fromisoformat(last or first)
        except ValueError:
            raise Invalid("work_year_day", day=str(one), year=year) from None
        if not date(year - 1, DECEMBER, 1) <= start <= end <= date(year, DECEMBER, 31):
            raise Invalid("work_year_day", day=str(one), year=year)
        days |= {start + timedelta(days=n) for n in range((end - start).days + 1)}
    return frozenset(days)


def _span(said: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})", said.strip())
    hour, minute, to_hour, to_minute = map(int, found.groups()) if found else (0, 0, 0, 0)
    start, end = hour * 60 + minute, to_hour * 60 + to_minute
    if max(minute, to_minute) > 59 or not start < end <= MINUTES:
        raise Invalid("office_hours_wrong", hours=said)
    return start, end


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"
