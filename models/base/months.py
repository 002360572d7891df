"""Months, each named by its first day."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def month_on(first: date, months: int) -> date:
    """The first of the month so many months later."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def days_of(first: date) -> int:
    return monthrange(first.year, first.month)[1]


def months_from(first: date, count: int) -> list[date]:
    return [month_on(first, one) for one in range(count)]


def in_rows(months: Sequence[date]) -> Iterator[tuple[date, int]]:
    """Months, in order, as rows without a gap: the first of each and how many there are."""
    start, count = None, 0
    for month in months:
        if start is not None and month == month_on(start, count):
            count += 1
            continue
        if start is not None:
            yield start, count
        start, count = month, 1
    if start is not None:
        yield start, count
