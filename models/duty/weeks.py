"""A weekly pattern of duty, and the hours that nobody covers. Pure: no database, no clock.

A pattern has lines. A line says on which days of the week, from when to when on the wall clock, and who:
several side by side, or several who take turns.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from models.base.clock import SHANGHAI

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Line:
    """`days` as `date.weekday`. A shift that ends no later than it begins ends on the next day: 08:00–08:00
    is a whole day. `teams` take turns, one of them for each shift of the line; all of a team are on duty
    together."""

    days: frozenset[int]
    begins: time
    ends: time
    teams: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """One person's shift."""

    person_id: int
    starts_at: datetime
    ends_at: datetime


def planned(lines: Sequence[Line], first: date, last: date) -> list[Planned]:
    """The shifts of the days from `first` to `last`, both counted, by their beginning."""
    found = []
    for line in lines:
        turn = 0
        for day in _days(first, last):
            if day.weekday() not in line.days:
                continue
            begins = datetime.combine(day, line.begins, SHANGHAI)
            until = day if line.ends > line.begins else day + timedelta(days=1)
            ends = datetime.combine(until, line.ends, SHANGHAI)
            found += [Planned(person, begins, ends) for person in line.teams[turn % len(line.teams)]]
            turn += 1
    return sorted(found, key=lambda one: (one.starts_at, one.ends_at))


def uncovered(covered: Iterable[Span], start: datetime, end: datetime) -> list[Span]:
    """What is left of the time from `start` to `end` without these spans, oldest first."""
    gaps = []
    reached = start
    for begins, ends in sorted(covered):
        if begins >= end:
            break
        if begins > reached:
            gaps.append((reached, begins))
        reached = max(reached, ends)
    if reached < end:
        gaps.append((reached, end))
    return gaps


def without(span: Span, holes: Iterable[tuple[datetime, datetime | None]]) -> list[Span]:
    """What is left of a span without these; one without an end goes on for good."""
    begins, ends = span
    cut = [(max(since, begins), ends if until is None else min(until, ends)) for since, until in holes]
    return uncovered([one for one in cut if one[0] < one[1]], begins, ends)


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
