"""hemei bill and hemei ledger: a quarter's bills from a workbook's prices."""

import json
from pathlib import Path

import pytest
from commands import hemei
from factories import a_town
from settings_files import configuration, plain_url
from sqlalchemy import select

from models.base.clock import local, now
from models.base.orm import put, session
from models.fee.tables import Bill
from models.fee.tariffs import set_price
from models.place.tables import Building, Estate, Household
from server.database import Database

QUARTER = f"{local(now()).year}-Q4"


@pytest.fixture
def home(db: Database, tmp_path: Path) -> Path:
    configuration(tmp_path, plain_url(db))

    def priced() -> None:
        a_town()
        estate = session().scalars(select(Estate.id).where(Estate.name == "育英小区")).one()
        building = session().scalars(select(Building.id).where(Building.estate_id == estate)).first()
        for room, area in (("101", 5000), ("102", None)):
            put(Household, building_id=building, unit_name="2", room=room, area=area, active=True)
        set_price(estate, 3000, local(now()).date().replace(month=1, day=1))

    db.write(priced)
    return tmp_path


def test_a_rehearsal_counts_and_writes_nothing(db: Database, home: Path) -> None:
    done = hemei("bill", "generate", "--period", QUARTER, "--dry-run", cwd=home)
    assert done.returncode == 0, done.stderr
    assert "1 bills, 45.00 yuan" in done.stderr
    assert "1 homes without an area that can be right" in done.stderr
    with db.read():
        assert session().scalars(select(Bill)).all() == []


def test_bills_are_made_once_listed_and_proved(home: Path) -> None:
    for more in ([], ["0 of them are new"]):
        done = hemei("bill", "generate", "--period", QUARTER, cwd=home)
        assert done.stderr.splitlines()[0] == "1 bills, 45.00 yuan"
        assert done.stderr.splitlines()[2:] == more
    (line,) = map(json.loads, hemei("bill", "list", "--json", cwd=home).stdout.splitlines())
    assert line["household"] == "育英小区-3-2-101"
    assert (line["period"], line["amount_fen"], line["paid_fen"], line["state"]) == (QUARTER, 4500, 0, "open")
    assert hemei("bill", "list", "--json", "--state", "paid", cwd=home).stdout == ""
    checked = hemei("ledger", "check", "--json", cwd=home)
    assert checked.returncode == 0, checked.stderr
    assert [json.loads(one) for one in checked.stdout.splitlines()] == [
        {"account": "deferred", "fen": -4500},
        {"account": "receivable", "fen": 4500},
    ]


def test_books_that_are_wrong_are_refused_by_name(db: Database, home: Path) -> None:
    hemei("bill", "generate", "--period", QUARTER, cwd=home)

    def spoil() -> None:
        session().scalars(select(Bill)).one().amount_fen += 1

    db.write(spoil)
    checked = hemei("ledger", "check", cwd=home)
    assert checked.returncode == 1
    assert "bill 1: 1 fen over" in checked.stderr


def test_what_is_no_period_is_refused_in_words(home: Path) -> None:
    done = hemei("bill", "generate", "--period", "2026-Q5", cwd=home)
    assert done.returncode == 1
    assert "不是账期" in done.stderr


def test_without_a_database_there_are_no_bills(tmp_path: Path) -> None:
    done = hemei("bill", "list", "--json", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")


def test_a_payment_is_entered_once_listed_and_put_right_by_two(home: Path) -> None:
    hemei("bill", "generate", "--period", QUARTER, cwd=home)
    (bill,) = map(json.loads, hemei("bill", "list", "--json", cwd=home).stdout.splitlines())
    enter = (
        "payment", "enter", "--bill", bill["number"], "--yuan", "50", "--way", "cash", "--receipt", "0001",
        "--day", f"{local(now()).date()}", "--by", "C001",
    )  # fmt: skip
    keeper = hemei(*enter[:-1], "K001", cwd=home)
    assert keeper.returncode == 1
    assert "no post" in keeper.stderr
    assert hemei(*enter, cwd=home).stderr.strip() == "payment 1"
    assert hemei(*enter, cwd=home).stderr.strip() == "payment 1: booked before"
    (paid,) = map(json.loads, hemei("payment", "list", "--json", cwd=home).stdout.splitlines())
    assert (paid["fen"], paid["bills"], paid["receipt"]) == (5000, {bill["number"]: 4500}, "0001")
    assert hemei("payment", "wrong", "1", "--why", "记到别家了", "--by", "C001", cwd=home).returncode == 0
    alone = hemei("payment", "agree", "1", "--by", "C001", cwd=home)
    assert alone.returncode == 1
    assert "另一个人" in alone.stderr
    assert hemei("payment", "agree", "1", "--by", "S001", cwd=home).returncode == 0
    (bill,) = map(json.loads, hemei("bill", "list", "--json", cwd=home).stdout.splitlines())
    assert (bill["paid_fen"], bill["state"]) == (0, "open")
    assert hemei("ledger", "check", cwd=home).returncode == 0


@pytest.mark.parametrize("yuan", ["-1", "1.005", "1e3", "一百", ""])
def test_what_is_no_sum_of_fen_is_a_usage_error(home: Path, yuan: str) -> None:
    done = hemei(
        "payment", "enter", "--bill", "18", f"--yuan={yuan}", "--way", "cash", "--receipt", "1",
        "--day", "2026-03-23", "--by", "C001", cwd=home,
    )  # fmt: skip
    assert done.returncode == 2
