"""The community's own book of fees, an .xlsx or a CSV: one line for each home, yuan with two decimals.

The headings are templates/labels/fee_book.toml; the community is wanted only where two of them have estates
of one name. Other columns are not looked at, so a book with names need not be cut for us.
All or nothing: every error of every row is found in one run.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from models.base.resources import table
from models.notice.audience import Reach
from models.notice.fees import HIGHEST, Line
from models.town.cells import Fault, money, plain, text
from models.town.homes import Homes, Misplaced, Place
from models.town.one_sheet import cells_of
from models.town.parsing import MOST
from models.town.problems import Problem, WorkbookRefused, refused
from models.town.shape import Column
from models.town.workbook import Cell

NEEDED = ("estate", "building", "room", "due", "paid")
_SPOKEN = {name: Column(name, spoken=name) for name in ("building", "unit", "room")}


class Row(NamedTuple):
    """`number` as Excel counts; sums in fen."""

    number: int
    place: Place
    due: int
    paid: int


@dataclass(slots=True)
class Book:
    """Rows that could be read, and what was wrong with the others so far."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    more: int = 0

    def wrong(self, row: int | None, column: str | None, code: str, **facts: Any) -> None:
        if len(self.problems) >= MOST:
            self.more += 1
            return
        title = str(table("labels/fee_book.toml")[column]) if column else None
        self.problems.append(Problem(code, None, row, title, facts))


def read(data: bytes) -> Book:
    """The file's rows, before anybody asks whether there are such homes. Raises WorkbookRefused for a file
    that is no book. No transaction is open meanwhile."""
    cells = cells_of(data, "no_homes")
    book = Book()
    columns = _columns(book, cells)
    if not book.problems:
        for number, row in enumerate(cells[1:], 2):
            if any(cell not in ("", None) for cell in row):
                _read_row(book, number, {name: row[at] for name, at in columns.items() if at < len(row)})
    if not book.rows and not book.problems:
        raise refused("no_homes")
    return book


def lines_of(book: Book, reach: Reach, community_id: int | None) -> list[Line]:
    """The households behind the rows, for models.notice.fees.attach. Raises WorkbookRefused with everything
    that is wrong: unknown places, homes named twice or outside the notice's audience."""
    found: list[Line] = []
    first: dict[int, int] = {}
    homes = Homes([row.place for row in book.rows], community_id)
    for row in book.rows:
        try:
            building, household = homes.building(row.place), homes.household(row.place)
        except Misplaced as fault:
            book.wrong(row.number, fault.column, fault.code, **fault.facts)
            continue
        if household in first:
            book.wrong(row.number, "room", "repeated_key", value=row.place.home, first=first[household])
        elif building not in reach.buildings and not _in_unit(reach, building, row.place.unit):
            book.wrong(row.number, "room", "not_addressed", value=row.place.home)
        else:
            first[household] = row.number
            found.append(Line(household, row.due, row.paid))
    if book.problems:
        problems = sorted(book.problems, key=lambda one: one.row or 0)
        raise WorkbookRefused(*problems, more=book.more)
    return found


def _columns(book: Book, cells: Sequence[Sequence[Cell]]) -> dict[str, int]:
    titles: Mapping[str, str] = table("labels/fee_book.toml")
    by_title = {title: name for name, title in titles.items()}
    found: dict[str, int] = {}
    for place, cell in enumerate(cells[0]):
        name = by_title.get(_heading(cell))
        if name in found:
            book.wrong(1, name, "repeated_column", value=titles[name])
        elif name is not None:
            found[name] = place
    for name in NEEDED:
        if name not in found:
            book.wrong(1, None, "column_missing", value=titles[name])
    return found


def _heading(cell: Cell) -> str:
    try:
        return re.sub(r"[（(].*|[＊*\s]", "", text(cell))  # 应缴（元） is 应缴
    except Fault:
        return ""


def _read_row(book: Book, number: int, cells: Mapping[str, Cell]) -> None:
    said: dict[str, Any] = {}
    before = len(book.problems) + book.more
    for name in table("labels/fee_book.toml"):
        try:
            cell = cells.get(name)
            said[name] = _money(cell) if name in ("due", "paid") else _words(name, cell)
        except Fault as fault:
            book.wrong(number, name, fault.code, **fault.facts)
    if len(book.problems) + book.more > before:
        return
    if said["due"] is None:
        book.wrong(number, "due", "required")
    elif (said["paid"] or 0) > said["due"]:
        book.wrong(number, "paid", "paid_more")
    else:
        due, paid = said.pop("due"), said.pop("paid")
        book.rows.append(Row(number, Place(**said), due, paid or 0))


def _words(name: str, cell: Cell) -> str:
    written = text(cell)
    if not written and name in NEEDED:
        raise Fault("required")
    if len(written) > 40:
        raise Fault("too_much_text", limit=40)
    return plain(_SPOKEN[name], written) if name in _SPOKEN else written


def _money(cell: Cell) -> int | None:
    """Fen; None for an empty cell, which under 已缴 means that nothing is paid."""
    fen = money(cell)
    if fen is not None and not 0 <= fen <= HIGHEST:
        raise Fault("out_of_range", value=text(cell)[:40], low=0, high=HIGHEST // 100)
    return fen


def _in_unit(reach: Reach, building: int, unit: str) -> bool:
    return any(one[0] == building and one[1].casefold() == unit.casefold() for one in reach.units)
