"""A file that is one table, an .xlsx or a CSV, as its cells."""

import csv
from collections.abc import Sequence
from io import StringIO

from models.town import reading
from models.town.archive import FILE_LIMIT, ROWS
from models.town.problems import refused
from models.town.workbook import Cell

_ZIP, _OLE = b"PK", b"\xd0\xcf\x11\xe0"


def cells_of(data: bytes, empty: str) -> Sequence[Sequence[Cell]]:
    """The rows of the only sheet, the headings first. Raises WorkbookRefused, with the code `empty` where
    nothing is there."""
    return _sheet(data, empty) if data.startswith((_ZIP, _OLE)) else _csv(data, empty)


def _sheet(data: bytes, empty: str) -> Sequence[Sequence[Cell]]:
    sheets = [rows for _, rows in reading.read(data).sheets if rows]
    if not sheets:
        raise refused(empty)
    if len(sheets) > 1:
        raise refused("one_sheet")
    return sheets[0]


def _csv(data: bytes, empty: str) -> Sequence[Sequence[Cell]]:
    """As Excel and WPS write it: UTF-8 with its mark, or GBK; between the cells a comma or a tab."""
    if len(data) > FILE_LIMIT:
        raise refused("too_big", size=f"{len(data) >> 20} MiB", limit=f"{FILE_LIMIT >> 20} MiB")
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        written = data.decode(encoding)
    except UnicodeDecodeError:
        try:
            written = data.decode("gb18030")
        except UnicodeDecodeError:
            raise refused("no_table") from None
    head = written.split("\n", 1)[0]
    rows: list[list[str]] = []
    try:
        for row in csv.reader(StringIO(written), delimiter="\t" if "\t" in head else ",", strict=True):
            rows.append(row)
            if len(rows) > ROWS:
                raise refused("too_long", limit=ROWS)
    except csv.Error:
        raise refused("no_table") from None
    if not rows:
        raise refused(empty)
    return rows
