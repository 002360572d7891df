"""A period that a bill is for: a month, a quarter, a year or so many months, as its label says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from models.base.months import month_on, months_from
from models.base.refusals import Invalid

LONGEST = 36  # months
_LABEL = re.compile(r"(20[0-9]{2})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])(?:\+([1-9][0-9]?))?))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """`label`: 2026, 2026-Q4, 2026-11 or 2027-03+12 (so many months from there); `first` its first day,
    `months` how many it has."""

    label: str
    first: date
    months: int

    @classmethod
    def of(cls, label: str) -> "Period":
        """Raises Invalid for what is no period."""
        said = _LABEL.fullmatch(label)
        if said is None or int(said[4] or 1) > LONGEST:
            raise Invalid("period_label", label=label)
        year, quarter, month, months = said.groups()
        if quarter:
            return cls(label, date(int(year), int(quarter) * 3 - 2, 1), 3)
        return cls(label, date(int(year), int(month or 1), 1), int(months or 1) if month else 12)

    @classmethod
    def stretch(cls, first: date, months: int) -> "Period":
        """So many months from the first of one, under the label that reads so."""
        return cls(f"{first:%Y-%m}+{months}", first, months)

    @property
    def after(self) -> date:
        """The day after its last."""
        return month_on(self.first, self.months)

    @property
    def last(self) -> date:
        return self.after - timedelta(days=1)

    def month_starts(self) -> Iterator[date]:
        return iter(months_from(self.first, self.months))
