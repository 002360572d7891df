"""hemei rung and hemei rota: the chain and the rota as an operator sees and sets them."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from commands import hemei
from factories import a_town
from settings_files import configuration, plain_url

from models.base.clock import local, now
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def home(db: Database, tmp_path: Path) -> Path:
    configuration(tmp_path, plain_url(db))
    db.write(a_town)
    return tmp_path


def lines(home: Path, *command: str) -> list[dict[str, Any]]:
    done = hemei(*command, "--json", cwd=home)
    return [json.loads(line) for line in done.stdout.splitlines()]


def done(home: Path, *command: str) -> None:
    run = hemei(*command, cwd=home)
    assert run.returncode == 0, run.stderr


def refused(home: Path, *command: str) -> str:
    run = hemei(*command, cwd=home)
    assert run.returncode == 1, run.stdout
    return run.stderr


GRID = ("--grid", "育英一网格")


def test_the_chain_is_listed_changed_and_its_gaps_named(home: Path) -> None:
    first, second = lines(home, "rung", "list")[:2]
    assert (first["grid"], first["name"], first["holders"], first["how"]) == (
        "育英一网格",
        "网格员",
        ["G001"],
        "holder",
    )
    assert (second["holders"], second["stands"]) == ([], [])
    assert [one["rung"] for one in lines(home, "rung", "gaps")] == [1, 2, 3]
    done(home, "rung", "hold", *GRID, "--rung", "1", "--person", "K002", "--deputy", "K001", "--by", "C001")
    assert [one["rung"] for one in lines(home, "rung", "gaps")] == [2, 3]
    done(home, "rung", "leave", "--person", "K002", "--reason", "年假", "--by", "K002")
    assert lines(home, "rung", "list")[1]["stands"] == ["K001"]
    (away,) = lines(home, "rung", "leaves")
    assert (away["person"], away["reason"]) == ("K002", "年假")
    done(home, "rung", "back", str(away["id"]), "--by", "C001")
    done(home, "rung", "deputy", *GRID, "--rung", "1", "--person", "K002", "--by", "C001")
    done(home, "rung", "end", *GRID, "--rung", "1", "--person", "K002", "--by", "C001")
    assert lines(home, "rung", "list")[1]["holders"] == []


def test_what_is_refused_says_why(home: Path) -> None:
    hold = ("rung", "hold", *GRID, "--rung", "1", "--person")
    assert "K003" not in refused(home, *hold, "K003", "--by", "K001")
    assert "没有查到这个工号" in refused(home, *hold, "X", "--by", "C001")
    assert "there is no grid" in refused(
        home, "rung", "hold", "--grid", "x", "--rung", "1", "--person", "K001", "--by", "C001"
    )
    assert hemei("rung", "hold", cwd=home).returncode == 2
    assert hemei("rung", "ladder", "楼长", cwd=home).returncode == 2


def test_a_ladder_of_its_own(home: Path) -> None:
    assert hemei("rung", "ladder", cwd=home).stdout.splitlines() == [
        "0  网格员",
        "1  网格长",
        "2  一级网格长",
        "3  网格总长",
    ]
    day = str((local(now()) + timedelta(days=1)).date())
    done(home, "rung", "ladder", "楼长", "片长", "--community", "育英社区", "--since", day, "--by", "C001")
    assert len(lines(home, "rung", "list", "--on", day)) == 2


def test_a_rota_its_gaps_and_a_swap(home: Path) -> None:
    assert hemei("rota", "gaps", cwd=home).returncode == 0
    day = str((local(now()) + timedelta(days=1)).date())
    made = ("rota", "set", "1-7 08:00-20:00 G001/K001", "--community", "育英社区", "--since", day)
    done(home, *made, "--weeks", "1", "--by", "C001")
    assert "0 shifts entered" in hemei(*made, "--weeks", "1", "--by", "C001", cwd=home).stderr
    shifts = lines(home, "rota", "show")
    assert [one["person"] for one in shifts[:3]] == ["G001", "K001", "G001"]
    assert "nobody is on duty in" in refused(home, "rota", "gaps")
    first, second = (str(one["id"]) for one in shifts[:2])
    done(home, "rota", "swap", first, "--to", "K001", "--for", second, "--by", "G001")
    (asked,) = lines(home, "rota", "swaps")
    assert "没有" in refused(home, "rota", "swap", str(asked["id"]), "--answer", "agree", "--by", "K002")
    done(home, "rota", "swap", str(asked["id"]), "--answer", "agree", "--by", "K001")
    assert [one["person"] for one in lines(home, "rota", "show")[:2]] == ["K001", "G001"]
    done(home, "rota", "strike", str(shifts[2]["id"]), "--by", "C001")
    assert len(lines(home, "rota", "show")) == 6
    assert "第1行看不懂" in refused(
        home, "rota", "set", "x", "--community", "育英社区", "--since", day, "--by", "C001"
    )
    assert hemei("rota", "swap", first, "--by", "G001", cwd=home).returncode == 2
