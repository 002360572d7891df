"""What is worth more than a session asks for a second factor shown lately, and leads back after it (A11)."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from cast import Cast, Someone
from page_phone import Phone

from handlers.console.cookies import SESSION
from handlers.pages.audit.classes import STRONG
from models.account import sessions
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
