"""hemei notice audiences, and a file that names one."""

import json
from pathlib import Path

import pytest
from commands import hemei
from factories import a_town
from settings_files import configuration, plain_url
from sqlalchemy import select

from models.base.actor import By
from models.base.orm import session
from models.notice.audience import Audience
from models.notice.notice import found
from models.notice.saved import keep
from models.notice.tables import Notice
from models.person.tables import Staff
from server.database import Database

FILE = """
title = "周二停水"
body = "周二早八点到下午五点换水管，请提前存水。"
signed = "育英社区居委会"
by = "C001"
audience = { saved = "北区三栋" }
"""


@pytest.fixture
def home(db: Database, tmp_path: Path) -> Path:
    configuration(tmp_path, plain_url(db))
    (tmp_path / "notice.toml").write_text(FILE, encoding="utf-8")

    def town() -> None:
        a_town()
        desk = session().scalars(select(Staff.person_id).where(Staff.number == "C001")).one()
        keep("北区三栋", Audience(buildings=(("育英小区", "3"),)), By.staff(desk), 1)

    db.write(town)
    return tmp_path


def test_they_are_listed(home: Path) -> None:
    (line,) = map(json.loads, hemei("notice", "audiences", "--json", cwd=home).stdout.splitlines())
    assert (line["name"], line["community"]) == ("北区三栋", "育英社区")
    assert line["audience"] == {"buildings": [["育英小区", "3"]]}
    assert "北区三栋" in hemei("notice", "audiences", cwd=home).stdout


def test_a_file_names_one_and_the_notice_keeps_what_it_means(db: Database, home: Path) -> None:
    rehearsed = hemei("notice", "send", "notice.toml", "--dry-run", cwd=home)
    assert "people 1, groups 1" in rehearsed.stdout, rehearsed.stderr
    assert hemei("notice", "send", "notice.toml", cwd=home).returncode == 0
    with db.read():
        notice = session().scalars(select(Notice)).one()
        assert notice.audience == {"buildings": [["育英小区", "3"]]}
        assert found(notice.id, By.staff(notice.author_id)) is notice


def test_a_name_that_the_desk_does_not_have(home: Path) -> None:
    (home / "notice.toml").write_text(FILE.replace("北区三栋", "南区"), encoding="utf-8")
    done = hemei("notice", "send", "notice.toml", cwd=home)
    assert done.returncode == 1
    assert "没有存过叫“南区”的名单" in done.stderr


def test_an_hour_that_has_passed_is_said(db: Database, home: Path) -> None:
    (home / "notice.toml").write_text(f"send_at = 2026-01-01T08:00:00\n{FILE}", encoding="utf-8")
    done = hemei("notice", "send", "notice.toml", cwd=home)
    assert done.returncode == 1
    assert "定的时间已经过了" in done.stderr
    with db.read():
        assert session().scalars(select(Notice)).all() == []
