"""The workbook given back with what is wrong: each cell coloured, with a comment that says what to do.

Written anew from the rows that were read, every cell a text: nothing of the file that came is opened here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from models.base import spreadsheet
from models.town.problems import Problem
from models.town.workbook import Cell, Workbook

RED, GREY = "F8CBAD", "FFE699"  # a cell; a row of which something is missing, or a sheet


def write_marked(
    workbook: Workbook, problems: Iterable[Problem], path: Path, say: Callable[[Problem], str]
) -> None:
    """`say`: the words of a problem. What is about no cell stands at the first cell of its row or sheet; what
    is about the whole file is left out."""
    from openpyxl import Workbook as File

    of: dict[str, dict[tuple[int, int], list[Problem]]] = defaultdict(lambda: defaultdict(list))
    headings = {title.strip(): _headings(rows) for title, rows in workbook.sheets}
    for one in problems:
        if one.sheet in headings:
            place = headings[one.sheet].get(one.column or "", one.facts.get("place", 1))
            of[one.sheet][one.row or 1, int(place)].append(one)
    with spreadsheet.beside(path) as part:
        file = File(write_only=True)
        for title, rows in workbook.sheets:
            _sheet(file.create_sheet(title), rows, of.get(title.strip(), {}), say)
        file.save(part)


def _headings(rows: Sequence[Sequence[Cell]]) -> dict[str, int]:
    """Place, from 1, by what the first row says."""
    first = rows[0] if rows else ()
    said = [
        str(cell or "").strip().removesuffix("\N{FULLWIDTH ASTERISK}").removesuffix("*").strip()
        for cell in first
    ]
    return {name: place for place, name in reversed(list(enumerate(said, 1))) if name}


def _sheet(
    page: Any,
    rows: Sequence[Sequence[Cell]],
    wrong: dict[tuple[int, int], list[Problem]],
    say: Callable[[Problem], str],
) -> None:
    marked = defaultdict(dict)  # type: dict[int, dict[int, list[Problem]]]
    for (row, place), several in wrong.items():
        marked[row][place] = several
    for number, cells in enumerate(rows or [()], 1):
        here = marked.get(number, {})
        width = max([len(cells), *here])
        line = [cells[place] if place < len(cells) else None for place in range(width)]
        page.append([_cell(page, cell, here.get(place), say) for place, cell in enumerate(line, 1)])


def _cell(page: Any, cell: Cell, wrong: list[Problem] | None, say: Callable[[Problem], str]) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    text = _text(cell)
    if not wrong and text is None:
        return None
    made = WriteOnlyCell(page, value=spreadsheet.safe(text or ""))
    made.data_type = "s"
    made.number_format = "@"
    if wrong:
        made.fill = PatternFill("solid", fgColor=RED if any(one.column for one in wrong) else GREY)
        made.comment = Comment("\n".join(say(one) for one in wrong)[:1000], "hemei", width=300, height=120)
    return made


def _text(cell: Cell) -> str | None:
    if isinstance(cell, tuple):
        return cell[1] if len(cell) > 1 else None
    return None if cell is None else str(cell)
