"""A period that a bill is for: a month, a quarter or a year, as its label says."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from models.base.refusals import Invalid

_LABEL = re.compile(r"(20[0-9]{2})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """`label`: 2026, 2026-Q4 or 2026-11; `first` its first day, `months` how many it has."""

    label: str
    first: date
    months: int

    @classmethod
    def of(cls, label: str) -> "Period":
        """Raises Invalid for what is no period."""
        said = _LABEL.fullmatch(label)
        if said is None:
            raise Invalid("period_label", label=label)
        year, quarter, month = said.groups()
        if quarter:
            return cls(label, date(int(year), int(quarter) * 3 - 2, 1), 3)
        return cls(label, date(int(year), int(month or 1), 1), 1 if month else 12)

    @property
    def after(self) -> date:
        """The day after its last."""
        return month_on(self.first, self.months)

    @property
    def last(self) -> date:
        return self.after - timedelta(days=1)

    def month_starts(self) -> Iterator[date]:
        return (month_on(self.first, one) for one in range(self.months))


def month_on(first: date, months: int) -> date:
    """The first of the month so many months later."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def days_of(first: date) -> int:
    return monthrange(first.year, first.month)[1]
