"""hemei grid: what lies where, and how it is cut anew."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from commands import hemei
from factories import a_case, a_town, spot
from settings_files import configuration, plain_url

from models.base.clock import local, now
from models.base.orm import put
from models.grid import terms
from models.place.tables import Grid
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
LIST = "小区,楼号,网格\n育英小区,3,育英二网格\n"


@pytest.fixture
def home(db: Database, tmp_path: Path) -> Path:
    configuration(tmp_path, plain_url(db))

    def work() -> None:
        cast = a_town()
        put(Grid, name="育英二网格", community_id=spot().community_id, kind=None)
        terms.follow(now() - timedelta(days=1))
        a_case(reporter=cast.wang)

    db.write(work)
    return tmp_path


def test_a_check_lists_the_gaps_and_ends_with_one(home: Path) -> None:
    done = hemei("grid", "check", "--community", "育英社区", "--json", cwd=home)
    assert done.returncode == 1
    (line,) = map(json.loads, done.stdout.splitlines())
    assert (line["what"], line["estate"], line["building"]) == ("gap", "育英小区", "7")
    assert "1 of 3 buildings" in done.stderr
    assert "育英小区7号楼：不在任何网格里" in hemei("grid", "check", cwd=home).stdout
    assert hemei("grid", "check", "--on", "2020-01-01", cwd=home).returncode == 0


def test_a_recut_is_refused_with_the_gap_then_tried_planned_and_withdrawn(home: Path) -> None:
    file, day = home / "recut.csv", str((local(now()) + timedelta(days=3)).date())
    file.write_text(LIST, encoding="utf-8")
    cut = ("grid", "recut", str(file), "--on", day, "--reason", "规模适度", "--by", "C001")
    refused = hemei(*cut, cwd=home)
    assert refused.returncode == 1
    assert "7号楼：不在任何网格里" in refused.stderr
    file.write_text(f"{LIST}育英小区,7,育英一网格\n", encoding="utf-8")
    tried = hemei(*cut, "--dry-run", "--json", cwd=home)
    assert tried.returncode == 0, tried.stderr
    assert [json.loads(line) for line in tried.stdout.splitlines()] == [
        {"from": "育英一网格", "to": "育英二网格", "buildings": 1, "homes": 0, "open_cases": 1},
        {"from": None, "to": "育英一网格", "buildings": 1, "homes": 0, "open_cases": 0},
    ]
    assert hemei("grid", "recuts", "--json", cwd=home).stdout == ""
    planned = re.match(r"planned as (\d+): 2 buildings, 1 open cases", hemei(*cut, cwd=home).stderr)
    assert planned
    assert hemei("grid", "check", "--community", "育英社区", "--on", day, cwd=home).returncode == 0
    done = hemei("grid", "withdraw", planned[1], "--reason", "再议", "--by", "C001", cwd=home)
    assert done.returncode == 0, done.stderr
    (line,) = map(json.loads, hemei("grid", "recuts", "--json", cwd=home).stdout.splitlines())
    assert (line["state"], line["community"], line["buildings"]) == ("withdrawn", "育英社区", 2)


def test_what_cannot_be_read_is_said_row_by_row(home: Path) -> None:
    file = home / "recut.csv"
    file.write_text("小区,楼号,网格\n育英小区,33,育英二网格\n", encoding="utf-8")
    cut = ("grid", "recut", str(file), "--on", "2099-01-01", "--reason", "规模适度", "--by", "C001")
    done = hemei(*cut, cwd=home)
    assert done.returncode == 1
    assert "第 2 行" in done.stderr
    assert "no such file" in hemei(*(*cut[:2], "none.csv", *cut[3:]), cwd=home).stderr.lower()


def test_grids_are_listed_with_what_lies_in_them(home: Path) -> None:
    lines = map(json.loads, hemei("grid", "list", "--json", cwd=home).stdout.splitlines())
    assert {line["grid"]: line["buildings"] for line in lines} == {"育英一网格": 2, "育英二网格": 0}
