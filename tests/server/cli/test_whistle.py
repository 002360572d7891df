"""hemei whistle: what was called for, and both sides in figures."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from commands import hemei
from factories import a_town
from settings_files import configuration, plain_url
from whistle_town import a_whistle, departments

from models.base.clock import SHANGHAI, now
from models.whistle import answering, ending, scoring
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def home(db: Database, tmp_path: Path) -> Path:
    configuration(tmp_path, plain_url(db))

    def work() -> None:
        cast = a_town()
        lead, other = departments(cast)
        first = a_whistle(cast, lead, other)
        answering.arrive(first.id, lead, cast.zhou.id)
        ending.end(first.id, cast.zhao.id, "好了")
        scoring.grade(first.id, lead, cast.zhao.id, 4)
        a_whistle(cast, other)

    db.write(work)
    return tmp_path


def test_lists_and_shows(home: Path) -> None:
    lines = [json.loads(one) for one in hemei("whistle", "list", "--json", cwd=home).stdout.splitlines()]
    assert [(one["number"], one["state"]) for one in lines] == [(1, "done"), (2, "running")]
    assert [(one["name"], one["state"]) for one in lines[0]["departments"]] == [
        ("城管局", "here"),
        ("供电公司", "silent"),
    ]
    running = hemei("whistle", "list", "--running", "--community", "育英社区", cwd=home).stdout
    assert len(running.splitlines()) == 1
    shown = json.loads(hemei("whistle", "show", "1", "--json", cwd=home).stdout)
    assert shown["result"] == "好了"
    assert [one["what"] for one in shown["steps"]][-1] == "whistle_graded"
    assert hemei("whistle", "show", "9", cwd=home).returncode == 1


def test_counts_have_numerator_and_denominator(home: Path) -> None:
    done = hemei("whistle", "counts", "--json", cwd=home)
    by_name = {one["name"]: one for one in map(json.loads, done.stdout.splitlines())}
    assert by_name["城管局"]["answered"] == {"over": 1, "under": 1}
    assert by_name["城管局"]["marks"] == {"over": 4, "under": 1}
    assert by_name["供电公司"]["answered"] == {"over": 0, "under": 0}
    assert "供电公司  2 whistles: answered in time —" in hemei("whistle", "counts", cwd=home).stdout
    assert "赵主任" in hemei("whistle", "counts", "--by", "whistler", cwd=home).stdout
    assert "all  2 whistles" in hemei("whistle", "counts", "--by", "all", cwd=home).stdout
    wrong = hemei("whistle", "counts", "--from", "2026-11-02", "--to", "2026-11-01", cwd=home)
    assert wrong.returncode == 1


def test_the_clock_says_beforehand_whose_silence_will_climb(home: Path) -> None:
    later = (now() + timedelta(hours=1)).astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")
    done = hemei("clock", "tick", "--dry-run", "--until", later, "--json", cwd=home)
    found = [json.loads(one) for one in done.stdout.splitlines()]
    silent = [(one["whistle"], one["rung"], one["silent"]) for one in found if "whistle" in one]
    assert silent == [(2, 2, ["供电公司"]), (2, 3, ["供电公司"])]
    assert hemei("clock", "tick", cwd=home).returncode == 0
