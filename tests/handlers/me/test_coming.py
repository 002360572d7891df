"""Coming to one's own pages over WeChat: this browser, once, and to the page that was asked for (A8); one
person by three ways."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from api_client import Mini
from cast import Cast
from chat import Chat
from flask import Flask
from pay_desk import PayDesk
from pocket import Pocket
from sqlalchemy import func, select

from models.base.clock import now
from models.base.orm import session
from models.client.tables import ClientToken
from models.consent.tables import ConsentAnswer
from models.outbox.address import owner_of
from models.person.tables import Person
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Pockets = Callable[[str], Pocket]


def count(db: Database, table: type) -> int:
    with db.read():
        return session().scalar(select(func.count()).select_from(table)) or 0


def test_whoever_is_in_wechat_is_asked_for_nothing_but_the_notice(pocket: Pockets, db: Database) -> None:
    one, people = pocket("new"), count(db, Person)
    first = one.come_in("/me/report?door=door-3-2")
    assert "用之前，请先看这几句" in first.text
    assert "怎么了" not in first.text
    assert (count(db, Person), count(db, ClientToken)) == (people, 0), "kept before anybody agreed (X01)"
    one.agree()
    assert "就在这儿：育英小区3号楼2单元" in one.get("/me/report?door=door-3-2").text
    assert (count(db, Person), count(db, ClientToken)) == (people + 1, 1)


def test_the_cookie_is_of_this_host_and_no_script_reads_it(pocket: Pockets) -> None:
    one = pocket("new")
    said = one.back(one.state_of("/me")).headers.getlist("Set-Cookie")
    (cookie,) = (line for line in said if line.startswith("hemei-app="))
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))


def test_without_its_state_a_code_opens_nothing(pocket: Pockets, desk: PayDesk) -> None:
    one = pocket("wang")
    one.state_of("/me")
    asked = len(list(desk.simulator.ledger))
    assert one.back("%00").status_code == 400
    for state in ("", "x", "a" * 43, "' OR 1=1 --"):
        answer = one.back(state)
        assert (answer.status_code, "用过了或者过期了" in answer.text) == (403, True), state
    assert len(list(desk.simulator.ledger)) == asked, "the platform was asked"


def test_a_state_works_once_and_in_ten_minutes(pocket: Pockets, db: Database) -> None:
    one, other = pocket("wang"), pocket("wang")
    state = one.state_of("/me")
    assert one.back(state).status_code == 303
    one.client.delete_cookie("hemei-app")
    assert one.back(state).status_code == 403
    late = other.state_of("/me")
    with time_machine.travel(now() + timedelta(minutes=11)):
        assert other.back(late).status_code == 403


def test_a_state_or_a_code_of_another_browser_makes_nobody_somebody_else(pocket: Pockets) -> None:
    thief, victim = pocket("rider"), pocket("wang")
    theirs = thief.state_of("/me")
    assert victim.back(theirs, thief.code()).status_code == 403
    victim.state_of("/me")
    assert victim.back(theirs, thief.code()).status_code == 403
    assert victim.client.get_cookie("hemei-app") is None
    spent = victim.code()
    victim.back(victim.state_of("/me"), spent)
    assert thief.back(thief.state_of("/me"), spent).status_code == 403


def test_going_one_page_back_in_wechat_is_no_error(pocket: Pockets) -> None:
    one = pocket("wang")
    state = one.state_of("/me")
    one.back(state)
    token = one.client.get_cookie("hemei-app")
    again = one.back(state)
    assert (again.status_code, again.headers["Location"]) == (303, "/me")
    assert one.client.get_cookie("hemei-app") == token, "a used state gave a new token"


def test_a_state_of_the_console_is_none_here(pocket: Pockets) -> None:
    one = pocket("wang")
    away = one.get("/console/login/official").headers["Location"]
    assert one.back(away.partition("state=")[2].partition("#")[0].partition("&")[0]).status_code == 403


def test_one_comes_to_the_page_that_was_asked_for(pocket: Pockets) -> None:
    one, other = pocket("wang"), pocket("wang")
    led = one.back(one.state_of("/me/report?door=door-3-2&next=//evil.example"))
    assert led.headers["Location"] == "/me", "an address that none of our pages has"
    led = other.back(other.state_of("/me/report?door=door-3-2"))
    assert led.headers["Location"] == "/me/report?door=door-3-2"


def test_a_new_login_ends_the_token_that_the_browser_had(pocket: Pockets, db: Database) -> None:
    one = pocket("wang")
    states = [one.state_of("/me"), one.state_of("/me/bills")]
    one.back(states[0])
    one.agree()
    one.back(states[1])
    with db.read():
        first, second = session().scalars(select(ClientToken).order_by(ClientToken.id)).all()
    assert (first.ended_why, second.ended_why) == ("renewed", None)
    assert "我家的账" in one.get("/me/bills").text


def test_outside_of_wechat_a_page_says_how_to_come_in(pocket: Pockets) -> None:
    one = pocket("wang")
    answer = one.get("/me", **{"User-Agent": "Mozilla/5.0 Firefox/130"})
    assert (answer.status_code, "请在微信里打开" in answer.text) == (403, True)
    assert "Location" not in answer.headers


def test_whoever_only_previews_the_page_is_nobody(
    pocket: Pockets, desk: PayDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    official = desk.simulator.official
    assert official is not None
    plain = official.open_paths["/sns/oauth2/access_token"]
    preview = lambda call: {**plain(call), "is_snapshotuser": 1}  # noqa: E731
    monkeypatch.setitem(official.open_paths, "/sns/oauth2/access_token", preview)
    one = pocket("wang")
    answer = one.back(one.state_of("/me"))
    assert (answer.status_code, "使用完整服务" in answer.text) == (403, True)
    assert one.client.get_cookie("hemei-app") is None


def test_where_wechat_says_nothing_nobody_is_in(pocket: Pockets, desk: PayDesk) -> None:
    one = pocket("wang")
    for kind in ("cut", "http", "garbage"):
        desk.simulator.fault(kind, platform="official", path="/sns/*")
        assert one.back(one.state_of("/me")).status_code == 403, kind
    assert one.client.get_cookie("hemei-app") is None


def test_one_person_by_chat_by_program_and_by_page(
    pocket: Pockets, app: Flask, desk: PayDesk, town: Cast, db: Database
) -> None:
    """Two records until the page's login says that they have one unionid; then all of it stands in 我的."""
    Chat(db, town).says(town.wang, "3号楼2单元灯不亮!")
    mini = Mini(app)
    code = desk.simulator.codes.issue("mini", "wang", desk.simulator.clock())
    mini.token = mini.post("/login", {"code": code})["token"]
    version = mini.get("/consents")["items"][0]["version"]
    mini("PUT", "/consents/basic", {"version": version, "given": True})
    mini.post("/reports", {"draft_id": "d" * 16, "text": "育英小区5号楼门口路面有个坑"})
    with db.read():
        assert owner_of("mini", "m-wang") != owner_of("official", "o-wang") == town.wang.id
    one = pocket("wang")
    page = one.come_in().text
    assert "用之前" not in page, "agreed in the program, and asked once more"
    assert "灯不亮" in page
    assert "路面有个坑" in page
    assert "育英小区3号楼2单元501室" in page
    with db.read():
        assert owner_of("mini", "m-wang") == owner_of("official", "o-wang") == town.wang.id
        assert session().scalar(select(func.count()).select_from(ConsentAnswer)) == 1
    assert {one["text"] for one in mini.get("/cases")["items"]} == {
        "3号楼2单元灯不亮!",
        "育英小区5号楼门口路面有个坑",
    }
    assert one.say("GET", "/cases").json == mini("GET", "/cases").json
