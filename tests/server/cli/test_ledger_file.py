"""hemei ledger template, import and export; hemei bill export: from Excel and back to it."""

import json
from datetime import date
from pathlib import Path

import pytest
from commands import hemei
from opening_books import homes, opening_book
from openpyxl import load_workbook
from settings_files import configuration, plain_url

from models.town import xlsx
from models.town.workbook import Workbook
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def place(db: Database, tmp_path: Path) -> Path:
    configuration(tmp_path, plain_url(db))
    db.write(homes)
    return tmp_path


def _written(place: Path, **change: object) -> None:
    sheets = opening_book()
    for sheet, (row, column, value) in change.items():
        sheets[sheet][row][column] = value
    xlsx.write(Workbook(list(sheets.items())), place / "book.xlsx")


def test_a_book_is_rehearsed_taken_and_given_back(place: Path) -> None:
    _written(place)
    tried = hemei("ledger", "import", "book.xlsx", "--dry-run", cwd=place)
    assert (tried.returncode, "没有写入" in tried.stderr) == (0, True), tried.stderr
    done = hemei("ledger", "import", "book.xlsx", "--by", "C001", "--json", cwd=place)
    assert json.loads(done.stdout)["sheets"]["past_payments"] == {"added": 2, "changed": 0, "same": 0}
    assert hemei("ledger", "check", cwd=place).returncode == 0
    assert hemei("ledger", "export", "books.xlsx", "--estate", "育英小区", cwd=place).returncode == 0
    file = load_workbook(place / "books.xlsx")
    entries = list(file["分录"].values)
    assert entries[1][2:8] == ("育英小区", "期初", "现金", None, None, 1000.5)
    assert {row[3] for row in entries[1:]} == {"期初", "收款"}
    assert sum((row[7] or 0) - (row[8] or 0) for row in entries[1:]) == pytest.approx(0)
    assert ("现金", 1100.5, None) in list(file["科目余额"].values)
    assert hemei("bill", "export", "bills.xlsx", cwd=place).returncode == 0
    (sheet,) = load_workbook(place / "bills.xlsx")
    assert list(sheet.values)[1][1:10] == ("育英小区", "3", "1", "101", "2025", 180, 100, 80, "未缴清")
    assert sheet.cell(2, 7).number_format == "0.00"
    assert hemei("bill", "export", "bills.csv", "--period", "2025-Q4", cwd=place).returncode == 0
    lines = (place / "bills.csv").read_text("utf-8-sig").splitlines()
    assert lines[1].endswith(",育英小区,3,1,102,2025-Q4,45.25,0.00,45.25,未缴清,2025-10-31")


def test_a_problem_is_said_by_sheet_row_and_column_and_nothing_is_taken(place: Path) -> None:
    _written(place, 期初欠费=(1, 3, 909))
    refused = hemei("ledger", "import", "book.xlsx", cwd=place)
    assert refused.returncode == 1
    assert "表“期初欠费” 第 2 行 “室号”列：没有查到“3-1-909”这一户" in refused.stderr
    assert hemei("ledger", "check", "--json", cwd=place).stdout == ""


def test_days_that_excel_took_for_days_are_days(place: Path) -> None:
    assert hemei("ledger", "template", "blank.xlsx", cwd=place).returncode == 0
    file = load_workbook(place / "blank.xlsx")
    assert file.sheetnames == ["期初余额", "期初欠费", "期初预存", "历史缴费"]
    for name, rows in opening_book().items():
        sheet = file[name]
        assert [cell.value for cell in sheet[1]][: len(rows[0])] == [*rows[0]]
        sheet.delete_rows(2)
        for number, row in enumerate(rows[1:], 2):
            for column, value in enumerate(row, 1):
                cell = sheet.cell(number, column, None if value == "" else value)
                if rows[0][column - 1] == "日期":
                    cell.number_format = "yyyy-mm-dd"
                    cell.value = date.fromisoformat(value)
    file.save(place / "book.xlsx")
    done = hemei("ledger", "import", "book.xlsx", "--json", cwd=place)
    assert json.loads(done.stdout)["sheets"]["opening_arrears"]["added"] == 3, done.stderr
