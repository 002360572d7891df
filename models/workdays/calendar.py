"""Working days and working time. Pure: the years and the office hours are handed in.

All days and hours are Shanghai's; moments go in and come out aware, in UTC. A day of a year whose notice
nobody entered raises `CalendarMissing`, because a guess would be a wrong promise to somebody.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import NamedTuple

from models.base.clock import SHANGHAI, local

DAY = timedelta(days=1)
DECEMBER = 12

Spans = tuple[tuple[int, int], ...]  # [from, to) in minutes of the day, in order, apart


class CalendarMissing(Exception):  # noqa: N818 - nobody did anything wrong: a notice has to be entered
    """The working days of `year` have not been entered."""

    def __init__(self, year: int) -> None:
        super().__init__(f"the working days of {year} have not been entered: hemei calendar enter")
        self.year = year


class Year(NamedTuple):
    """One year's notice: days off, and weekend days that are worked. It may speak of the December before."""

    source: str
    off: frozenset[date]
    worked: frozenset[date]


@dataclass(frozen=True)
class Workdays:
    """The calendar of one place. `hours`: office hours from a day on, oldest first."""

    years: Mapping[int, Year]
    hours: tuple[tuple[date, Spans], ...]

    def is_working_day(self, day: date) -> bool:
        """Raises CalendarMissing."""
        year = self.years.get(day.year)
        if year is None:
            raise CalendarMissing(day.year)
        following = self.years.get(day.year + 1) if day.month == DECEMBER else None
        for notice in (following, year) if following is not None else (year,):
            if day in notice.off:
                return False
            if day in notice.worked:
                return True
        return day.weekday() < 5

    def spans(self, day: date) -> Spans:
        """When an office is open on a working day."""
        return self.hours[max(0, bisect_right(self._since, day) - 1)][1]

    def closes(self, day: date) -> datetime:
        """The close of office hours on a day, worked or not."""
        return _at(day, self.spans(day)[-1][1])

    def add_working_days(self, at: datetime, days: int) -> datetime:
        """The close of office hours of the so-many-th working day; the day of `at` itself is not counted.
        With no days: the close of that day. Raises CalendarMissing."""
        day = local(at).date()
        while days > 0:
            day += DAY
            days -= self.is_working_day(day)
        return self.closes(day)

    def working_days_between(self, start: datetime, end: datetime) -> int:
        """Working days after that of `start`, up to and with that of `end`. Raises CalendarMissing."""
        day, last, count = local(start).date(), local(end).date(), 0
        while day < last:
            day += DAY
            count += self.is_working_day(day)
        return count

    def add_working_time(self, at: datetime, length: timedelta) -> datetime:
        """When so much office time has gone by since `at`. Raises CalendarMissing."""
        for start, end in self._open_from(at):
            begin = max(start, at)
            if length <= end - begin:
                return begin + length
            length -= max(end - begin, timedelta())
        raise AssertionError  # the years run out first

    def add_working_minutes(self, at: datetime, minutes: int) -> datetime:
        """As `add_working_time`."""
        return self.add_working_time(at, timedelta(minutes=minutes))

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """Office time from one moment to a later one. Raises CalendarMissing."""
        total = timedelta()
        if end <= start:
            return total
        for begin, close in self._open_from(start):
            if begin >= end:
                return total
            total += max(min(close, end) - max(begin, start), timedelta())
            if close >= end:
                return total
        raise AssertionError  # the years run out first

    def working_minutes_between(self, start: datetime, end: datetime) -> int:
        """Whole minutes of `working_time_between`."""
        return int(self.working_time_between(start, end) / timedelta(minutes=1))

    def _open_from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Spans of office time from the day of `at` on."""
        day = local(at).date()
        while True:
            if self.is_working_day(day):
                for start, end in self.spans(day):
                    yield _at(day, start), _at(day, end)
            day += DAY

    @cached_property
    def _since(self) -> list[date]:
        return [since for since, _ in self.hours]


def _at(day: date, minute: int) -> datetime:
    """A minute of a day in Shanghai, which has known no summer time since 1991."""
    return (datetime.combine(day, time(), SHANGHAI) + timedelta(minutes=minute)).astimezone(UTC)
