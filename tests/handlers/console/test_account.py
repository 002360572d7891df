"""My account: password, second factor, codes on paper, my sessions; once more the second factor (A5, A12)."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pyotp
import pytest
import time_machine
from cast import Cast
from console_door import GOOD, Visitor
from sqlalchemy import select, update

from handlers.console.keys import made_for
from models.account import accounts, changing, hashing, linking, sessions
from models.account.entering import Browser as At
from models.account.rules import ASVS
from models.account.tables import LoginSession
from models.audit.tables import Act
from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.outbox.letter import Letter
from models.person.tables import Staff
from server.app import create_app
from server.config import Config
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Browser = Callable[[], Visitor]
NEW = "门口的路灯三天没亮过了"


@pytest.fixture
def signed(db: Database, browser: Browser, town: Cast) -> Callable[..., Visitor]:
    """赵主任, logged in over WeCom in a browser of its own."""

    def made(who: int = 0, *, strong: bool = False) -> Visitor:
        one = browser()
        begin = partial(
            sessions.begin, who or town.zhao.id, "work", strong=strong, browser="Firefox/1 Windows"
        )
        one.client.set_cookie("hemei", db.write(begin))
        return one

    return made


def test_whoever_is_not_logged_in_sees_no_account(browser: Browser):
    one = browser()
    assert one.open("/console/account").status_code == 302
    assert one.open("/console/again").status_code == 302
    assert one.send("/console/account/password", password=NEW).status_code == 401


def test_a_new_password_ends_the_other_sessions_and_not_this_one(
    signed: Callable[..., Visitor], telephone: pyotp.TOTP, db: Database
):
    here, there = signed(), signed()
    before = here.client.get_cookie("hemei")
    answer = here.send("/console/account/password", old=GOOD, password=NEW, again=NEW)
    assert answer.status_code == 303, answer.text
    assert here.is_in()
    assert not there.is_in()
    assert before is not None
    with db.read():
        assert sessions.holder(before.value) is None
    assert there.with_password(GOOD).status_code == 401
    assert there.with_password(NEW).status_code == 303


@pytest.mark.parametrize(
    "form",
    [{"old": "wrong"}, {"old": ""}, {"password": "short", "again": "short"}, {"again": "another"},
     {"password": "我是赵主任呀呀呀呀", "again": "我是赵主任呀呀呀呀"}],
    ids=["wrong", "none", "short", "differs", "own"],
)  # fmt: skip
def test_a_password_is_not_changed_by_halves(
    signed: Callable[..., Visitor], telephone: pyotp.TOTP, form: dict[str, str], db: Database, town: Cast
):
    one = signed()
    answer = one.send("/console/account/password", **{"old": GOOD, "password": NEW, "again": NEW} | form)
    assert answer.status_code in (409, 422)
    with db.read():
        account = accounts.account_of(town.zhao.id)
        assert account is not None
        assert hashing.matches(account.password_hash, GOOD)


def test_who_sits_down_at_an_open_page_does_not_guess_the_password(
    signed: Callable[..., Visitor], telephone: pyotp.TOTP
):
    one = signed()
    for _ in range(5):
        one.send("/console/account/password", old="wrong", password=NEW, again=NEW)
    answer = one.send("/console/account/password", old=GOOD, password=NEW, again=NEW)
    assert answer.status_code == 409
    assert "3分钟" in answer.text


def test_old_passwords_do_not_come_again_where_the_rules_say_so(
    db: Database, config: Config, town: Cast, telephone: pyotp.TOTP
):
    by_the_other_book = replace(config, console=replace(config.console, password_rules="mlps"))
    one = Visitor(create_app(by_the_other_book, db).test_client())
    one.client.set_cookie("hemei", db.write(partial(sessions.begin, town.zhao.id, "work", strong=False)))
    for old, new, status in (
        (GOOD, "Lamp-3-dark", 303), ("Lamp-3-dark", "Lamp-3-dark", 422), ("Lamp-3-dark", "Lamp-4-dark", 303),
        ("Lamp-4-dark", "Lamp-3-dark", 422),
    ):  # fmt: skip
        answer = one.send("/console/account/password", old=old, password=new, again=new)
        assert answer.status_code == status, answer.text


def test_a_telephone_is_bound_in_a_session_that_has_just_begun(
    signed: Callable[..., Visitor], db: Database, town: Cast
):
    one = signed()
    page = one.send("/console/account/second")
    secret = re.search(r'class="said number">([^<]+)<', page.text)
    step = re.search(r'name="step" value="([^"]+)"', page.text)
    assert secret is not None
    assert step is not None
    totp = pyotp.TOTP(secret[1].replace(" ", ""))
    wrong = one.send("/console/account/confirm", step=step[1], code="000000")
    assert step[1] in wrong.text
    done = one.send("/console/account/confirm", step=step[1], code=totp.now())
    assert len(re.findall(r'<li class="number">', done.text)) == 10
    assert one.is_in()
    again = one.send("/console/again", next="/console/chain", code=totp.at(now() + timedelta(seconds=30)))
    assert again.headers["Location"] == "/console/chain"


def test_an_old_session_without_a_password_binds_no_telephone(signed: Callable[..., Visitor]):
    one = signed()
    with time_machine.travel(now() + timedelta(minutes=16)):
        answer = one.send("/console/account/second")
        assert answer.status_code == 409
        assert "data:image/png" not in answer.text


def test_what_was_begun_in_one_session_is_not_ended_in_another(signed: Callable[..., Visitor]):
    one, other = signed(), signed()
    page = one.send("/console/account/second").text
    secret = re.search(r'class="said number">([^<]+)<', page)
    step = re.search(r'name="step" value="([^"]+)"', page)
    assert secret is not None
    assert step is not None
    code = pyotp.TOTP(secret[1].replace(" ", "")).now()
    assert other.send("/console/account/confirm", step=step[1], code=code).status_code == 409
    assert other.send("/console/account/confirm", step="", code=code).status_code == 409


def test_another_telephone_needs_the_old_one(signed: Callable[..., Visitor], telephone: pyotp.TOTP):
    one = signed()
    assert one.send("/console/account/second", code="000000").status_code == 409
    page = one.send("/console/account/second", code=telephone.now())
    assert "data:image/png" in page.text
    assert telephone.secret not in page.text.replace(" ", "")


def test_new_paper_needs_a_code(signed: Callable[..., Visitor], telephone: pyotp.TOTP):
    one = signed()
    assert one.send("/console/account/codes", code="").status_code == 409
    assert one.send("/console/account/codes", code=telephone.now()).text.count('<li class="number">') == 10


def test_once_more_makes_a_session_strong_for_a_quarter_of_an_hour(
    signed: Callable[..., Visitor], telephone: pyotp.TOTP, db: Database
):
    one = signed()
    assert one.send("/console/again", next="/console", code="000000").status_code == 401
    assert (
        one.send("/console/again", next="https://else.example", code=telephone.now())
        .headers["Location"]
        .endswith("/console")
    )
    with db.read():
        strong = session().scalars(select(LoginSession.strong_until)).one()
        acts = session().execute(select(Act.act, Act.result)).all()
    assert strong is not None
    assert timedelta(minutes=14) < strong - now() <= timedelta(minutes=15)
    assert [tuple(one) for one in acts] == [("step_up", "failed"), ("step_up", "ok")]


def test_without_a_second_factor_nothing_is_proved_once_more(signed: Callable[..., Visitor]):
    answer = signed().open("/console/again?next=/console")
    assert answer.status_code == 403
    assert "/console/account" in answer.text


def test_my_sessions_are_mine_to_end(signed: Callable[..., Visitor], town: Cast, db: Database):
    here, there, other = signed(), signed(), signed(town.qian.id)
    page = here.open("/console/account").text
    assert page.count("Firefox，Windows 电脑") == 2
    with db.read():
        ids = dict(session().execute(select(LoginSession.person_id, LoginSession.id)).all())
    here.send("/console/account/end", session=str(ids[town.qian.id]))
    assert other.is_in()
    here.send("/console/account/others")
    assert here.is_in()
    assert not there.is_in()
    assert other.is_in()


@pytest.mark.parametrize("verb", ["x", "password'", "%00", "__init__"])
def test_other_verbs_are_not_there(signed: Callable[..., Visitor], verb: str):
    assert signed().send(f"/console/account/{verb}").status_code == 404


# links by an administrator


def admin(db: Database, person: int, community: int | None) -> None:
    mine = update(Staff).where(Staff.person_id == person)
    db.write(lambda: session().execute(mine.values(roles=["admin"], community_id=community)))


def test_an_administrator_hands_out_links_where_the_own_post_lies(
    signed: Callable[..., Visitor], town: Cast, db: Database
):
    admin(db, town.leader.id, 1)
    one = signed(town.leader.id, strong=True)
    found = {
        n: one.send("/console/account/link", number=n).status_code for n in ("C001", "C002", "K001", "x")
    }
    assert found == {"C001": 200, "C002": 404, "K001": 200, "x": 404}
    admin(db, town.leader.id, None)
    one = signed(town.leader.id, strong=True)
    assert one.send("/console/account/link", number="C002").status_code == 200
    answer = signed(town.leader.id).send("/console/account/link", number="C002")
    assert answer.headers["Location"] == "/console/again?next=/console/account"


def test_nobody_gets_above_the_own_post_by_a_link(signed: Callable[..., Visitor], town: Cast, db: Database):
    """A community's administrator would act as the town's."""
    admin(db, town.zhao.id, 1)
    assert signed(strong=True).send("/console/account/link", number="S001").status_code == 404


def test_nobody_else_hands_out_links(signed: Callable[..., Visitor], town: Cast):
    for who in (town.zhao, town.leader, town.li):
        assert signed(who.id, strong=True).send("/console/account/link", number="C001").status_code == 404
        assert "/account/link" not in signed(who.id).open("/console/account").text


def changes(db: Database) -> list[tuple[int, str, str | None]]:
    with db.read():
        mine = select(Letter).where(Letter.kind == "account_changed").order_by(Letter.id)
        return [(one.to_id, one.facts["changed"], one.facts["who"]) for one in session().scalars(mine)]


def test_the_owner_hears_what_was_changed_of_the_account(
    signed: Callable[..., Visitor], telephone: pyotp.TOTP, db: Database, town: Cast
):
    signed().send("/console/account/password", old=GOOD, password=NEW, again=NEW)
    link = db.write(linking.issue, town.zhao.id, By.staff(town.leader.id))
    signed().send(f"/console/password/{link}", password=GOOD + "啊", again=GOOD + "啊")
    me = town.zhao.id
    assert changes(db) == [(me, "password", None), (me, "link", "郑书记"), (me, "password", None)]
    with db.read():
        assert link not in str([one.facts for one in session().scalars(select(Letter))])


def test_whoever_was_put_out_meanwhile_changes_nothing(
    signed: Callable[..., Visitor], telephone: pyotp.TOTP, db: Database, town: Cast
):
    token = signed().client.get_cookie("hemei")
    assert token is not None
    with db.read():
        there = sessions.holder(token.value)
    assert there is not None
    db.write(sessions.end_all, town.zhao.id, "by_admin")
    here = At("127.0.0.1")
    for late in (
        partial(changing.password, there, "a-hash", ASVS, here),
        partial(changing.only_here, there, here),
        partial(changing.second_off, there, here),
        partial(changing.new_codes, there, here),
        partial(changing.second_on, there, "", token.value, "", here),
    ):
        with pytest.raises(NotAllowed, match="come_in_again"):
            db.write(late)
    with db.read():
        assert sessions.alive(town.zhao.id) == []
        account = accounts.account_of(town.zhao.id)
        assert account is not None
        assert hashing.matches(account.password_hash, GOOD)
    assert changes(db) == []


def test_what_was_typed_before_one_had_to_log_in_anew_is_not_lost(signed: Callable[..., Visitor]):
    before, one = signed(), signed()
    old = before.client.get_cookie("hemei")
    assert old is not None
    typed = {"once": made_for(old.value, "a-form"), "number": "13800000009", "words": "<灯不亮>"}
    text = one.send("/console/cases/find", **typed).text
    assert "您填的都在" in text
    assert 'name="words" value="&lt;灯不亮&gt;"' in text
    key = re.findall(r'name="once" value="([^"]+)"', text)[-1]
    assert one.send("/console/cases/find", **typed | {"once": key}).status_code == 303


@pytest.mark.parametrize(
    ("headers", "form"),
    [({}, {}), ({"Origin": "http://localhost"}, {}), ({"Sec-Fetch-Site": "none"}, {}),
     ({"Sec-Fetch-Site": "same-origin"}, {"once": ""}),
     ({"Sec-Fetch-Site": "same-origin"}, {"password": "x"})],
    ids=["old browser", "origin alone", "typed address", "no key", "a secret"],
)  # fmt: skip
def test_a_form_of_unclear_origin_is_offered_by_no_page(
    signed: Callable[..., Visitor], headers: dict[str, str], form: dict[str, str]
):
    answer = signed().send(
        "/console/cases/find", headers, **{"once": "another.sessions", "words": "x"} | form
    )
    assert answer.status_code == 422
    assert "接着提交" not in answer.text
    assert "刷新页面" in answer.text
