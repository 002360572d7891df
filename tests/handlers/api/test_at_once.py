"""What comes twice, at once, or written in another way."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from api_client import Mini, logged_in
from cast import Cast
from flask import Flask
from racing import at_once
from sqlalchemy import func, select

from handlers.api import limits
from models.base.orm import session
from models.case.case import Case
from models.client.tables import ClientToken
from models.consent import consents
from models.joins.coming_in import let_in, settle
from models.outbox.address import owner_of
from models.person.tables import Person
from server.database import Database

YES = {"version": consents.kinds()[consents.BASIC]["version"], "given": True}
one_database = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def together(count: int, act: Callable[[int], Any]) -> list[Any]:
    """The answers of so many that begin in the same moment."""
    gate, answers = threading.Barrier(count), [None] * count

    def run(number: int) -> None:
        gate.wait()
        answers[number] = act(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return answers


def counted(db: Database, *tables: type) -> list[int]:
    with db.read():
        return [session().execute(select(func.count()).select_from(one)).scalar_one() for one in tables]


def test_a_yes_that_is_tapped_four_times_at_once_makes_one_person(
    app: Flask, db: Database, town: Cast
) -> None:
    people, tokens = counted(db, Person, ClientToken)
    token, _ = db.write(let_in, "mini", "m-new", "u-new")
    said = together(4, lambda _: Mini(app, token)("PUT", "/consents/basic", YES).status_code)
    assert said == [200] * 4
    assert counted(db, Person, ClientToken) == [people + 1, tokens + 1]
    assert Mini(app, token).get("/me")["consents_due"] == []


def test_two_accounts_of_one_owner_that_come_in_at_once_are_one_person(db: Database, town: Cast) -> None:
    """Of nobody whom we know, of somebody known by one account, and of two records until now."""
    for turn in range(12):
        ways = [("mini", f"m-{turn}", f"u-{turn}"), ("official", f"o-{turn}", f"u-{turn}")]
        for way, openid, _ in ways[: turn % 3]:
            db.write(settle, way, openid, None)
        answers = at_once(db, *(partial(settle, *one) for one in ways), partial(settle, *ways[0]))
        assert None not in answers, turn
        with db.read():
            owners = {owner_of(way, openid) for way, openid, _ in ways}
            known = session().scalars(select(Person.id).where(Person.unionid == f"u-{turn}")).all()
        assert owners == set(known), turn
        assert len(owners) == 1, turn


@one_database
def test_a_newcomers_token_written_otherwise_is_none(app: Flask, db: Database, town: Cast) -> None:
    token, _ = db.write(let_in, "mini", "m-new", None)
    assert Mini(app, token)("PUT", "/consents/basic", YES).status_code == 200
    Mini(app, token).post("/logout")
    last = token[:-1] + chr(ord(token[-1]) + 1)  # the same bytes, where the last sign has bits to spare
    others = (f"{token}=", f"{token}==", token.replace("-", "+").replace("_", "/") + "=", f"{token}.", last)
    assert [Mini(app, one)("GET", "/consents").status_code for one in (token, *others)] == [401] * 6


def test_one_key_and_one_draft_are_one_case_however_many_come_at_once(
    app: Flask, db: Database, town: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, before = logged_in(app, town.wang).token, counted(db, Case)[0]

    def with_one_key(number: int) -> tuple[int, str]:
        body = {"draft_id": f"draft-{number:04}", "text": "3栋2单元楼道灯坏了"}
        answer = Mini(app, token)("POST", "/reports", body, key="one-key-for-all")
        return answer.status_code, answer.json.get("error", {}).get("code", "")

    def of_one_draft(number: int) -> str:
        body = {"draft_id": "draft-of-all", "text": "3栋2单元电梯坏了"}
        return str(Mini(app, token).post("/reports", body, key=f"key-{number:06}")["number"])

    assert sorted(together(3, with_one_key)) == [(200, ""), (422, "key_reused"), (422, "key_reused")]
    assert len(set(together(4, of_one_draft))) == 1
    assert counted(db, Case)[0] == before + 2


@one_database
def test_pictures_of_a_whole_town_behind_one_address_are_loaded(app: Flask, town: Cast) -> None:
    client = app.test_client()
    looks = 2 * limits.LOOKS.burst
    found = {client.get("/api/v1/photos/nobody").status_code for _ in range(looks)}
    assert found == {404}


@one_database
def test_whoever_sends_words_slowly_holds_no_view_of_the_database(
    app: Flask, db: Database, town: Cast
) -> None:
    mini, views = logged_in(app, town.wang), []

    class Slow:
        """A body during whose reading we look how many views are open."""

        left = b'{"text": "3'

        def read(self, size: int = -1) -> bytes:
            views.append(db.engine.pool.checkedout())  # type: ignore[attr-defined]
            said, self.left = self.left, b""
            return said

        readline, readlines, close = read, read, lambda self: None

    mini.client.post(
        "/api/v1/guess",
        content_type="application/json",
        headers={"Authorization": f"Bearer {mini.token}"},
        environ_overrides={"wsgi.input": Slow(), "CONTENT_LENGTH": "1000"},
    )
    assert views
    assert max(views) == 0
