"""Coming in over WeCom: this browser, once, and back to a page of ours and nowhere else (A8)."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import time_machine
from cast import Cast
from console_door import Visitor
from sqlalchemy import func, select

from models.account.tables import LoginSession
from models.base.clock import now
from models.base.orm import session
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Browser = Callable[[], Visitor]
IN_WECOM = "Mozilla/5.0 (iPhone) MicroMessenger/8.0 wxwork/4.1"
IN_WECHAT = "Mozilla/5.0 (iPhone) MicroMessenger/8.0"


def location(answer: object) -> str:
    return str(answer.headers["Location"])  # type: ignore[attr-defined]


def sent_off(one: Visitor, next_path: str = "/console/chain", **headers: str) -> str:
    """The state with which somebody is sent to the platform."""
    away = location(one.open(f"/console/login/work?next={quote(next_path, safe='')}", **headers))
    return parse_qs(urlsplit(away).query)["state"][0]


def back(one: Visitor, state: str, code: str) -> object:
    return one.open(f"/console/login/work/back?code={code}&state={state}")


def sessions_begun(db: Database) -> int:
    with db.read():
        return session().scalar(select(func.count()).select_from(LoginSession)) or 0


def test_whoever_the_platform_names_is_in(browser: Browser, platform: dict[str, str], db: Database):
    one = browser()
    platform["good"] = "zhao"
    answer = back(one, sent_off(one), "good")
    assert location(answer) == "/console/chain"
    assert one.is_in()
    assert "赵主任" in one.open("/console/account").text


@pytest.mark.parametrize("userid", ["o-wang", "nobody-of-ours", "' OR 1=1 --"])
def test_whoever_has_no_post_is_not(browser: Browser, platform: dict[str, str], db: Database, userid: str):
    one = browser()
    platform["good"] = userid
    assert back(one, sent_off(one), "good").status_code == 403  # type: ignore[attr-defined]
    assert sessions_begun(db) == 0


@pytest.mark.parametrize("state", ["", "x", "a" * 43, "%00", "' OR 1=1 --"])
def test_without_its_state_a_code_opens_nothing(
    browser: Browser, platform: dict[str, str], db: Database, state: str
):
    one = browser()
    sent_off(one)
    platform["good"] = "zhao"
    refused = 400 if state == "%00" else 403  # a sign that is in no address
    assert back(one, state, "good").status_code == refused  # type: ignore[attr-defined]
    assert sessions_begun(db) == 0
    assert platform == {"good": "zhao"}, "the platform was asked"


def test_a_state_works_once(browser: Browser, platform: dict[str, str], db: Database):
    one = browser()
    state = sent_off(one)
    platform |= {"first": "zhao", "second": "zhao"}
    back(one, state, "first")
    assert back(one, state, "second").status_code == 403  # type: ignore[attr-defined]
    assert sessions_begun(db) == 1


def test_a_state_of_another_browser_makes_nobody_somebody_else(
    browser: Browser, platform: dict[str, str], db: Database
):
    """Somebody begins, and sends the way back with an own code to somebody else."""
    thief, victim = browser(), browser()
    state = sent_off(thief)
    platform["thiefs"] = "zhao"
    assert back(victim, state, "thiefs").status_code == 403  # type: ignore[attr-defined]
    sent_off(victim)
    assert back(victim, state, "thiefs").status_code == 403  # type: ignore[attr-defined]
    assert sessions_begun(db) == 0


def test_a_state_runs_out(browser: Browser, platform: dict[str, str], db: Database):
    one = browser()
    state = sent_off(one)
    platform["good"] = "zhao"
    with time_machine.travel(now() + timedelta(minutes=11)):
        assert back(one, state, "good").status_code == 403  # type: ignore[attr-defined]
    assert sessions_begun(db) == 0


def test_a_state_of_another_way_is_none(browser: Browser, platform: dict[str, str], db: Database):
    one = browser()
    state = sent_off(one)
    platform["good"] = "zhao"
    answer = one.open(f"/console/login/official/back?code=good&state={state}")
    assert answer.status_code == 403
    assert sessions_begun(db) == 0


def test_where_the_platform_says_nothing_nobody_is_in(
    browser: Browser, platform: dict[str, str], db: Database
):
    one = browser()
    answer = back(one, sent_off(one), "refused")
    assert answer.status_code == 403  # type: ignore[attr-defined]
    assert sessions_begun(db) == 0


def test_inside_the_app_nobody_is_asked_for_anything(browser: Browser, platform: dict[str, str]):
    one = browser()
    for agent, host, path in (
        (IN_WECOM, "open.weixin.qq.com", "/connect/oauth2/authorize"),
        ("Mozilla/5.0 Firefox/130", "login.work.weixin.qq.com", "/wwlogin/sso/login"),
    ):
        away = urlsplit(location(one.open("/console/login/work", **{"User-Agent": agent})))
        assert (away.hostname, away.path) == (host, path)
        asked = parse_qs(away.query)
        assert asked["appid"] == ["ww1"]
        assert asked["agentid"] == ["7"]
        assert asked["redirect_uri"] == ["http://localhost/console/login/work/back"]
    for agent, way in ((IN_WECOM, "work"), (IN_WECHAT, "official")):
        answer = one.open("/console/login?next=/console/chain", **{"User-Agent": agent})
        assert location(answer) == f"/console/login/{way}?next=%2Fconsole%2Fchain"


def test_who_logs_out_inside_the_app_is_not_in_again_at_once(browser: Browser, platform: dict[str, str]):
    one = browser()
    platform["good"] = "zhao"
    back(one, sent_off(one, **{"User-Agent": IN_WECOM}), "good")
    left = location(one.send("/console/logout"))
    answer = one.open(left, **{"User-Agent": IN_WECOM})
    assert answer.status_code == 200
    assert "已经退出登录" in answer.text
    assert "企业微信登录" in answer.text


def test_staff_without_wecom_come_in_over_the_service_account(
    browser: Browser, platform: dict[str, str], town: Cast, db: Database
):
    from models.outbox.address import add_address

    db.write(add_address, "person", town.zhao.id, "official", "o-zhao")
    one = browser()
    away = location(one.open("/console/login/official"))
    state = parse_qs(urlsplit(away).query)["state"][0]
    platform["good"] = "o-zhao"
    assert location(one.open(f"/console/login/official/back?code=good&state={state}")) == "/console"
    assert one.is_in()


def test_a_resident_of_the_service_account_is_nobody_here(
    browser: Browser, platform: dict[str, str], db: Database
):
    one = browser()
    state = parse_qs(urlsplit(location(one.open("/console/login/official"))).query)["state"][0]
    platform["good"] = "o-wang"
    assert one.open(f"/console/login/official/back?code=good&state={state}").status_code == 403
    assert sessions_begun(db) == 0


def test_one_address_does_not_fill_the_table(browser: Browser, db: Database):
    one = browser()
    found = [one.open("/console/login/work").status_code for _ in range(70)]
    assert found.count(302) == 60
