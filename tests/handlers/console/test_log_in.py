"""The door of the console: by number, password and code (A4, A5, A12)."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pyotp
import pytest
import time_machine
from cast import Cast
from console_door import GOOD, Visitor
from sqlalchemy import update

from models.account import accounts, hashing, linking, rules, sessions
from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.person.tables import Staff
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Browser = Callable[[], Visitor]


def logged_in(browser: Browser, telephone: pyotp.TOTP, code: str = "") -> Visitor:
    one = browser()
    answer = one.with_code(code or telephone.now(), one.with_password())
    assert answer.status_code == 303, answer.text
    assert one.is_in()
    return one


def cookie(visitor: Visitor) -> str:
    found = visitor.client.get_cookie("hemei")
    return found.value if found is not None else ""


def test_number_password_and_code_lead_where_one_wanted_to_go(browser: Browser, telephone: pyotp.TOTP):
    one = browser()
    away = one.open("/console/chain/limits?page=2")
    assert away.status_code == 302
    page = one.open(away.headers["Location"])
    following = re.search(r'name="next" value="([^"]*)"', page.text)
    assert following is not None
    answer = one.with_code(telephone.now(), one.with_password(next=following[1]))
    assert answer.headers["Location"] == "/console/chain/limits?page=2"
    assert one.open("/console").status_code == 200


def test_a_password_alone_opens_nothing(browser: Browser, telephone: pyotp.TOTP):
    one = browser()
    assert one.with_password().status_code == 303
    assert not one.is_in()


def test_a_wrong_password_and_a_name_that_nobody_has_are_answered_alike(
    browser: Browser, telephone: pyotp.TOTP
):
    pages = []
    for number, password in (("C001", "wrong"), ("nobody", "wrong"), ("C002", "wrong"), ("C002", "")):
        answer = browser().with_password(password, number)
        same = re.sub(r'(nonce|name="once" value)="[^"]*"', "", answer.text.replace(number, ""))
        pages.append((answer.status_code, same))
    assert len(set(pages)) == 1
    assert pages[0][0] == 401


@pytest.mark.parametrize("number", ["", " ", "C001' OR 1=1 --", "\x00", "好" * 400, "%00"])
def test_odd_names_are_only_wrong(browser: Browser, number: str):
    assert browser().with_password("x", number).status_code == 401


def test_an_old_code_does_not_work_again(browser: Browser, telephone: pyotp.TOTP):
    code = telephone.now()
    logged_in(browser, telephone, code)
    one = browser()
    assert one.with_code(code, one.with_password()).status_code == 401
    assert not one.is_in()


def test_after_too_many_guesses_the_page_says_when_and_lets_in_then(browser: Browser, telephone: pyotp.TOTP):
    one = browser()
    assert [one.with_password("wrong").status_code for _ in range(7)] == [401] * 5 + [429] * 2
    assert one.with_password().status_code == 429
    with time_machine.travel(now() + timedelta(minutes=3, seconds=1)):
        assert one.with_password().status_code == 303


def test_nobody_gains_by_saying_to_come_from_elsewhere(browser: Browser, telephone: pyotp.TOTP):
    """Without a trusted proxy the header is nothing."""
    one = browser()
    own = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
    tried = [
        one.send("/console/login", own | {"X-Forwarded-For": f"203.0.113.{n}"}, number=f"X{n}", password="x")
        for n in range(30)
    ]
    assert sum(answer.status_code == 401 for answer in tried) == 20


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://else.example"}], ids=["site", "origin"]
)
def test_no_other_site_logs_anybody_in_or_out(
    browser: Browser, telephone: pyotp.TOTP, headers: dict[str, str]
):
    one = logged_in(browser, telephone)
    for path in ("/console/login", "/console/logout", "/console/login/second", "/console/account/others"):
        assert one.send(path, headers, number="C001", password=GOOD).status_code == 403
    assert one.is_in()


# sessions (A5)


def test_the_token_is_another_one_after_logging_in(browser: Browser, telephone: pyotp.TOTP):
    one = browser()
    one.client.set_cookie("hemei", "chosen-by-somebody-else")
    one.with_code(telephone.now(), one.with_password())
    assert cookie(one) not in ("", "chosen-by-somebody-else")
    other = browser()
    other.client.set_cookie("hemei", "chosen-by-somebody-else")
    assert not other.is_in()


def test_logging_in_again_ends_the_session_before(browser: Browser, telephone: pyotp.TOTP, db: Database):
    one = logged_in(browser, telephone)
    before = cookie(one)
    with time_machine.travel(now() + timedelta(minutes=1)):
        one.with_code(telephone.at(now()), one.with_password())
        assert cookie(one) != before
        with db.read():
            assert sessions.holder(before) is None


def test_a_token_that_was_copied_is_dead_after_logging_out(browser: Browser, telephone: pyotp.TOTP):
    one = logged_in(browser, telephone)
    thief = browser()
    thief.client.set_cookie("hemei", cookie(one))
    assert thief.is_in()
    assert one.send("/console/logout").status_code == 303
    assert cookie(one) == ""
    assert not thief.is_in()
    assert thief.open("/console").status_code == 302


def test_what_ends_a_session_ends_it_with_the_next_request(
    browser: Browser, telephone: pyotp.TOTP, town: Cast, db: Database
):
    mine = Staff.person_id == town.zhao.id

    def change(**values: object) -> None:
        db.write(lambda: session().execute(update(Staff).where(mine).values(**values)))

    for n, (away, back) in enumerate(
        [({"active": False}, {"active": True}), ({"roles": ["keeper"]}, {"roles": ["community"]})]
    ):
        with time_machine.travel(now() + timedelta(minutes=1 + n)):
            one = logged_in(browser, telephone, telephone.at(now()))
            change(**away)
            assert not one.is_in()
            change(**back)
    with time_machine.travel(now() + timedelta(minutes=4)):
        one = logged_in(browser, telephone, telephone.at(now()))
        db.write(accounts.set_password, town.zhao.id, hashing.hash_of(GOOD + "2"), rules.ASVS)
        assert not one.is_in()


def test_half_an_hour_of_silence_ends_it_and_work_keeps_it(browser: Browser, telephone: pyotp.TOTP):
    one = logged_in(browser, telephone)
    with time_machine.travel(now() + timedelta(minutes=25)):
        assert one.is_in()
    with time_machine.travel(now() + timedelta(minutes=50)):
        assert one.is_in()
    with time_machine.travel(now() + timedelta(minutes=81)):
        assert not one.is_in()


def test_the_cookie_is_for_this_host_alone_and_no_script(browser: Browser, telephone: pyotp.TOTP):
    one = browser()
    answer = one.with_code(telephone.now(), one.with_password())
    set_ = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("hemei="))
    assert "HttpOnly" in set_
    assert "SameSite=Lax" in set_
    assert "Path=/" in set_
    assert "Domain" not in set_
    assert "Max-Age" not in set_


def test_over_https_it_has_the_hosts_prefix(db: Database, tmp_path, town: Cast, telephone: pyotp.TOTP):
    from settings_files import configuration, plain_url

    from server.app import create_app

    config = configuration(tmp_path, plain_url(db), server={"base_url": "https://he.example"})
    one = Visitor(create_app(config, db).test_client(), "https://he.example")
    answer = one.with_code(telephone.now(), one.with_password())
    set_ = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("__Host-hemei=")]
    assert len(set_) == 1
    assert "Secure" in set_[0]
    assert "Path=/" in set_[0]
    assert one.is_in()
    plain = Visitor(create_app(config, db).test_client(), "http://he.example")
    plain.client.set_cookie("hemei", set_[0].partition("=")[2].partition(";")[0], domain="he.example")
    assert not plain.is_in()


# the first time


def test_a_link_sets_a_password_once_and_the_first_log_in_sets_the_rest_up(
    browser: Browser, town: Cast, db: Database
):
    token = db.write(linking.issue, town.zhao.id, By.staff(town.leader.id))
    one, path = browser(), f"/console/password/{token}"
    assert "赵主任" in one.open(path).text
    assert one.send(path, password="short", again="short").status_code == 422
    assert one.send(path, password=GOOD, again=GOOD + "!").status_code == 422
    assert one.send(path, password="password1234", again="password1234").status_code == 422
    assert one.send(path, password=GOOD, again=GOOD).status_code == 303
    assert one.open(path).status_code == 404
    assert one.send(path, password=GOOD, again=GOOD).status_code == 404
    answer = one.with_password()
    page = one.open(answer.headers["Location"])
    assert "data:image/png;base64" in page.text
    secret = re.search(r'class="said number">([^<]+)<', page.text)
    assert secret is not None
    totp = pyotp.TOTP(secret[1].replace(" ", ""))
    assert one.with_code("000000", answer).status_code == 401
    assert not one.is_in()
    codes = re.findall(r'<li class="number">([A-Z0-9-]+)</li>', one.with_code(totp.now(), answer).text)
    assert len(codes) == 10
    assert one.is_in()
    other = browser()
    assert other.with_code(codes[0], other.with_password()).status_code == 303
    assert other.is_in()


def test_a_link_is_over_after_a_day_and_when_there_is_a_newer_one(browser: Browser, town: Cast, db: Database):
    issue = partial(linking.issue, town.zhao.id, By.staff(town.leader.id))
    old, new = db.write(issue), db.write(issue)
    assert browser().open(f"/console/password/{old}").status_code == 404
    with time_machine.travel(now() + timedelta(hours=25)):
        assert browser().open(f"/console/password/{new}").status_code == 404
    assert browser().open("/console/password/x").status_code == 404
