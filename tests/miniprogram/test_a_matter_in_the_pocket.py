"""A matter's whole way through the mini-program's own pages, against a real hemei."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_client import logged_in
from browsed import served
from factories import a_town
from pay_desk import PayDesk, pay_desk
from pictures import photo
from settings_files import plain_url

from miniprogram import HERE, NODE, openapi, packages
from models.base.orm import session
from models.media.item import Item
from server.app import create_app
from server.database import Database
from server.sandbox.world import Phone


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PayDesk]:
    with pay_desk(tmp_path) as made:
        made.simulator.add(
            Phone(
                "new",
                "new",
                "resident",
                openid="o-new",
                mini_openid="m-new",
                unionid="u-new",
                mobile="13800000003",
            )
        )
        yield made


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_from_the_first_yes_to_the_nod(db: Database, desk: PayDesk, tmp_path: Path) -> None:
    packages()
    town = db.write(a_town)
    app = create_app(desk.config(plain_url(db), "http://localhost"), db)
    picture = tmp_path / "photo.jpg"
    picture.write_bytes(photo())
    with served(app) as base:
        done = subprocess.run(
            [NODE, "test/support/journey.js"],
            cwd=HERE,
            env={
                **os.environ,
                "HEMEI_BASE": base,
                "HEMEI_OPENAPI": str(openapi(tmp_path)),
                "HEMEI_CODE": desk.simulator.codes.issue("mini", "new", desk.simulator.clock()),
                "HEMEI_CADRE": logged_in(app, town.li).token,
                "HEMEI_DOOR": "door-3-2",
                "HEMEI_PHOTO": str(picture),
            },
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["guessed"] == "照明"
    assert "育英小区3号楼2单元" in seen["told"]
    assert {"nod", "no"} <= set(seen["offered"])
    assert seen["end"] == "closed"
    assert seen["number"] in seen["ended"]
    assert len(seen["story"]) >= 4
    with db.read():
        kept = [one for one in session().query(Item) if one.state == "kept"]
    assert len(kept) == 1
