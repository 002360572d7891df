"""hemei fee rates, arrears and visits."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from commands import hemei
from factories import a_town
from fee_bills import a_bill, pay
from fee_books import homes
from settings_files import configuration, plain_url

from models.base.clock import local, now
from models.fee.reminding import Rules
from models.fee.visits_due import ask_some
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def folder(db: Database, tmp_path: Path) -> Path:
    configuration(tmp_path, plain_url(db))

    def made() -> None:
        a_town()
        due = local(now()).date() - timedelta(days=40)
        first, second, third = homes(3)
        for home in (first, second, third):
            a_bill(home, 60_00, "2026-Q1", due_on=due)
        pay(first, 60_00, date(2026, 2, 1))
        pay(second, 15_00, date(2026, 2, 1))
        ask_some(0, Rules())

    db.write(made)
    return tmp_path


def lines(folder: Path, *command: str) -> list[dict[str, object]]:
    return [json.loads(one) for one in hemei(*command, "--json", cwd=folder).stdout.splitlines()]


def test_both_rates_come_with_what_they_are_of(folder: Path) -> None:
    rates = ("fee", "rates", "--period", "2026-Q1", "--estate")
    (line,) = lines(folder, *rates, "育英小区")
    assert line == {
        "estate": "育英小区",
        "period": "2026-Q1",
        "households": {"over": 1, "under": 3, "permille": 333},
        "money_fen": {"over": 75_00, "under": 180_00, "permille": 417},
    }
    assert "homes 33.3% (1/3)  money 41.7% (75.00/180.00)" in hemei(*rates, "育英小区", cwd=folder).stdout
    assert "homes — (0/0)" in hemei(*rates, "建设小区", cwd=folder).stdout
    assert len(lines(folder, "fee", "rates")) == 2
    assert "there is no estate 没有" in hemei(*rates, "没有", cwd=folder).stderr
    assert hemei("fee", "rates", "--period", "2026-Q5", cwd=folder).returncode == 1


def test_arrears_are_listed_by_age(folder: Path) -> None:
    found = lines(folder, "fee", "arrears", "--estate", "育英小区")
    assert [one["days"] for one in found] == [0, 1, 31, 91, 181, 366]
    assert found[2] == {"estate": "育英小区", "days": 31, "bills": 2, "fen": 105_00}


def test_visits_are_listed_by_home(folder: Path) -> None:
    found = lines(folder, "fee", "visits")
    assert [(one["household"], one["outcome"]) for one in found] == [
        ("育英小区-3-1-102", None),
        ("育英小区-3-1-103", None),
    ]
    assert "育英小区-3-1-102" in hemei("fee", "visits", cwd=folder).stdout
