"""Files for Excel say words, sums as numbers, and what a sheet adds up to is what the books say (I4)."""

import ast
from datetime import date
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import pytest
from bill_files import a_home, estate_of
from openpyxl import load_workbook
from sqlalchemy import update

import models
from handlers.wording.exports import balance_sheet, bill_sheet, detail_of, entry_sheet, statement_sheets
from models.base.actor import SYSTEM, By
from models.base.orm import put, session
from models.base.resources import table
from models.base.spreadsheet import write, write_csv
from models.books.statement import statement
from models.books.tables import Outlay
from models.fee.payments import Way, receive
from models.joins.listing import bills, ledger
from models.ledger import Account, Posting, post
from models.ledger.balances import balances
from models.place.tables import Estate

DAY = date(2026, 3, 23)
NASTY = ["=HYPERLINK(1)", "＝cmd", "@x", "-1+1", " +1", "a\x08b", "\t=1"]


@pytest.fixture
def estate(db) -> int:
    """A month with a payment, an outlay and an estate whose name is a formula."""

    def made() -> int:
        home = a_home()
        receive(home, 45_00, Way.CASH, "0001", DAY, By.staff(1))
        estate = estate_of(home)
        for number, item in enumerate(NASTY):
            key = put(
                Outlay, estate_id=estate, day=DAY, fen=1_50, fund="fees", spent_for="repair",
                paid_from="cash", payee_kind="firm", payee=item, item=item, brand=item,
                quantity=2500, unit="个", unit_price_fen=60, spender_id=1, by_id=1, state="booked",
                conflicts=[],
            )  # fmt: skip
            lines = [Posting(Account.EXPENSE, 1_50, detail="repair"), Posting(Account.CASH, -1_50)]
            post("spent", estate, DAY, lines, key=f"spent/{number}", by=SYSTEM, about=("outlay", key))
        charged = [Posting(Account.EXPENSE, 27, detail="bank"), Posting(Account.CASH, -27)]
        post("platform_fee", estate, DAY, charged, key="fee", by=SYSTEM)
        session().execute(update(Estate).where(Estate.id == estate).values(name="=1+1"))
        return estate

    return db.write(made)


def _cells(file: Path) -> list:
    return [cell for sheet in load_workbook(file) for row in sheet for cell in row if cell.value is not None]


def test_a_month_is_written_line_by_line_and_nothing_in_it_is_a_formula(db, estate, tmp_path: Path):
    file = tmp_path / "month.xlsx"
    with db.read():
        write(file, statement_sheets(statement(estate, DAY), estate, DAY))
    assert not [cell.value for cell in _cells(file) if cell.data_type == "f"]
    book = load_workbook(file)
    assert book.sheetnames == ["收支月报", "支出明细", "其他收入"]
    lines = {row[0]: row[1] for row in book["收支月报"].values}
    assert (lines["期初"], lines["本月收入"], lines["本月支出"], lines["期末"]) == (0, 45, 10.77, 34.23)
    assert (lines["收到物业费"], lines["维修"]) == (45, 10.5)
    first = [*book["支出明细"].values][1]
    assert sum(row[8] for row in [*book["支出明细"].values][1:]) == pytest.approx(10.77)
    assert first[1:10] == ("维修", "=HYPERLINK(1)", "=HYPERLINK(1)", None, "2.5", "个", 0.6, 1.5, "物业费")


def test_entries_and_balances_add_up_and_are_no_formulas(db, estate, tmp_path: Path):
    with db.read():
        write(tmp_path / "x.xlsx", [entry_sheet(ledger(estate)), balance_sheet(balances(estate))])
        write_csv(tmp_path / "x.csv", entry_sheet(ledger(estate, since=DAY, until=DAY))[1])
        assert list(ledger(estate, since=date(2026, 3, 24))) == []
    assert not [cell.value for cell in _cells(tmp_path / "x.xlsx") if cell.data_type == "f"]
    rows = [*load_workbook(tmp_path / "x.xlsx")["分录"].values][1:]
    assert {row[2] for row in rows} == {"=1+1"}
    assert {(row[3], row[4], row[5]) for row in rows} == {
        ("收款", "现金", None), ("收款", "预收物业费", None), ("支出", "支出", "维修"),
        ("支出", "现金", None), ("支付手续费", "支出", "银行和支付手续费"), ("支付手续费", "现金", None),
    }  # fmt: skip
    assert sum(Decimal(str(row[7] or 0)) - Decimal(str(row[8] or 0)) for row in rows) == 0
    assert {row[6] for row in rows if row[6]} == {"3-1-101"}
    csv_lines = (tmp_path / "x.csv").read_text("utf-8-sig").splitlines()
    assert len(csv_lines) == len(rows) + 1
    assert all(line.split(",")[2] == "'=1+1" for line in csv_lines[1:])


def test_a_home_without_bills_is_an_empty_sheet(db, estate, tmp_path: Path):
    with db.read():
        write(tmp_path / "x.xlsx", [bill_sheet(bills())])
    assert len([*load_workbook(tmp_path / "x.xlsx")["账单"].values]) == 1


CALLS = ("post", "change", "_book")


def _kinds() -> set[str]:
    """What the code books, by the calls that do."""
    found = set()
    for file in Path(models.__path__[0]).rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        if not any(f"{call}(" in text for call in CALLS):
            continue  # because to read the tree of every file takes seconds
        tree = ast.parse(text)
        either = {  # kind = "one" if … else "other"
            one.targets[0].id: [one.value.body, one.value.orelse]
            for one in ast.walk(tree)
            if isinstance(one, ast.Assign)
            and isinstance(one.targets[0], ast.Name)
            and isinstance(one.value, ast.IfExp)
        }
        for node in ast.walk(tree):
            name = getattr(getattr(node, "func", None), "id", "")
            if name not in CALLS:
                continue
            for said in [ways for one in node.args[:2] for ways in either.get(getattr(one, "id", ""), [one])]:
                if isinstance(said, ast.Constant):
                    found.add(said.value)
                elif isinstance(said, ast.Name) and said.id.isupper():
                    module = file.relative_to(Path(models.__path__[0]).parent).with_suffix("")
                    found.add(getattr(import_module(".".join(module.parts)), said.id))
    return found


def test_every_kind_of_entry_has_words():
    assert set(table("labels/ledger_kinds.toml")) == _kinds()


def test_whatever_stands_on_a_line_is_said_in_words():
    """Every code that a line of an account may carry, a loan and its way back too."""
    said = {
        "expense": table("labels/spending.toml"),
        "other_income": table("labels/incomes.toml"),
        "grant": ["grant"],
        "loan": ["loan", "loan_back"],
        "bank": table("labels/funds.toml"),
    }
    for account, codes in said.items():
        for code in codes:
            assert not detail_of(account, code).isascii(), (account, code)
    assert detail_of("bank", None) == ""
