"""From the bytes of an .xlsx to its rows, in bounded time and memory whatever the bytes are."""

import marshal
import subprocess
import sys
from io import BytesIO
from pathlib import Path

from models.town import archive, calamine_process
from models.town.problems import refused
from models.town.workbook import Workbook

_PROGRAM = Path(calamine_process.__file__)


def read_file(path: Path) -> Workbook:
    """Raises WorkbookRefused, saying what to do."""
    try:
        with path.open("rb") as file:
            return read(file.read(archive.FILE_LIMIT + 1))
    except OSError:
        raise refused("missing_file", path=str(path)) from None


def read(data: bytes) -> Workbook:
    """Raises WorkbookRefused. Values of formulas are what Excel last worked out."""
    archive.check(data)
    # -I: neither the caller's directory nor its environment has a say in what is imported.
    try:
        done = subprocess.run(  # noqa: S603 - our own program, the file comes on stdin
            [sys.executable, "-I", str(_PROGRAM)],
            input=data,
            capture_output=True,
            timeout=calamine_process.SECONDS * 2,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise refused("unreadable") from None
    if done.returncode == calamine_process.PROTECTED:
        raise refused("encrypted")
    if done.returncode:
        raise refused("unreadable")
    stream = BytesIO(done.stdout)
    sheets = []
    while (sheet := marshal.load(stream)) is not None:  # noqa: S302 - from our own process
        sheets.append(sheet)
    return Workbook(sheets)
