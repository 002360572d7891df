"""What is worth more than a session asks for a second factor shown lately, and leads back after it (A11)."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pyotp
import pytest
import time_machine
from cast import Cast, Someone
from page_phone import Phone

from handlers.console.cookies import SESSION
from handlers.pages.audit.classes import STRONG
from models.account import accounts, second, sessions
from models.base.clock import now
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
OWN = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}


@pytest.fixture
def weak(db: Database, phone: Phone) -> Callable[[Someone], Phone]:
    """Logged in over WeCom."""

    def made(someone: Someone) -> Phone:
        token = db.write(partial(sessions.begin, someone.id, "work", strong=False))
        phone.client.set_cookie(SESSION, token)
        return phone

    return made


@pytest.fixture
def other_factor(db: Database) -> Callable[[Someone], str]:
    """A code of somebody's telephone, which is bound at the first call."""
    known: dict[int, pyotp.TOTP] = {}

    def code(someone: Someone) -> str:
        if someone.id not in known:
            secret = db.write(lambda: second.offer(accounts.held(someone.id)))
            known[someone.id] = pyotp.TOTP(secret)
            first = known[someone.id].at(now() - timedelta(seconds=30))
            assert db.write(lambda: second.confirm(accounts.held(someone.id), first))
        return known[someone.id].at(now())

    return code


def asks_again(phone: Phone, path: str, page: str = "/console/fees") -> bool:
    answer = phone.send(path, headers=OWN | {"Referer": f"http://localhost{page}"})
    if answer.status_code != 303 or not answer.headers["Location"].startswith("/console/again"):
        return False
    assert answer.headers["Location"] == f"/console/again?next={page}"
    return True


def test_what_stands_on_the_list_asks_and_what_does_not_does_not(
    town: Cast, weak: Callable[[Someone], Phone]
) -> None:
    phone = weak(town.zhao)
    assert asks_again(phone, "/console/fees/do/agree_refund")
    assert not asks_again(phone, "/console/fees/do/enter")
    assert asks_again(phone, "/console/exports/x/agree")
    assert asks_again(phone, "/console/staff/new")
    assert asks_again(phone, "/console/import/x/take")
    assert not asks_again(phone, "/console/import/x/end")
    assert asks_again(phone, "/console/notices/1/notice/agree", "/console/notices/1")
    assert not asks_again(phone, "/console/notices/1/notice/discard")


def test_a_factor_is_fresh_for_a_quarter_of_an_hour(
    db: Database, phone: Phone, town: Cast, desk: Callable[[Someone], str]
) -> None:
    phone.led(desk(town.zhao))
    assert not asks_again(phone, "/console/fees/do/agree_refund")
    with time_machine.travel(now() + timedelta(minutes=16)):
        assert asks_again(phone, "/console/fees/do/agree_refund")


def test_nothing_leads_to_another_site(town: Cast, weak: Callable[[Someone], Phone]) -> None:
    phone = weak(town.zhao)
    for referer in ("https://evil.example//evil.example/console/x", "//evil.example", "http://localhost/p/x"):
        answer = phone.send("/console/exports/x/agree", headers=OWN | {"Referer": referer})
        assert answer.headers.get("Location") == "/console/again?next=/console", answer.text


def test_every_route_of_the_list_is_there(phone: Phone) -> None:
    endpoints = {one.endpoint.rpartition(".")[2] for one in phone.client.application.url_map.iter_rules()}
    assert set(STRONG) <= endpoints


def test_what_was_typed_is_offered_again_when_the_factor_was_shown(
    db: Database, town: Cast, weak: Callable[[Someone], Phone], other_factor: Callable[[Someone], str]
) -> None:
    phone, page = weak(town.zhao), "/console/exports"
    typed = {
        "what": "audit_excel",
        "list": "audit.xlsx?a=1&b=2",
        "many": "300",
        "reason": "<核对>",
        "roles": ["a", "b"],
    }
    phone.send(f"{page}/ask", headers=OWN | {"Referer": f"http://localhost{page}"}, **typed)
    kept = phone.client.get_cookie("hemei-typed")
    assert kept is not None
    assert "核对" not in kept.value
    text = phone.send("/console/again", next=page, code=other_factor(town.zhao)).text
    assert f'action="{page}/ask"' in text
    for name, value in (("reason", "&lt;核对&gt;"), ("many", "300"), ("roles", "a"), ("roles", "b")):
        assert f'name="{name}" value="{value}"' in text
    assert phone.client.get_cookie("hemei-typed") is None


def test_what_another_session_typed_is_nobodys(
    db: Database, town: Cast, weak: Callable[[Someone], Phone], other_factor: Callable[[Someone], str]
) -> None:
    phone, page = weak(town.zhao), "/console/exports"
    phone.send(f"{page}/ask", headers=OWN, reason="核对")
    phone = weak(town.leader)
    answer = phone.send("/console/again", next=page, code=other_factor(town.leader))
    assert (answer.status_code, answer.headers.get("Location")) == (303, page)
    phone.client.set_cookie("hemei-typed", "???")
    with time_machine.travel(now() + timedelta(minutes=1)):
        answer = phone.send("/console/again", next=page, code=other_factor(town.leader))
    assert (answer.status_code, answer.headers.get("Location")) == (303, page)


def test_an_older_form_is_not_offered_for_what_is_asked_now(
    town: Cast, weak: Callable[[Someone], Phone]
) -> None:
    phone = weak(town.zhao)
    phone.send("/console/exports/ask", headers=OWN, reason="核对")
    assert phone.client.get_cookie("hemei-typed") is not None
    phone.send("/console/exports/ask", headers=OWN, reason="核" * 1000)
    assert phone.client.get_cookie("hemei-typed") is None
