"""hemei notice season: a file is kept, and what is kept is listed."""

import json
from pathlib import Path

import pytest
from commands import hemei
from factories import a_town
from settings_files import configuration, plain_url

from server.database import Database

FILE = """
title = "清雪"
body = "请各家把自家门前的雪扫一扫。"
signed = "育英社区居委会"
by = "C001"
month = 2
day = 29
is_call = true
[audience]
estates = ["育英小区"]
"""


@pytest.fixture
def home(db: Database, tmp_path: Path) -> Path:
    configuration(tmp_path, plain_url(db))
    db.write(a_town)
    (tmp_path / "snow.toml").write_text(FILE, encoding="utf-8")
    return tmp_path


def test_it_is_kept_and_listed(home: Path) -> None:
    assert hemei("notice", "season", "list", "--json", cwd=home).stdout == ""
    assert "kept" in hemei("notice", "season", "snow.toml", cwd=home).stderr
    (line,) = map(json.loads, hemei("notice", "season", "list", "--json", cwd=home).stdout.splitlines())
    known = {name: line[name] for name in ("title", "community", "month", "day", "is_call", "audience")}
    assert known == {
        "title": "清雪", "community": "育英社区", "month": 2, "day": 29, "is_call": True,
        "audience": {"estates": ["育英小区"]},
    }  # fmt: skip
    assert line["next_on"][5:7] == "02"
    assert "02-29" in hemei("notice", "season", "list", cwd=home).stdout


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("day = 30", "没有这一天"),
        ('day = "the last"', "whole numbers"),
        ("send_at = 2027-02-28T08:00:00", "nobody knows send_at"),
        ('by = "K001"', "得由社区值班台或街道来发"),
    ],
)
def test_a_file_that_cannot_be_kept(home: Path, line: str, reason: str) -> None:
    name = line.split()[0]
    kept = [one for one in FILE.splitlines() if not one.startswith(name)]
    (home / "snow.toml").write_text("\n".join([line, *kept]), encoding="utf-8")
    done = hemei("notice", "season", "snow.toml", cwd=home)
    assert done.returncode == 1
    assert reason in done.stderr


def test_a_file_that_is_not_there_is_a_slip_of_usage(home: Path) -> None:
    assert hemei("notice", "season", "rain.toml", cwd=home).returncode == 2
