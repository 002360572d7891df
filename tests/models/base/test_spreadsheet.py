"""I4: no cell of a file that we hand out can be taken for a formula, whatever stands in it."""

import csv
import unicodedata
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from models.base import spreadsheet
from models.base.spreadsheet import write, write_csv, yuan

SIGNS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]
BEFORE = ["", " ", "\u3000", '"', "'", "\x00", "\x01", "\x85", "\u200b", "\ufeff", " \x0b\"' "]
REST = ["1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://x","y")', "", "_x003D_1", "张三"]
HOSTILE = [before + sign + rest for before, sign, rest in product(BEFORE, SIGNS, REST)]
ODD = ["#REF!", "#N/A", "_x0041_", "\ud800", "\uffff", "a\x00b", "王\x08阿姨", "18号", "1e5"]


def _controls(text: str) -> list[str]:
    return [sign for sign in text if unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\t\r\n"]


def test_no_cell_of_an_xlsx_is_a_formula(tmp_path: Path):
    file = tmp_path / "x.xlsx"
    write(file, [("表", ([one, one] for one in HOSTILE + ODD))])
    found = [cell for row in load_workbook(file).active for cell in row if cell.value is not None]
    assert len(found) > len(HOSTILE)
    assert {cell.data_type for cell in found} == {"s"}
    # C1 signs such as \x85 are text in XML; \x00 to \x1f cannot stand there
    assert not [cell.value for cell in found if [one for one in _controls(cell.value) if one < "\x80"]]
    for cell in found:
        if cell.value.startswith(tuple("=+-@＝＋－＠")):
            assert cell.quotePrefix, cell.value


def test_no_cell_of_a_csv_begins_as_a_formula(tmp_path: Path):
    file = tmp_path / "x.csv"
    write_csv(file, ([one, one] for one in HOSTILE + ODD))
    with file.open(encoding="utf-8-sig", newline="") as lines:
        found = [cell for row in csv.reader(lines) for cell in row]
    assert len(found) == 2 * len(HOSTILE + ODD)
    for cell in found:
        assert cell[:1] == "'" or cell.lstrip(" \u3000\"'\u200b\ufeff")[:1] not in SIGNS, repr(cell)
        assert not _controls(cell)
        assert not set("\t\r\n") & set(cell)


def test_what_a_text_says_is_kept(tmp_path: Path):
    file = tmp_path / "x.xlsx"
    write(file, [("表", [["=1+1", "_x0041_", "a\x00b", "－5", "#N/A", "第一行\n第二行"]])])
    (row,) = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    assert row == ["=1+1", "_x0041_", "ab", "－5", "#N/A", "第一行\n第二行"]


def test_numbers_and_days_are_what_they_are(tmp_path: Path):
    values = [yuan(180_05), yuan(-1), yuan(0), 12, date(2026, 3, 23), None, ""]
    write(tmp_path / "x.xlsx", [("表", [values])])
    (row,) = load_workbook(tmp_path / "x.xlsx").active.iter_rows()
    assert [cell.data_type for cell in row[:5]] == ["n", "n", "n", "n", "d"]
    assert [(cell.value, cell.number_format) for cell in row[:3]] == [
        (180.05, "0.00"), (-0.01, "0.00"), (0, "0.00"),
    ]  # fmt: skip
    assert row[4].value.date() == date(2026, 3, 23)
    write_csv(tmp_path / "x.csv", [values])
    assert (tmp_path / "x.csv").read_text("utf-8-sig") == "180.05,-0.01,0.00,12,2026-03-23,,\n"


@pytest.mark.parametrize("fen", [0, 1, 10, 99, 100, 180_05, -7, 10**15 + 1])
def test_a_sum_is_exact_to_the_fen(fen: int):
    assert yuan(fen) * 100 == fen
    assert str(yuan(fen)).rpartition(".")[2] == f"{abs(fen) % 100:02}"
    assert isinstance(yuan(fen), Decimal)


def test_what_a_sheet_cannot_hold_goes_on_in_another_one(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 3)
    write(tmp_path / "x.xlsx", [("账", [["头"], *([n] for n in range(5))])])
    found = {sheet.title: [row[0] for row in sheet.values] for sheet in load_workbook(tmp_path / "x.xlsx")}
    assert found == {"账": ["头", 0, 1], "账 2": ["头", 2, 3], "账 3": ["头", 4]}


def test_a_file_that_failed_half_way_is_not_there(tmp_path: Path):
    def broken():
        yield ["一"]
        raise ValueError("half way")

    (tmp_path / "x.xlsx").write_bytes(b"before")
    with pytest.raises(ValueError, match="half way"):
        write(tmp_path / "x.xlsx", [("表", broken())])
    assert [one.name for one in tmp_path.iterdir()] == ["x.xlsx"]
    assert (tmp_path / "x.xlsx").read_bytes() == b"before"
