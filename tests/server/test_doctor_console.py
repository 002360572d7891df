"""The doctor says when nobody administrates the console, and how staff can come in."""

from pathlib import Path

import pytest
from factories import a_town
from settings_files import configuration

from models.account import first
from server.database import Database
from server.doctor import console

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
WORK = {"corp_id": "ww1", "agent_id": 7, "secret": "s"}


def found(db: Database, folder: Path, **sections: dict[str, object]) -> list[str]:
    with db.read():
        return [one.code for one in console.examine(configuration(folder, **sections))]


def test_an_administrator_is_asked_for_where_somebody_works(db: Database, tmp_path: Path) -> None:
    assert found(db, tmp_path) == []
    db.write(a_town)
    assert found(db, tmp_path, wechat_work=WORK) == ["console_no_admin"]
    db.write(first.create, "A001", "周管理")
    assert found(db, tmp_path, wechat_work=WORK) == ["console_admin"]
    assert found(db, tmp_path) == ["console_admin", "console_no_wecom"]
