"""hemei reconcile and hemei difference."""

import json
from datetime import date
from pathlib import Path

import pytest
from bill_files import Paid, a_home, paid_orders, trade_file
from commands import hemei
from settings_files import configuration, plain_url

from server.database import Database

DAY = date(2026, 3, 23)

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def place(db: Database, tmp_path: Path) -> Path:
    configuration(tmp_path, plain_url(db))
    db.write(lambda: paid_orders(a_home(), DAY, {"o-1": 180_00}))
    return tmp_path


def test_a_file_is_compared_its_difference_listed_and_settled(place: Path) -> None:
    (place / "bill.csv").write_bytes(trade_file(DAY, [Paid("o-1", 180_00), Paid("o-strange", 5)]))
    done = hemei("reconcile", "bill.csv", "--json", cwd=place)
    assert done.returncode == 1
    assert "trade 2026-03-23: 2 rows, 180.05 yuan, 1 matched" in done.stderr
    assert "1 differences are open" in done.stderr
    (line,) = map(json.loads, done.stdout.splitlines())
    assert (line["what"], line["about"], line["theirs_fen"]) == ("missing_here", "o-strange", 5)
    assert "平台收了钱，账上没有  o-strange" in hemei("difference", "list", cwd=place).stdout
    settle = ("difference", "settle", str(line["number"]), "--by", "C001", "--how")
    assert "写清楚" in hemei(*settle, " ", cwd=place).stderr
    assert "没有77号差异" in hemei("difference", "settle", "77", *settle[3:], "x", cwd=place).stderr
    assert hemei(*settle, "测试时付的", cwd=place).returncode == 0
    assert hemei("reconcile", "bill.csv", cwd=place).returncode == 0
    (line,) = map(json.loads, hemei("difference", "list", "--all", "--json", cwd=place).stdout.splitlines())
    assert line["how"] == "测试时付的"


def test_a_file_that_is_not_whole_is_refused_with_its_row(place: Path) -> None:
    (place / "bill.csv").write_bytes(trade_file(DAY, [Paid("o-1", 180_00)]).replace(b"`180.00", b"`18O.00"))
    done = hemei("reconcile", "bill.csv", cwd=place)
    assert done.returncode == 1
    assert "第2行的“订单金额”读不懂" in done.stderr


def test_an_empty_file_asks_for_its_day(place: Path) -> None:
    (place / "bill.csv").write_bytes(trade_file(DAY, []))
    assert "写明日期" in hemei("reconcile", "bill.csv", cwd=place).stderr
    done = hemei("reconcile", "bill.csv", "--day", "2026-03-22", cwd=place)
    assert done.returncode == 0, done.stderr
    assert hemei("reconcile", "bill.csv", "--day", "2026-03-23", cwd=place).returncode == 1
