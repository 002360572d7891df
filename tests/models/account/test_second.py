"""The second factor (A12): each code once, one step of drift, ten codes on paper; five tries of a step."""

from collections.abc import Iterator
from datetime import timedelta

import pyotp
import pytest
import time_machine
from cast import Cast
from factories import a_town, unit_of_work
from sqlalchemy import select

from models.account import accounts, entering, hashing, rules, second, sessions, states
from models.account.entering import Browser, Entered
from models.account.rules import ASVS, MLPS
from models.account.tables import Account, RecoveryCode
from models.base.clock import now
from models.base.orm import session
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)

GOOD = "育英小区的灯总是不亮了吧"
HERE = Browser("10.0.0.7", "Firefox", "browser-key")
OTHER = Browser("10.0.0.8", "Safari", "another-key")


@pytest.fixture
def town(db: Database) -> Iterator[Cast]:
    with unit_of_work(db), time_machine.travel(now().replace(second=10, microsecond=0), tick=False):
        cast = a_town()
        accounts.set_password(cast.zhao.id, hashing.hash_of(GOOD), ASVS)
        yield cast


def begun(browser: Browser = HERE) -> str:
    return entering.passed(entering.claim("C001", browser), browser, "/console/chain").token


def set_up() -> tuple[pyotp.TOTP, Entered]:
    token = begun()
    offered = entering.to_set_up(token, HERE)
    assert offered is not None
    totp = pyotp.TOTP(offered[0])
    entered = entering.with_code(token, totp.at(now() - timedelta(seconds=60 - 30)), HERE, ASVS)
    assert isinstance(entered, Entered)
    return totp, entered


def tried(code: str, browser: Browser = HERE, rules_: rules.Rules = ASVS) -> Entered | int | None:
    return entering.with_code(begun(browser), code, browser, rules_)


def test_whoever_has_none_sets_one_up_before_there_is_a_session(town: Cast):
    _, entered = set_up()
    held = sessions.holder(entered.token)
    assert held is not None
    assert held.is_strong
    assert entered.next == "/console/chain"
    assert len(set(entered.codes)) == 10


def test_the_secret_is_the_same_until_it_is_in_force_and_never_shown_again(town: Cast):
    token = begun()
    first = entering.to_set_up(token, HERE)
    assert first == entering.to_set_up(token, HERE)
    assert first is not None
    assert entering.with_code(token, pyotp.TOTP(first[0]).now(), HERE, ASVS)
    assert entering.to_set_up(begun(), HERE) is None


def test_the_database_holds_no_secret_and_no_code(town: Cast):
    totp, entered = set_up()
    row = session().scalars(select(Account)).one()
    kept = " ".join(str(getattr(row, column.key)) for column in Account.__table__.columns)
    kept += " ".join(session().scalars(select(RecoveryCode.code_hash)))
    assert totp.secret not in kept
    assert not any(code.replace("-", "") in kept for code in entered.codes)


@pytest.mark.parametrize(("steps", "good"), [(-3, False), (-2, False), (0, True), (1, True), (2, False)])
def test_one_step_of_drift_and_no_more(town: Cast, steps: int, good: bool):
    totp, _ = set_up()
    with time_machine.travel(now() + timedelta(minutes=10), tick=False):
        found = tried(totp.at(now() + timedelta(seconds=30 * steps)))
        assert isinstance(found, Entered) is good


def test_a_telephone_that_is_half_a_minute_late(town: Cast):
    totp, _ = set_up()
    with time_machine.travel(now() + timedelta(minutes=10), tick=False):
        assert isinstance(tried(totp.at(now() - timedelta(seconds=30))), Entered)


def test_a_code_is_taken_as_people_write_it(town: Cast):
    totp, _ = set_up()
    for minutes, gap in ((10, "{} {}"), (20, " {}-{}\n")):
        with time_machine.travel(now() + timedelta(minutes=minutes), tick=False):
            code = totp.now()
            assert isinstance(tried(gap.format(code[:3], code[3:])), Entered)
    with time_machine.travel(now() + timedelta(minutes=30), tick=False):
        wide = "".join(chr(ord(sign) - ord("0") + ord("０")) for sign in totp.now())
        assert isinstance(tried(wide), Entered)


def test_what_is_no_code_puts_nothing_in_force(town: Cast):
    token = begun()
    assert entering.to_set_up(token, HERE) is not None
    for code in ("", "好好好好好好", "１２３４５６", "\x00", "12345"):
        assert entering.with_code(token, code, HERE, ASVS) == 0


def test_a_code_works_once(town: Cast):
    totp, _ = set_up()
    with time_machine.travel(now() + timedelta(minutes=10), tick=False):
        code = totp.now()
        assert isinstance(tried(code), Entered)
        assert tried(code) == 0


def test_after_a_later_code_no_earlier_one_works(town: Cast):
    totp, _ = set_up()
    with time_machine.travel(now() + timedelta(minutes=10), tick=False):
        assert isinstance(tried(totp.at(now() + timedelta(seconds=30))), Entered)
        assert tried(totp.now()) == 0


def test_each_code_on_paper_works_once_however_it_is_written(town: Cast):
    _, entered = set_up()
    first, second_, *_ = entered.codes
    assert isinstance(tried(first.lower().replace("-", " ")), Entered)
    assert tried(first) == 0
    assert isinstance(tried(second_), Entered)
    assert second.codes_left(town.zhao.id) == 8


