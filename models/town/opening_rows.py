"""The rows of a workbook of openings, each with its estate or home, its day and its sum."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models.base.clock import local, now
from models.base.months import month_of
from models.base.refusals import Invalid
from models.fee.period import Period
from models.ledger.sealing import sealed_months
from models.town import parsing
from models.town.homes import Homes, Misplaced, Place
from models.town.opening_shape import ARREARS, BALANCES, CREDITS, PAYMENTS, SHEETS
from models.town.parsing import Draft
from models.town.shape import Sheet

#: The column in which two rows that say the same are told apart from others.
_TOLD_BY = {
    BALANCES.code: "account",
    ARREARS.code: "period",
    CREDITS.code: "room",
    PAYMENTS.code: "receipt",
}


@dataclass(slots=True)
class Row:
    """`number` as Excel counts; `home` is a household's id, 0 where the row is about the estate; `period` of
    what was owed."""

    number: int
    place: Place
    estate: int
    home: int
    day: date
    fen: int
    values: dict[str, Any]
    period: Period | None = None

    def key(self, sheet: Sheet) -> tuple[Any, ...]:
        """What makes two rows the same."""
        if sheet is BALANCES:
            return self.estate, self.values["account"], self.values.get("fund") or "fees"
        if sheet is PAYMENTS:
            return self.estate, self.values["way"], self.values["receipt"]
        return self.home, self.period.label if self.period else ""


@dataclass(slots=True)
class _Sealed:
    """Months of estates, read once for each."""

    known: dict[int, frozenset[date]] = field(default_factory=dict)

    def holds(self, estate: int, day: date) -> bool:
        if estate not in self.known:
            self.known[estate] = frozenset(sealed_months(estate))
        return month_of(day) in self.known[estate]


def read_rows(draft: Draft) -> dict[str, list[Row]]:
    """By sheet code. What is wrong with a row is added to the draft's problems, and the row is left out."""
    places = [_place(row) for sheet in SHEETS for row in draft.of(sheet.code) if row.values.get("estate")]
    homes, sealed = Homes(places), _Sealed()
    found: dict[str, list[Row]] = {}
    for sheet in SHEETS:
        found[sheet.code] = list(_once(draft, sheet, _rows(draft, sheet, homes, sealed)))
    return found


def _rows(draft: Draft, sheet: Sheet, homes: Homes, sealed: _Sealed) -> Iterator[Row]:
    for said in draft.of(sheet.code):
        needed = [column.code for column in sheet.columns if column.required]
        if any(said.values.get(code) is None for code in needed):
            continue  # reported with its cells
        place = _place(said)
        try:
            estate = homes.estate(place).id
            home = 0 if sheet is BALANCES else homes.household(place)
        except Misplaced as fault:
            draft.wrong(sheet, said.number, fault.column, fault.code, **fault.facts)
            continue
        row = Row(said.number, place, estate, home, said.values["day"], said.values["sum"], said.values)
        if row.day > local(now()).date():
            draft.wrong(sheet, row.number, "day", "day_to_come")
        elif sealed.holds(estate, row.day):
            draft.wrong(sheet, row.number, "day", "month_sealed", month=f"{row.day:%Y-%m}")
        elif not row.fen and sheet is not BALANCES:
            draft.wrong(sheet, row.number, "sum", "nothing_there")
        elif sheet is not ARREARS or _with_period(draft, row):
            yield row


def _place(row: parsing.Row) -> Place:
    return Place(*(row.values.get(name) or "" for name in Place._fields))


def _with_period(draft: Draft, row: Row) -> bool:
    try:
        row.period = Period.of(row.values["period"])
    except Invalid:
        draft.wrong(ARREARS, row.number, "period", "not_a_period", value=row.values["period"][:40])
        return False
    return True


def _once(draft: Draft, sheet: Sheet, rows: Iterable[Row]) -> Iterator[Row]:
    """Without those that say again what a row before them says."""
    first: dict[tuple[Any, ...], int] = {}
    for row in rows:
        before = first.setdefault(row.key(sheet), row.number)
        if before == row.number:
            yield row
        else:
            shown = row.values.get("receipt") or row.place.home or row.place.estate
            draft.wrong(sheet, row.number, _TOLD_BY[sheet.code], "repeated_key", value=shown, first=before)
