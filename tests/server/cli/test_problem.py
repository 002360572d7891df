"""hemei problem list, show and rates."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from commands import hemei
from factories import a_case, a_town, spot
from settings_files import configuration, plain_url

from models.base.checkdigit import with_check
from models.base.clock import local, now
from models.problem import keeping, putting_right
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
FIRST = with_check(1)


@pytest.fixture
def home(db: Database, tmp_path: Path) -> Path:
    """One problem with a case on it, one that was put right."""
    configuration(tmp_path, plain_url(db))

    def work() -> None:
        cast = a_town()
        day = local(now()).date() + timedelta(days=9)
        first = keeping.propose(cast.zhao.id, "common", "下水总堵", "", spot(), "drainage")
        keeping.confirm(first, cast.zhao.id, owner_id=cast.sun.id, next_on=day)
        keeping.hang(first, a_case(reporter=cast.wang, category="drainage"), cast.zhao.id)
        second = keeping.propose(cast.zhao.id, "common", "外墙掉皮", "", spot())
        keeping.confirm(second, cast.zhao.id, owner_id=cast.sun.id, next_on=day)
        putting_right.put_right(second, cast.zhao.id, "抹了")

    db.write(work)
    return tmp_path


def test_problems_are_listed_shown_and_rated(home: Path) -> None:
    lines = [json.loads(one) for one in hemei("problem", "list", "--json", cwd=home).stdout.splitlines()]
    assert [(one["number"], one["title"], one["state"], one["cases"]) for one in lines] == [
        (FIRST, "下水总堵", "open", 1),
        (with_check(2), "外墙掉皮", "put_right", 0),
    ]
    shown = json.loads(hemei("problem", "show", FIRST, cwd=home).stdout)
    assert (shown["owner"], len(shown["hanging"])) == ("孙网格员", 1)
    rates = hemei("problem", "rates", "--community", "育英社区", cwd=home).stdout
    assert "common  1/2  50.0%" in rates
    assert "single  0/0  —" in rates


def test_what_is_asked_for_narrows_and_what_is_not_there_is_refused(home: Path) -> None:
    assert hemei("problem", "list", "--due", cwd=home).stdout == ""
    assert "下水总堵" in hemei("problem", "list", "--state", "open", "--kind", "common", cwd=home).stdout
    assert hemei("problem", "show", "999", cwd=home).returncode == 1
    assert hemei("problem", "list", "--community", "没有", cwd=home).returncode == 1
