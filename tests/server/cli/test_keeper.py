"""hemei keeper, management and estate: what an operator and a test ask of them."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from commands import hemei
from factories import a_town
from openpyxl import load_workbook
from settings_files import configuration, plain_url
from sqlalchemy import update

from models.base.clock import now
from models.base.orm import session
from models.duty.tables import Keeper
from models.grid import terms
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
THIRD = ("--estate", "育英小区", "--building", "3")


@pytest.fixture
def home(db: Database, tmp_path: Path) -> Path:
    configuration(tmp_path, plain_url(db))

    def work() -> None:
        a_town()
        terms.follow(now() - timedelta(days=1))
        session().execute(update(Keeper).values(since=now() - timedelta(days=70)))

    db.write(work)
    return tmp_path


def lines(home: Path, *arguments: str, code: int = 0) -> list[dict[str, Any]]:
    done = hemei(*arguments, "--json", cwd=home)
    assert done.returncode == code, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def said(home: Path, *arguments: str, code: int = 0) -> str:
    done = hemei(*arguments, cwd=home)
    assert done.returncode == code, done.stderr
    return done.stderr


def test_the_cover_check_ends_with_one_when_it_does_not_hold(home: Path) -> None:
    found = lines(home, "keeper", "cover", "--community", "育英社区", code=1)
    assert found[0] == {"unit": None, "buildings": 1, "homes": 0, "keepers": 2}
    assert [one["building"] for one in found[1:]] == ["5", "7"]
    assert "the register 3: 0 twice, 2 forgotten" in said(
        home, "keeper", "cover", "--community", "育英社区", code=1
    )


def test_a_visit_makes_a_red_building_green(home: Path) -> None:
    assert {one["colour"] for one in lines(home, "keeper", "visits")} == {"red"}
    assert "is noted" in said(home, "keeper", "visit", *THIRD, "--by", "K001")
    assert "already" in said(home, "keeper", "visit", *THIRD, "--by", "K001")
    said(home, "keeper", "visit", *THIRD, "--by", "K003", code=1)
    assert [one["estate"] for one in lines(home, "keeper", "visits", "--late")] == ["建设小区"]


def test_a_building_is_handed_over_by_both_sides(home: Path) -> None:
    ask = ("keeper", "hand-over", "ask", *THIRD, "--to", "G001", "--by", "C001")
    assert "hand-over 1 is open" in said(home, *ask)
    assert "hand-over 1 is open" in said(home, "keeper", "hand-over", "agree", "1", "--by", "K001")
    assert "hand-over 1 is done" in said(home, "keeper", "hand-over", "agree", "1", "--by", "G001")
    (one,) = lines(home, "keeper", "hand-over", "list")
    assert (one["state"], one["from"], one["to"], one["building"]) == ("done", "李师傅", "孙网格员", "3")
    again = ("keeper", "hand-over", "ask", *THIRD, "--to", "K001", "--by", "C001")
    assert "is open" in said(home, *again)
    refuse = ("keeper", "hand-over", "refuse", "2", "--reason", "太远", "--by", "K001")
    assert "hand-over 2 is refused" in said(home, *refuse)


def test_models_are_set_counted_and_aimed_at(home: Path) -> None:
    one = ("management", "set", "--estate", "育英小区", "--model", "professional", "--since", "2026-01-01")
    assert "3 buildings changed" in said(home, *one, "--by", "C001")
    assert "0 buildings changed" in said(home, *one, "--by", "C001")
    said(home, *one, "--by", "K001", code=1)
    found = lines(home, "management", "show", "--community", "育英社区")
    assert {"model": "professional", "buildings": 3} in found
    assert {"model": "register", "buildings": 3} in found
    assert {"rate": "introduced", "over": 3, "under": 3, "permille": 1000} in found
    aim = ("management", "aim", "--share", "85", "--on", "2027-12-31", "--by", "S001")
    assert "85 % by 2027-12-31" in said(home, *aim)
    said(home, "management", "aim", "--share", "viel", "--on", "2027-12-31", "--by", "S001", code=2)
    months = lines(home, "management", "trend", "--months", "2")
    assert [(one["over"], one["under"]) for one in months] == [(3, 4), (3, 4)]


def test_an_estate_is_said_whole_and_written_into_a_file(home: Path) -> None:
    done = hemei("estate", "record", "--estate", "育英小区", cwd=home)
    assert len(json.loads(done.stdout)["buildings"]) == 3
    assert lines(home, "estate", "records", "--estate", "育英小区") == []
    assert lines(home, "estate", "difference", "--estate", "育英小区", "--from", "now") == []
    assert "there is no copy of 2020-Q1" in said(
        home, "estate", "difference", "--estate", "育英小区", "--from", "2020-Q1", code=1
    )
    said(home, "estate", "export", "ledger.xlsx", "--estate", "育英小区")
    assert load_workbook(home / "ledger.xlsx").sheetnames == ["总的", "楼栋", "诉求", "没办完的", "问题"]


def test_the_history_of_a_building_is_one_list(home: Path) -> None:
    said(home, "keeper", "visit", *THIRD, "--by", "K001")
    one = ("management", "set", *THIRD, "--model", "professional", "--since", "2026-01-01", "--by", "C001")
    said(home, *one)
    found = lines(home, "grid", "history", *THIRD)
    assert [(one["what"], one["value"]) for one in found] == [
        ("grid", "育英一网格"), ("management", "professional"), ("visit", "李师傅"),
    ]  # fmt: skip
    said(home, "grid", "history", "--estate", "育英小区", "--building", "99", code=1)


def test_micro_grids_are_listed(home: Path) -> None:
    assert lines(home, "grid", "micro", "--incomplete") == []
