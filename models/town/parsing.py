"""From plain rows to typed ones: sheets, headings and cells. What they point to is checking.py's business."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.town import shape
from models.town.cells import Fault, near, read, text
from models.town.problems import Problem
from models.town.shape import SHEETS, Column, Sheet
from models.town.workbook import Cell, Workbook

MOST = 5_000  # problems kept in words; a file with more was not meant for us
HINTS = 300


@dataclass(slots=True)
class Row:
    """`number` as Excel counts. A column that the sheet does not have is not in `values`."""

    number: int
    values: dict[str, Any]


@dataclass(slots=True)
class Draft:
    """Typed rows by sheet code, and everything that was wrong so far."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    problems: list[tuple[tuple[int, int, int], Problem]] = field(default_factory=list)
    more: int = 0  # problems beyond MOST, counted only
    places: dict[str, int] = field(default_factory=dict)  # sheet code → its place in the file

    def of(self, sheet: str) -> list[Row]:
        return self.rows.get(sheet, [])

    def wrong(self, sheet: Sheet, row: int | None, column: str | None, code: str, **facts: Any) -> None:
        """Notes a problem at a sheet's row and column (codes)."""
        if len(self.problems) >= MOST:
            self.more += 1
            return
        column_place = next(
            (place for place, known in enumerate(sheet.columns, 1) if known.code == column), 0
        )
        problem = Problem(
            code, shape.title(sheet.code), row, shape.title(sheet.code, column) if column else None, facts
        )
        self.problems.append(((self.places[sheet.code], row or 0, column_place), problem))

    def near(self, written: str, known: Collection[str]) -> str | None:
        """As cells.near; not for the thousandth slip, because it compares with every known word."""
        return near(written, known) if len(self.problems) < HINTS else None

    def sorted_problems(self) -> list[Problem]:
        """In the order of the file."""
        return [problem for _, problem in sorted(self.problems, key=lambda pair: pair[0])]


def parse(workbook: Workbook, sheets: tuple[Sheet, ...] = SHEETS) -> Draft:
    """The town's workbook, or one of other sheets. Never raises: everything wrong is in the draft's
    problems."""
    draft = Draft()
    known = shape.sheets_by_title(sheets)
    for place, (raw_title, rows) in enumerate(workbook.sheets):
        name = raw_title.strip()
        sheet = known.get(name)
        if sheet is None:
            draft.problems.append(
                ((place, 0, 0), Problem("unknown_sheet", name, facts={"near": near(name, known)}))
            )
        elif sheet.code in draft.rows:
            draft.problems.append(((place, 0, 0), Problem("repeated_sheet", name)))
        else:
            draft.places[sheet.code] = place
            draft.rows[sheet.code] = []
            if rows:
                _sheet(draft, sheet, rows)
    if not draft.problems and not any(draft.rows.values()):
        draft.problems.append(((0, 0, 0), Problem("no_sheets")))
    return draft


def _sheet(draft: Draft, sheet: Sheet, rows: Sequence[Sequence[Cell]]) -> None:
    columns = _headings(draft, sheet, rows)
    if len(rows) == 1:
        return
    for needed in sheet.columns:
        if needed.required and needed not in columns:
            draft.wrong(sheet, 1, None, "column_missing", value=shape.title(sheet.code, needed.code))
    mark: str = shape.words()["example_mark"]
    found = draft.rows[sheet.code]
    for number, cells in enumerate(rows[1:], 2):
        if not any(_written(cell) for cell in cells):
            continue
        if any(isinstance(cell, str) and mark in cell for cell in cells):
            draft.wrong(sheet, number, None, "example_left")
            continue
        values: dict[str, Any] = {}
        for place, column in enumerate(columns):
            if column is None:
                continue  # reported with the headings
            try:
                values[column.code] = read(column, cells[place] if place < len(cells) else None)
            except Fault as fault:
                values[column.code] = None
                draft.wrong(sheet, number, column.code, fault.code, **fault.facts)
        found.append(Row(number, values))


def _written(cell: Cell) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None


def _headings(draft: Draft, sheet: Sheet, rows: Sequence[Sequence[Cell]]) -> list[Column | None]:
    """The column behind each place of the first row."""
    known = shape.columns_by_title(sheet)
    columns: list[Column | None] = []
    for place, cell in enumerate(rows[0]):
        try:
            heading = text(cell)
        except Fault:
            heading = str(cell)
        column: Column | None = known.get(heading.removesuffix("＊").removesuffix("*").strip())
        if column is not None and column in columns:
            draft.wrong(sheet, 1, column.code, "repeated_column", value=heading)
            column = None
        elif column is None and heading:
            draft.wrong(sheet, 1, None, "unknown_column", value=heading[:40], near=draft.near(heading, known))
        elif column is None and any(_written(row[place]) for row in rows if len(row) > place):
            draft.wrong(sheet, 1, None, "column_without_heading", place=place + 1)
        columns.append(column)
    width = len(columns)
    if any(_written(cell) for row in rows for cell in row[width:]):
        draft.wrong(sheet, 1, None, "column_without_heading", place=width + 1)
    return columns
