"""Codes: the door's opens page and program, a case's names a case to whoever may see it; questions whether
WeChat may tell."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from api_client import Mini, logged_in
from cast import Cast, Someone
from factories import a_case
from flask import Flask
from notices import handed_in, tell_all
from scene_codes import try_codes
from settings_files import configuration, plain_url
from sqlalchemy import select

from models.base import tallies
from models.base.orm import session
from models.client import scenes
from models.notice.tables import NoticeDoor
from server.app import create_app
from server.database import Database

Phone = Callable[[Someone], Mini]


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_doors_code_opens_the_program_without_a_login(app: Flask, town: Cast) -> None:
    said = Mini(app).get("/scenes/door-3-2")
    assert (said["kind"], said["door"], said["place"]["label"]) == ("door", "door-3-2", "育英小区3号楼2单元")
    assert "李师傅" not in str(said)


def test_a_cases_code_names_it_and_gives_no_right(app: Flask, mini: Phone, town: Cast, db: Database) -> None:
    def work() -> tuple[str, str]:
        case = a_case(reporter=town.wang, text="3号楼2单元灯不亮")
        return scenes.issue("case", case.id), case.public_id

    code, public = db.write(work)
    assert len(code) == 22
    assert Mini(app).get(f"/scenes/{code}") == {"kind": "case", "door": None, "id": public, "place": None}
    assert Mini(app).refused("GET", f"/cases/{public}")[0] == 401
    assert mini(town.sun_xiaoyu).refused("GET", f"/cases/{public}")[0] == 404
    assert mini(town.wang).get(f"/cases/{public}")["id"] == public
    db.write(lambda: scenes.revoke(code))
    assert Mini(app).refused("GET", f"/scenes/{code}")[0] == 404
    assert db.write(work)[0] != code


def test_the_code_of_a_group_is_a_notices_and_says_nothing(app: Flask, town: Cast, db: Database) -> None:
    """WeChat hands every address below /q/ to the program, those of notices too."""
    db.write(lambda: handed_in(town.zhao.id))
    tell_all(db)
    with db.read():
        code = session().scalars(select(NoticeDoor.code)).one()
    assert Mini(app).get(f"/scenes/{code}") == {"kind": "notice", "door": None, "id": None, "place": None}


def test_codes_are_random_and_a_guess_opens_nothing(app: Flask, town: Cast, db: Database) -> None:
    """A10, beneath the limit that a caller would meet first; ten thousand of them: `make chaos`."""
    tried = try_codes(app, db, 50, seed=7)
    assert (tried.made, tried.guesses, tried.statuses) == (50, 100, {404: 100})
    assert not any((tried.twice, tried.short, tried.lopsided, tried.found))
    assert not any((tried.wrong, tried.alive, tried.dead))


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "hole", "found"),
    [
        ("public_id", lambda counted=count(): f"{next(counted):022}", "lopsided"),
        ("behind", lambda _: ("bill", 7), "found"),
        ("revoke", lambda _: True, "alive"),
    ],
)
def test_codes_that_are_not_so_are_found(
    app: Flask, town: Cast, db: Database, monkeypatch: pytest.MonkeyPatch, name: str, hole: Any, found: str
) -> None:
    monkeypatch.setattr(scenes, name, hole)
    assert getattr(try_codes(app, db, 40, seed=7), found)


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_it_asks_for_what_fits_the_moment_and_counts_answers(
    db: Database, tmp_path: Path, town: Cast
) -> None:
    templates = {"case_accepted": "tA", "case_finished": "tF", "paid": "tP"}
    config = configuration(
        tmp_path,
        plain_url(db),
        server={"base_url": "http://localhost"},
        wechat_mini={"app_id": "wx1", "app_secret": "s", "api_base_url": "http://127.0.0.1:9"},
        **{"wechat_mini.templates": templates},
    )
    wang = logged_in(create_app(config, db), town.wang)
    assert wang.get("/subscriptions?moment=reported") == {"template_ids": ["tA", "tF"]}
    assert wang.get("/subscriptions?moment=posted") == {"template_ids": []}
    wang.post("/subscriptions", {"moment": "reported", "results": {"tA": "accept", "tF": "reject"}})
    wang.post("/subscriptions", {"moment": "reported", "results": {"tA": "acceptWithAudio"}})
    assert (
        wang.refused("POST", "/subscriptions", {"moment": "reported", "results": {"x": "accept"}})[0] == 422
    )
    with db.read():
        counted = {labels: n for (name, labels), n in tallies.totals().items() if "subscr" in name}
    assert counted == {"moment=reported,result=accept": 2, "moment=reported,result=reject": 1}
