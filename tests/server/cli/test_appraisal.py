"""hemei warning, star, goal: found from steps, closed and frozen once, the same names when counted again."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cast import Cast
from chance_histories import FIRST, START, histories
from commands import hemei
from factories import a_town
from settings_files import configuration, plain_url
from written_histories import write

from models.appraisal import stars
from models.base.clock import local, now
from models.base.orm import put
from models.duty.tables import Keeper
from models.indicator.period import month_at
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def cast(db: Database, tmp_path: Path) -> Cast:
    """Cases of the last month of the quarter that is over, and of the month that is over."""
    configuration(tmp_path, plain_url(db))
    cast = db.write(a_town)
    takers = (cast.li.id, cast.ma.id)
    quarter = stars.last_quarter()
    months = {month_at(quarter.last), month_at(local(now()).date().replace(day=1) - timedelta(days=1))}

    def work() -> None:
        for seed, month in enumerate(sorted(months)):
            write(histories(seed, 60, month.start + (FIRST - START), 45), 1, takers)
        for person in takers:  # they kept it then already
            put(Keeper, building_id=1, person_id=person, since=quarter.start, until=now())

    db.write(work)
    return cast


def said(home: Path, *arguments: str) -> list[dict[str, Any]]:
    done = hemei(*arguments, "--json", cwd=home)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_colours_are_found_by_command_and_the_same_when_asked_again(cast: Cast, tmp_path: Path) -> None:
    dry = said(tmp_path, "warning", "find", "--dry-run")
    assert {line["person"] for line in dry} <= {"K001", "K002"}
    assert {line["colour"] for line in dry} <= {"green", "amber", "red"}
    first = hemei("warning", "find", "--json", cwd=tmp_path)
    assert f"{len(dry)} new colours" in first.stderr
    again = hemei("warning", "find", "--json", cwd=tmp_path)
    assert "0 new colours" in again.stderr
    assert first.stdout == again.stdout
    assert {line["stands"] for line in said(tmp_path, "warning", "list")} <= {"green"}  # others may appeal
    assert hemei("warning", "find", "--period", "2999-01", cwd=tmp_path).returncode == 1


def test_a_rule_is_set_from_tomorrow_on(cast: Cast, tmp_path: Path) -> None:
    assert len(said(tmp_path, "warning", "rules")) == 4
    tomorrow = str(local(now()).date() + timedelta(days=1))
    change = ["warning", "set", "rework", "--indicator", "rework_rate", "--amber", "500", "--red", "900",
              "--least", "5", "--since", tomorrow, "--by", "S001"]  # fmt: skip
    assert hemei(*change, cwd=tmp_path).returncode == 0
    assert hemei(*change[:-1], "K001", cwd=tmp_path).returncode == 1
    assert hemei(*change[:5], "900", "--red", "500", *change[8:], cwd=tmp_path).returncode != 0
    assert {line["code"]: line["least"] for line in said(tmp_path, "warning", "rules")}["rework"] == 10


def test_a_quarter_is_closed_once_and_counts_the_same_again(cast: Cast, tmp_path: Path) -> None:
    place = ("--community", "育英社区")
    assert hemei("star", "close", *place, "--by", "K001", cwd=tmp_path).returncode == 1
    assert hemei("star", "close", "2999-Q4", *place, "--by", "C001", cwd=tmp_path).returncode == 1
    done = hemei("star", "close", *place, "--by", "C001", cwd=tmp_path)
    assert "is closed" in done.stderr, done.stderr
    assert "was closed before" in hemei("star", "close", *place, "--by", "S001", cwd=tmp_path).stderr
    listed = said(tmp_path, "star", "list", *place)
    found = [line for line in said(tmp_path, "star", "find", *place) if line["star"]]
    assert [line["name"] for line in listed] == [line["name"] for line in found] != []


def test_goals_are_set_listed_and_shown(cast: Cast, tmp_path: Path) -> None:
    place, by = ("--community", "育英社区"), ("--by", "C001")
    year = str(local(now()).year)
    goal = ("goal", "set", "走访", "--measure", "visits", "--count", "3", "--period", year)
    made = hemei(*goal, "--grid", "育英一网格", "--cadre", "K001", *place, *by, cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert hemei(*goal, *place, "--by", "K001", cwd=tmp_path).returncode == 1
    (line,) = said(tmp_path, "goal", "list", *place)
    assert (line["over"], line["under"], line["reached"], line["cadre"]) == (0, None, False, "李师傅")
    assert "shown" in hemei("goal", "show", *place, *by, cwd=tmp_path).stderr
    assert "before" in hemei("goal", "show", *place, *by, cwd=tmp_path).stderr
    assert hemei("goal", "withdraw", made.stdout.strip(), *by, cwd=tmp_path).returncode == 0
    assert said(tmp_path, "goal", "list", *place) == []
    assert [line["grid"] for line in said(tmp_path, "goal", "boards", *place)] == ["育英一网格"]
