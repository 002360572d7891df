"""Runs by itself: a workbook on stdin, its rows on stdout (marshal), its memory and time limited from within.

A process of its own, because a parser that a hostile file brings down must not take a service with it.
Imports nothing of hemei, so it starts in a few milliseconds.
"""

import marshal
import resource
import sys
from datetime import date
from io import BytesIO
from typing import Any

MEMORY = 224 << 20  # a city's workbook takes two thirds of it
SECONDS = 30
BROKEN, PROTECTED = 3, 4


def main() -> int:
    data = sys.stdin.buffer.read()
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(data))
        del data
        for name in workbook.sheet_names:
            marshal.dump((name, _rows(workbook, name)), sys.stdout.buffer)
    except PasswordError:
        return PROTECTED
    except (CalamineError, MemoryError):
        return BROKEN
    marshal.dump(None, sys.stdout.buffer)
    return 0


def _rows(workbook: Any, name: str) -> list[list[Any]]:
    known: dict[str, str] = {}  # equal texts become one, here and at the reader's
    rows = []
    for row in workbook.get_sheet_by_name(name).to_python(skip_empty_area=False):
        cells = [
            known.setdefault(cell, cell)
            if isinstance(cell, str)
            else cell
            if isinstance(cell, int | float)
            else ("date", cell.isoformat()[:10])
            if isinstance(cell, date)
            else ("date",)
            for cell in row
        ]
        while cells and cells[-1] == "":
            cells.pop()
        rows.append(cells)
    return rows


if __name__ == "__main__":
    sys.exit(main())
