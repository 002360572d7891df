"""Tables as files that people open in Excel: .xlsx or .csv. No cell of them can be taken for a formula (I4).

Text is written as text, numbers and days as what they are. What a file cannot hold is left out.
"""

import csv
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    # Loaded by who writes a file: 30 MiB that no web process needs until then.
    from openpyxl import Workbook as File

#: Text, a whole number, a sum in yuan (Decimal, two places), a day, or an empty cell.
Value = str | int | Decimal | date | None
Rows = Iterable[Sequence[Value]]

MOST_ROWS = 1_000_000  # a sheet holds 1 048 576
_YUAN, _DAY = "0.00", "yyyy-mm-dd"
# XML 1.0 cannot hold these; openpyxl would raise. Tabs and line ends within a text are kept in an .xlsx only.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # ECMA-376: _x0041_ in a file means A
_STARTS_A_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_BEFORE_IT = " \u3000\xa0\u200b\ufeff\"'"  # what a reader of .csv may drop before it looks for a formula


def yuan(fen: int) -> Decimal:
    """A sum as a cell holds it."""
    return Decimal(fen).scaleb(-2)


def write(path: Path, sheets: Iterable[tuple[str, Rows]], *, foot: str = "") -> None:
    """Writes (title, rows) of each sheet, the headings first, row by row as they come. What is more than a
    sheet holds goes on in another one. `foot`: a line below the last row of each, and below each printed
    page. The file is readable by its owner only."""
    from openpyxl import Workbook

    with beside(path) as part:
        file = Workbook(write_only=True)
        try:
            for title, rows in sheets:
                _sheet(file, title, rows, foot)
        except BaseException:
            for page in file.worksheets:  # each has a temporary file open
                page.close()
            raise
        file.save(part)


def write_csv(path: Path, rows: Rows) -> None:
    """As UTF-8 with its mark, so that Excel and WPS know it."""
    with beside(path) as part:
        part.write(b"\xef\xbb\xbf")
        for row in rows:
            line = _Line()
            csv.writer(line, lineterminator="\r\n").writerow([_plain(value) for value in row])
            part.write(line.written.encode())


@contextmanager
def beside(path: Path) -> Iterator[IO[bytes]]:
    """A file beside the target that takes its name when all is well: a full disk leaves no half workbook."""
    with NamedTemporaryFile(dir=path.parent, prefix=".hemei-", suffix=path.suffix, delete=False) as part:
        try:
            yield part
        except BaseException:
            os.unlink(part.name)
            raise
    os.replace(part.name, path)


class _Line:
    """What csv writes one line into."""

    def __init__(self) -> None:
        self.written = ""

    def write(self, text: str) -> None:
        self.written += text


def _sheet(file: "File", title: str, rows: Rows, foot: str) -> None:
    def another(name: str) -> Any:
        made = file.create_sheet(name)
        made.oddFooter.left.text = foot.replace("&", "&&") or None
        return made

    sheet, written, number = another(title), 0, 1
    heading: Sequence[Value] = ()
    for row in rows:
        heading = heading or row
        if written == MOST_ROWS:
            number += 1
            sheet, written = another(f"{title} {number}"), 1
            sheet.append([_cell(sheet, value) for value in heading])
        sheet.append([_cell(sheet, value) for value in row])
        written += 1
    if foot:
        sheet.append([_cell(sheet, foot)])


def safe(text: str) -> str:
    """Without what XML does not take, and so that nothing in it is read as an escape."""
    return _LOOKS_ESCAPED.sub("_x005F_", _NOT_IN_XML.sub("", text))


def _cell(sheet: Any, value: Value) -> Any:
    if value is None or isinstance(value, int):
        return value
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, Decimal | date):
        exact: Any = value  # its annotations know no Decimal, which it writes as it stands
        cell = WriteOnlyCell(sheet, value=exact)
        cell.number_format = _YUAN if isinstance(value, Decimal) else _DAY
        return cell
    written = safe(value)
    if not written:
        return None
    if not written.startswith((*_STARTS_A_FORMULA, "#")):  # openpyxl takes #N/A for an error, = for a formula
        return written
    cell = WriteOnlyCell(sheet, value=written)
    cell.data_type = "s"
    cell.style = "Normal"
    cell.quotePrefix = True
    return cell


def _plain(value: Value) -> str:
    if not isinstance(value, str):
        return "" if value is None else str(value)
    written = _CONTROL.sub(" ", value)
    # the mark is what Excel itself puts before a text that is none of its formulas
    return f"'{written}" if written.lstrip(_BEFORE_IT).startswith(_STARTS_A_FORMULA) else written
