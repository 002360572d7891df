"""hemei notice: a file, a rehearsal, two persons, a list."""

import json
from pathlib import Path

import pytest
from commands import hemei
from factories import a_town
from notices import tell_all
from settings_files import configuration, plain_url
from sqlalchemy import select

from models.base.clock import after
from models.base.orm import session
from models.notice.tables import Notice
from models.outbox.letter import Letter
from server.database import Database

FILE = """
title = "周二停水"
body = "周二早八点到下午五点换水管，请提前存水。"
signed = "育英社区居委会"
by = "C001"
[audience]
buildings = [["育英小区", "3"]]
"""


@pytest.fixture
def home(db: Database, tmp_path: Path) -> Path:
    configuration(tmp_path, plain_url(db), rules={"notice_delay_seconds": 0, "second_person_above": 1})
    db.write(a_town)
    (tmp_path / "notice.toml").write_text(FILE, encoding="utf-8")
    return tmp_path


def test_a_rehearsal_shows_the_words_and_counts_and_writes_nothing(db: Database, home: Path) -> None:
    done = hemei("notice", "send", "notice.toml", "--dry-run", cwd=home)
    assert done.returncode == 0, done.stderr
    assert "people 1, groups 1" in done.stdout
    assert "请提前存水" in done.stdout
    with db.read():
        assert session().scalars(select(Notice)).all() == []


def test_it_is_handed_in_agreed_to_told_and_listed(db: Database, home: Path) -> None:
    said = hemei("notice", "send", "notice.toml", cwd=home).stderr
    assert said.endswith(": held\n")
    number = said.removeprefix("notice ").split(":")[0]
    refused = hemei("notice", "agree", number, "--by", "C001", cwd=home)
    assert refused.returncode == 1
    assert "得由另一个人同意" in refused.stderr
    assert hemei("notice", "agree", number, "--by", "S001", cwd=home).returncode == 0
    tell_all(db)
    (line,) = map(json.loads, hemei("notice", "list", "--json", cwd=home).stdout.splitlines())
    known = {name: line[name] for name in ("id", "title", "state", "addressed", "accepted", "failed", "read")}
    assert known == {
        "id": int(number), "title": "周二停水", "state": "told", "addressed": 2, "accepted": 0, "failed": 0,
        "read": 0,
    }  # fmt: skip
    shown = json.loads(hemei("notice", "show", number, cwd=home).stdout)
    assert [step["what"] for step in shown["steps"]] == ["drafted", "held", "agreed", "begun", "told"]
    assert "stopped, 2 letters kept back" in hemei("notice", "stop", number, "--by", "C001", cwd=home).stderr
    with db.read():
        letters = session().scalars(
            select(Letter).where(Letter.about_id == int(number))
        )  # the question to agree as well
        assert {one.state for one in letters} == {"withdrawn"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('title = ""', "得有个标题"),
        ('kind = "loud"', "kind is one of"),
        ('colour = "red"', "nobody knows colour"),
        ('by = "X999"', "没有查到这个工号"),
        ('corrects = "the first"', "the number of a notice"),
        ('valid_from = "soon"', "a date with a time"),
    ],
)
def test_a_file_that_cannot_be_told(home: Path, line: str, reason: str) -> None:
    name = line.split()[0]
    kept = [one for one in FILE.splitlines() if not one.startswith(name)]
    (home / "notice.toml").write_text("\n".join([line, *kept]), encoding="utf-8")
    done = hemei("notice", "send", "notice.toml", cwd=home)
    assert done.returncode == 1
    assert reason in done.stderr


def test_its_hour_is_that_of_the_people_who_read_it(db: Database, home: Path) -> None:
    when = after(days=2).replace(microsecond=0)
    said = f"send_at = {when.astimezone().strftime('%Y-%m-%dT%H:%M:%S+00:00')}\n{FILE}"
    (home / "notice.toml").write_text(said, encoding="utf-8")
    hemei("notice", "send", "notice.toml", cwd=home)
    with db.read():
        assert session().scalars(select(Notice.send_at)).one() == when


def test_a_notice_that_is_not_there(home: Path) -> None:
    for command in (("show", "7"), ("stop", "7", "--by", "C001"), ("agree", "7", "--by", "C001")):
        done = hemei("notice", *command, cwd=home)
        assert done.returncode == 1
        assert "没有7号通知" in done.stderr
