"""Files that mean harm are refused quickly and in little memory (I9)."""

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from town_workbooks import HOSTILE, long_form, sheet_of, zipped

from models.town import archive
from models.town.problems import WorkbookRefused
from models.town.reading import read, read_file

SECONDS = 3.0  # of processor
MIB = 300

# Each file is read by a child of a process that has loaded what reading takes and no more: to load it takes
# longer than to read, and a child begins with the peak of its parent.
_READER = """
import os, resource, sys
from pathlib import Path
from models.town.problems import WorkbookRefused
from models.town.reading import read_file
for line in sys.stdin:
    child = os.fork()
    if not child:
        try:
            read_file(Path(line[:-1]))
            code = "taken"
        except WorkbookRefused as refusal:
            code = refusal.problems[0].code
        both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        used = [resource.getrusage(who) for who in both]
        spent = sum(one.ru_utime + one.ru_stime for one in used)
        print(code, spent, *(one.ru_maxrss // 1024 for one in used), flush=True)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        print("died", 0, 0, 0, flush=True)
"""


@pytest.fixture(scope="module")
def reader() -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-c", _READER]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/"
    ) as process:
        yield process


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_within_three_seconds_and_300_mib(
    name: str, tmp_path: Path, reader: "subprocess.Popen[str]"
) -> None:
    make, codes = HOSTILE[name]
    file = tmp_path / "hostile.xlsx"
    file.write_bytes(make())
    assert reader.stdin is not None
    assert reader.stdout is not None
    print(file, file=reader.stdin, flush=True)
    code, spent, own, child = reader.stdout.readline().split()
    assert code in codes
    assert float(spent) <= SECONDS
    assert int(own) + int(child) <= MIB


def test_an_honest_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "town.xlsx"
    file.write_bytes(zipped(sheet_of(['<row r="1"><c r="A1" t="inlineStr"><is><t>社区</t></is></c></row>'])))
    assert read_file(file).sheets == [("社区", [["社区"]])]


def test_the_long_form_that_java_libraries_write_is_read() -> None:
    short = zipped(sheet_of(['<row r="1"><c r="A1" t="inlineStr"><is><t>社区</t></is></c></row>']))
    long = long_form(short)
    assert zipfile.ZipFile(BytesIO(long)).testzip() is None
    assert read(long).sheets == read(short).sheets == [("社区", [["社区"]])]


def test_formulas_give_their_values_and_dates_say_so() -> None:
    row = '<row r="3"><c r="B3"><f>1+2</f><v>3</v></c></row>'
    (title, rows), *_ = read(zipped(sheet_of([row]))).sheets
    assert (title, rows[:2], rows[2][1]) == ("社区", [[], []], 3.0)


def test_a_missing_file_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(WorkbookRefused) as refusal:
        read_file(tmp_path / "none.xlsx")
    assert refusal.value.problems[0].code == "missing_file"


def test_every_byte_may_be_wrong() -> None:
    """No damage anywhere makes the check do anything but pass or refuse."""
    short = zipped(sheet_of(['<row r="1"><c r="A1"><v>1</v></c></row>']))
    for data in (short, long_form(short)):
        for at in range(len(data)):
            for bit in (0x01, 0x80):
                damaged = bytearray(data)
                damaged[at] ^= bit
                with suppress(WorkbookRefused):
                    archive.check(bytes(damaged))
            with suppress(WorkbookRefused):
                archive.check(data[:at])
