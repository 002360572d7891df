"""Cells of the files that people open in Excel."""

from collections.abc import Iterable

from models.base.spreadsheet import Value
from models.town import shape


def row(*cells: Value) -> list[Value]:
    return list(cells)


def in_a_row(names: Iterable[str]) -> str:
    """Several in one cell, as the workbook lists them."""
    between: str = shape.words()["separator"]
    return between.join(names)
