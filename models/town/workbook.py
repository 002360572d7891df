"""A workbook as plain rows, wherever it comes from: a file, the database, or the demo's data."""

from collections.abc import Sequence
from dataclasses import dataclass, field

#: What a cell may hold; ("date", "2026-11-20") is what Excel took for a day, ("date",) for a time.
Cell = str | int | float | bool | None | tuple[str] | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Workbook:
    """(title, rows) of each sheet. The first row holds the headings; row 1 of Excel has index 0."""

    sheets: list[tuple[str, Sequence[Sequence[Cell]]]] = field(default_factory=list)
