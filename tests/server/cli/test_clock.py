"""Working days, limits and the clock by command: shown, entered, set from a day on, run ahead on paper."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from calendars import known_years
from commands import hemei
from factories import a_case, a_town, unit_of_work
from settings_files import configuration, plain_url

from models.base.clock import SHANGHAI, after, ago, local, now
from server.database import Database

YEAR = """year = 2027
source = "国办发明电〔2026〕8号"
off = ["2027-01-01..2027-01-03", "2027-02-06..2027-02-12"]
worked = ["2027-02-14"]
"""


class Desk:
    def __init__(self, db: Database, folder: Path) -> None:
        self._env = {"HEMEI_CONFIG": str(configuration(folder, plain_url(db)).path)}
        self._folder = folder

    def run(self, *said: str, code: int = 0) -> str:
        done = hemei(*said, cwd=self._folder, **self._env)
        assert done.returncode == code, done.stderr
        return done.stdout if code == 0 else done.stderr

    def lines(self, *said: str) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.run(*said, "--json").splitlines()]


@pytest.fixture
def desk(db: Database, tmp_path: Path) -> Desk:
    return Desk(db, tmp_path)


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_year_is_entered_and_shown_and_hours_are_set(db: Database, desk: Desk, tmp_path: Path) -> None:
    db.write(a_town)
    file = tmp_path / "2027.toml"
    file.write_text(YEAR, encoding="utf-8")
    assert "have not been entered" in desk.run("calendar", "show", "2027", code=1)
    desk.run("calendar", "enter", str(file), "--by", "C001")
    (shown,) = desk.lines("calendar", "show", "2027")
    assert (shown["working_days"], len(shown["off"])) == (256, 10)
    file.write_text(YEAR.replace("2027-02-14", "2027-02-15"), encoding="utf-8")
    assert "2027-02-15" in desk.run("calendar", "enter", str(file), "--by", "C001", code=1)
    day = local(after(days=2)).date().isoformat()
    desk.run("calendar", "hours", "育英社区", "8:00-12:00", "14:00-18:00", "--since", day, "--by", "C001")
    assert desk.lines("calendar", "hours", "育英社区")[-1] == {
        "community": "育英社区", "since": day, "hours": ["8:00-12:00", "14:00-18:00"],
    }  # fmt: skip
    assert "明天" in desk.run(
        "calendar", "hours", "all", "8:00-12:00", "--since", "2026-01-01", "--by", "C001", code=1
    )


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_limit_is_set_from_a_day_on(db: Database, desk: Desk) -> None:
    db.write(a_town)
    day = local(after(days=2)).date().isoformat()
    paper = ("--source", "街道2026年3号文", "--by", "C001")
    desk.run("limit", "set", "finish", "3", "working_days", "--community", "育英社区", "--since", day, *paper)
    own = [one for one in desk.lines("limit", "list", "--stage", "finish") if one["since"]]
    assert [(one["community"], one["amount"], one["since"], one["source"]) for one in own] == [
        ("育英社区", 3, day, "街道2026年3号文")
    ]
    for wrong in (["--category", "nothing"], ["--since", "2026-01-01"]):
        desk.run("limit", "set", "finish", "3", "working_days", "--since", day, *wrong, *paper, code=1)
    assert len(desk.lines("limit", "list")) == len(desk.run("limit", "list").splitlines())


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_what_would_climb_is_said_without_doing_it_and_then_done(db: Database, desk: Desk) -> None:
    with unit_of_work(db):
        cast = a_town()
        known_years()
        number = a_case(reporter=cast.wang, when=ago(days=30)).number
        a_case(reporter=cast.wang)
    foretold = desk.lines("clock", "tick", "--dry-run")
    assert [(one["number"], one["rung"], one["missed"][0]["stage"]) for one in foretold] == [
        (number, rung, "accept") for rung in (1, 2, 3)
    ]
    assert "desk" in desk.run("clock", "tick", "--dry-run")
    later = f"{(now() + timedelta(days=3)).astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"
    assert len(desk.lines("clock", "tick", "--dry-run", "--until", later)) > 3
    assert "--dry-run" in desk.run("clock", "tick", "--until", later, code=1)
    assert desk.lines("clock", "tick") == [{"cases": 1}]
    assert desk.lines("clock", "tick", "--dry-run") == []
    (shown,) = desk.lines("case", "show", number)
    assert [one["rung"] for one in shown["steps"] if one["what"] == "climbed"] == [1, 2, 3]
    assert [one["number"] for one in desk.lines("case", "silent")] == [number]
    assert number in desk.run("case", "silent")
