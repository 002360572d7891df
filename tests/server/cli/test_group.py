"""hemei group: what there is, binding and letting go."""

import json
from pathlib import Path
from typing import Any

import pytest
from commands import hemei
from factories import a_town
from settings_files import configuration, plain_url
from sqlalchemy import select

from models.base.clock import now
from models.base.orm import put, session
from models.outbox.address import Channel, add_address
from models.place.customer_groups import CustomerGroup
from models.place.tables import BuildingGroup
from server.database import Database


@pytest.fixture
def home(db: Database, tmp_path: Path) -> Path:
    configuration(tmp_path, plain_url(db))
    db.write(a_town)
    db.write(
        lambda: put(
            CustomerGroup, chat_id="wr-5", name="育英5号楼群", owner_userid="li", members=41, status=0,
            read_at=now(), read_again=False,
        )
    )  # fmt: skip
    return tmp_path


def listed(home: Path, *more: str) -> dict[str, dict[str, Any]]:
    done = hemei("group", "list", "--json", *more, cwd=home)
    assert done.returncode == 0, done.stderr
    return {line["name"]: line for line in map(json.loads, done.stdout.splitlines())}


def test_a_chat_is_listed_bound_and_let_go(home: Path) -> None:
    before = listed(home)
    assert before["育英3号楼群"]["channel"] == "hand"
    stray = before["育英5号楼群"]
    assert (stray["id"], stray["estate"], stray["building"], stray["owner"]) == (
        None,
        "育英小区",
        "5",
        "李师傅",
    )
    done = hemei("group", "bind", "wr-5", "--estate", "育英小区", "--building", "5", "--by", "C001", cwd=home)
    assert done.returncode == 0, done.stderr
    after = listed(home)["育英5号楼群"]
    assert (after["channel"], after["chat_id"], after["members"], after["takes_news"]) == (
        "customer_group", "wr-5", 41, True,
    )  # fmt: skip
    assert listed(home, "--unbound") == {}
    assert "育英5号楼群" in hemei("group", "list", cwd=home).stdout
    assert hemei("group", "unbind", "wr-5", "--by", "C001", cwd=home).returncode == 0
    assert list(listed(home, "--unbound")) == ["育英5号楼群"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("wr-0", "--estate", "育英小区", "--by", "C001"), "没有查到这个群"),
        (("wr-5", "--estate", "无名小区", "--by", "C001"), "0 estates are named"),
        (("wr-5", "--estate", "育英小区", "--building", "99", "--by", "C001"), "没有查到这栋楼"),
        (("wr-5", "--estate", "育英小区", "--building", "5", "--by", "X"), "没有查到这个工号"),
        (("wr-5", "--estate", "建设小区", "--building", "1", "--by", "C001"), "得由那里的社区"),
    ],
)
def test_what_cannot_be_bound_is_refused_in_words(home: Path, arguments: tuple[str, ...], why: str) -> None:
    done = hemei("group", "bind", *arguments, cwd=home)
    assert (done.returncode, why in done.stderr) == (1, True), done.stderr


def test_without_a_database_there_is_nothing_to_list(tmp_path: Path) -> None:
    done = hemei("group", "list", "--json", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_key_of_a_robot_is_not_listed(db: Database, home: Path) -> None:
    def robot() -> None:
        group = session().scalars(select(BuildingGroup.id)).one()
        add_address("group", group, Channel.ROBOT, "key-693a91f6-7xxx")

    db.write(robot)
    done = hemei("group", "list", "--json", cwd=home)
    assert '"channel": "robot"' in done.stdout
    assert "693a91f6" not in done.stdout + done.stderr
