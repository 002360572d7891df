"""hemei admin: there is nobody by default, the first one is made, and who cannot get in gets a link."""

import json
from pathlib import Path

import pytest
from commands import hemei
from factories import a_town
from settings_files import configuration, plain_url
from sqlalchemy import func, select

from models.account import linking, sessions
from models.account.tables import Account
from models.base.orm import session
from models.client import tokens
from models.person.tables import Staff
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def home(db: Database, tmp_path: Path) -> Path:
    configuration(tmp_path, plain_url(db), server={"base_url": "https://he.example"})
    return tmp_path


def link(home: Path, *command: str) -> str:
    done = hemei("admin", *command, cwd=home)
    assert done.returncode == 0, done.stderr
    address = done.stdout.strip()
    assert address.startswith("https://he.example/console/password/")
    return address.rpartition("/")[2]


def refused(home: Path, *command: str) -> str:
    done = hemei("admin", *command, cwd=home)
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr


def test_nobody_is_there_until_somebody_is_made_and_then_only_once(home: Path, db: Database) -> None:
    with db.read():
        assert session().scalar(select(func.count()).select_from(Account)) == 0
    token = link(home, "create", "A001", "周管理")
    with db.read():
        owner = linking.owner_by(token)
        assert owner is not None
        assert (owner.number, owner.name, owner.password_hash) == ("A001", "周管理", None)
        assert session().scalars(select(Staff.roles)).one() == ["admin"]
    assert "--again" in refused(home, "create", "A002", "吴管理")
    assert link(home, "create", "A002", "吴管理", "--again")
    assert "工号" in refused(home, "create", "A001", "别人", "--again")
    refused(home, "create", " ", "别人", "--again")


def test_a_reset_ends_what_was_and_gives_a_link(home: Path, db: Database) -> None:
    town = db.write(a_town)
    token = db.write(lambda: sessions.begin(town.zhao.id, "work", strong=False, browser="Firefox"))
    db.write(lambda: tokens.begin(town.li.id, "mini", "of somebody else"))
    (line,) = hemei("admin", "sessions", "C001", "--json", cwd=home).stdout.splitlines()
    assert json.loads(line)["browser"] == "Firefox"
    first = link(home, "reset", "C001")
    second = link(home, "reset", "C001", "--keep-second-factor")
    with db.read():
        assert sessions.holder(token) is None
        assert linking.owner_by(first) is None
        assert linking.owner_by(second) is not None
    refused(home, "reset", "nobody")


def test_sessions_end_at_once(home: Path, db: Database) -> None:
    town = db.write(a_town)
    token = db.write(lambda: sessions.begin(town.zhao.id, "work", strong=False))
    db.write(lambda: tokens.begin(town.zhao.id, "mini", "a token of the program"))
    ways = [
        json.loads(one)["way"]
        for one in hemei("admin", "sessions", "C001", "--json", cwd=home).stdout.splitlines()
    ]
    assert ways == ["work", "mini"]
    done = hemei("admin", "sessions", "C001", "--end", cwd=home)
    assert "2 ended" in done.stderr
    with db.read():
        assert sessions.holder(token) is None
        assert tokens.holder("a token of the program") is None
