"""A workbook as an .xlsx file: every cell text, and the blank one that a clerk fills in."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from models.base import spreadsheet
from models.town import shape
from models.town.cells import shown
from models.town.shape import SHEETS, Column, Kind, Sheet
from models.town.workbook import Workbook

_HEAD, _REQUIRED = "DCE6F1", "FCE4D6"  # colours of the headings
_LAST = 100_000  # rows that the drop-downs reach
_REFERENCES = {"community": "communities", "grid": "grids", "estate": "estates"}


def write(workbook: Workbook, path: Path) -> None:
    """Writes the rows. The file is readable by its owner only, because it holds names and phones."""
    sheets = [
        (title, ([None if cell is None else str(cell) for cell in row] for row in rows))
        for title, rows in workbook.sheets
    ]
    spreadsheet.write(path, sheets)


def write_template(path: Path, sheets: Sequence[Sheet] = SHEETS) -> None:
    """A blank workbook: headings with comments, drop-downs, an example row on each sheet that is not
    optional."""
    from openpyxl import Workbook as File  # here, because a process that writes none need not hold it

    with spreadsheet.beside(path) as part:
        file = File()
        file.remove(file.worksheets[0])
        for sheet in sheets:
            _template_sheet(file.create_sheet(shape.title(sheet.code)), sheet, {one.code for one in sheets})
        file.save(part)


def _template_sheet(page: Any, sheet: Sheet, beside: Collection[str]) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    words = shape.words()
    mark: str = words["example_mark"]
    page.freeze_panes = "A2"
    for place, column in enumerate(sheet.columns, 1):
        letter = get_column_letter(place)
        about = words[sheet.code]["columns"][column.code]
        head = page.cell(1, place, about["title"])
        head.font = Font(bold=True)
        head.fill = PatternFill("solid", fgColor=_REQUIRED if column.required else _HEAD)
        head.comment = Comment(_help(sheet, column), "hemei", width=260, height=120)
        if not sheet.optional:  # a sheet that may be left alone must not have to be cleared first
            example = page.cell(2, place, f"{about['example']}{mark}" if place == 1 else about["example"])
            example.data_type = "s"
            example.font = Font(italic=True, color="808080")
        page.column_dimensions[letter].width = 34 if place == 1 else 16
        for row in range(2, 202):
            page.cell(row, place).number_format = "@"
        choices = _choices(sheet, column, beside)
        if choices:
            # A hint, not a fence: lists may hold several, and the import says what is wrong.
            drop_down = DataValidation(
                type="list", formula1=choices, allow_blank=True, showErrorMessage=False
            )
            drop_down.add(f"{letter}2:{letter}{_LAST}")
            page.add_data_validation(drop_down)


def _help(sheet: Sheet, column: Column) -> str:
    words = shape.words()
    hints = words["hints"]
    parts = [hints["required"]] if column.required else []
    if column.kind is Kind.STATUS:
        parts.append(hints["status"])
    if column.kind in (Kind.LIST, Kind.CHOICES):
        parts.append(hints["list"])
    if column.code == sheet.key[-1]:
        parts.append(hints["key"])
    about = words[sheet.code]["columns"][column.code]
    if sheet.optional and about["example"]:
        parts.append(hints["example"].format(about["example"]))
    return "\n".join([about["help"], *parts]).strip()


def _choices(sheet: Sheet, column: Column, beside: Collection[str]) -> str | None:
    if column.choices:
        return _listed(list(shape.codes(column.choices)))
    if column.kind is Kind.STATUS:
        return _listed([shown(column, True), shown(column, False)])
    from openpyxl.utils import get_column_letter

    source = _REFERENCES.get(column.code, "")
    if source in beside and source != sheet.code:
        place = [known.code for known in shape.BY_CODE[source].columns].index(column.code) + 1
        letter = get_column_letter(place)
        return f"'{shape.title(source)}'!${letter}$2:${letter}$2000"
    return None


def _listed(labels: Sequence[str]) -> str:
    return '"' + ",".join(labels) + '"'