def test_nobody_uses_somebody_elses_paper(town: Cast):
    _, entered = set_up()
    account = accounts.held(town.qian.id)
    secret = second.offer(account)
    assert second.confirm(account, pyotp.TOTP(secret).now())
    assert not second.passes(account, entered.codes[0])


def test_new_paper_makes_the_old_worthless(town: Cast):
    _, entered = set_up()
    new = second.new_codes(town.zhao.id)
    assert tried(entered.codes[0]) == 0
    assert isinstance(tried(new[0]), Entered)


@pytest.mark.parametrize("code", ["", "000000", "12345", "1234567", "ABCD", "１２３４５６", "\x00", "9" * 99])
def test_what_is_no_code_is_wrong(town: Cast, code: str):
    set_up()
    assert tried(code) == 0


def test_after_five_wrong_codes_the_step_is_over(town: Cast):
    totp, _ = set_up()
    with time_machine.travel(now() + timedelta(hours=1), tick=False):
        token = begun()
        assert [entering.with_code(token, "000000", HERE, ASVS) for _ in range(5)] == [0] * 5
        assert entering.with_code(token, totp.now(), HERE, ASVS) is None


def test_a_new_step_gives_no_new_guesses(town: Cast):
    totp, _ = set_up()
    with time_machine.travel(now() + timedelta(hours=1), tick=False):
        for _ in range(5):
            assert tried("000000") == 0
        assert tried(totp.now()) == 180
        with time_machine.travel(now() + timedelta(minutes=3), tick=False):
            assert isinstance(tried(totp.now()), Entered)


def test_another_browser_does_not_go_on_where_this_one_began(town: Cast):
    totp, _ = set_up()
    with time_machine.travel(now() + timedelta(minutes=5), tick=False):
        token = begun()
        assert entering.with_code(token, totp.now(), OTHER, ASVS) is None
        assert entering.with_code(token, totp.now(), Browser("10.0.0.7"), ASVS) is None
        assert isinstance(entering.with_code(token, totp.now(), HERE, ASVS), Entered)
        assert entering.with_code(token, totp.now(), HERE, ASVS) is None


def test_a_step_is_over_after_ten_minutes(town: Cast):
    totp, _ = set_up()
    token = begun()
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        assert entering.with_code(token, totp.now(), HERE, ASVS) is None


def test_a_password_that_was_changed_meanwhile_ends_the_step(town: Cast):
    totp, _ = set_up()
    with time_machine.travel(now() + timedelta(minutes=1), tick=False):
        token = begun()
        accounts.set_password(town.zhao.id, hashing.hash_of(GOOD + "2"), ASVS)
        assert entering.with_code(token, totp.now(), HERE, ASVS) is None


def test_an_old_password_is_changed_before_there_is_a_session(town: Cast):
    totp, _ = set_up()
    with time_machine.travel(now() + timedelta(days=91), tick=False):
        entered = tried(totp.now(), rules_=MLPS)
        assert isinstance(entered, Entered)
        assert not entered.token
        assert states.look("password_link", entered.renew, None) is not None


# what changes the account ends what is open


def test_a_new_password_ends_every_session(town: Cast):
    _, entered = set_up()
    accounts.set_password(town.zhao.id, hashing.hash_of(GOOD + "2"), ASVS)
    assert sessions.holder(entered.token) is None


def test_another_second_factor_ends_every_session(town: Cast):
    _, entered = set_up()
    accounts.second_changed(accounts.held(town.zhao.id))
    assert sessions.holder(entered.token) is None


def test_what_is_reset_opens_nothing(town: Cast):
    totp, entered = set_up()
    link = states.begin("password_link", None, person_id=town.zhao.id)
    accounts.reset(town.zhao.id, second_too=True)
    account = accounts.account_of(town.zhao.id)
    assert account is not None
    assert not hashing.matches(account.password_hash, GOOD)
    assert not second.passes(account, totp.now())
    assert sessions.holder(entered.token) is None
    assert states.take("password_link", link, None) is None
    assert second.codes_left(town.zhao.id) == 0


def test_old_passwords_are_remembered_as_the_rules_say(town: Cast):
    for n in range(8):
        accounts.set_password(town.zhao.id, f"hash {n}", MLPS)
    account = accounts.account_of(town.zhao.id)
    assert account is not None
    assert account.old_hashes == [f"hash {n}" for n in (6, 5, 4, 3, 2)]


# what is begun once


def test_what_is_begun_is_ended_once(town: Cast):
    token = states.begin("work", "browser", next_path="/console")
    assert states.look("work", token, "browser") is not None
    assert states.take("work", token, "browser") is not None
    assert states.take("work", token, "browser") is None


@pytest.mark.parametrize(
    ("kind", "browser"), [("official", "browser"), ("work", "other"), ("work", None), ("work", "")]
)
def test_nobody_else_ends_it(town: Cast, kind: str, browser: str | None):
    token = states.begin("work", "browser")
    assert states.take(kind, token, browser) is None
    assert states.take("work", token, "browser") is not None


def test_it_runs_out(town: Cast):
    token = states.begin("work", "browser")
    with time_machine.travel(now() + timedelta(minutes=10, seconds=1), tick=False):
        assert states.take("work", token, "browser") is None
    with time_machine.travel(now() + timedelta(days=3), tick=False):
        assert states.forget_old() == 1
