"""hemei order and hemei refund: what is at WeChat Pay, and what persons decide about it."""

import json
from pathlib import Path

import pytest
from commands import hemei
from pay_till import push
from paying_homes import owing
from settings_files import configuration, plain_url

from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def _lines(*arguments: str, cwd: Path) -> list[dict]:
    return [json.loads(line) for line in hemei(*arguments, cwd=cwd).stdout.splitlines()]


def test_one_that_was_held_is_listed_and_settled(db: Database, tmp_path: Path) -> None:
    configuration(tmp_path, plain_url(db))
    home = owing(db, 45_00)
    trade = home.till.pay(home.tap().number)
    push(db, trade._replace(fen=60_00))
    (line,) = _lines("order", "list", "--json", "--troubled", cwd=tmp_path)
    assert (line["number"], line["state"], line["trouble"]) == (trade.number, "held", "sum")
    assert (line["household"], line["fen"], line["paid_fen"]) == ("育英小区-3-1-101", 45_00, 60_00)
    settle = ("order", "settle", trade.number, "--how", "prepaid", "--by", "C001")
    assert hemei(*settle, cwd=tmp_path).returncode == 0
    again = hemei(*settle, cwd=tmp_path)
    assert (again.returncode, "没有要核对的" in again.stderr) == (1, True)
    assert _lines("order", "list", "--json", "--troubled", cwd=tmp_path) == []
    assert home.bill().state == "paid"


def test_a_refund_is_asked_for_by_one_and_agreed_by_another(db: Database, tmp_path: Path) -> None:
    configuration(tmp_path, plain_url(db))
    home = owing(db, 45_00)
    order = home.tap().number
    push(db, home.till.pay(order))
    asked = hemei("refund", "ask", order, "--yuan", "20", "--why", "mistaken", "--by", "C001", cwd=tmp_path)
    number = asked.stdout.strip()
    assert "另一个人" in hemei("refund", "agree", number, "--by", "C001", cwd=tmp_path).stderr
    assert [line["number"] for line in _lines("refund", "list", "--json", "--waiting", cwd=tmp_path)] == [
        number
    ]
    assert hemei("refund", "agree", number, "--by", "G001", cwd=tmp_path).returncode == 0
    (line,) = _lines("refund", "list", "--json", cwd=tmp_path)
    assert (line["order"], line["fen"], line["state"]) == (order, 20_00, "wanted")


def test_nothing_there_is_an_empty_list(db: Database, tmp_path: Path) -> None:
    configuration(tmp_path, plain_url(db))
    for what in ("order", "refund"):
        found = hemei(what, "list", "--json", cwd=tmp_path)
        assert (found.returncode, found.stdout) == (0, "")
