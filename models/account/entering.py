"""Coming in: a guess is counted before it is judged, and what is wrong is never said in parts.

A name that nobody has takes the same way as one that somebody has: the same statements, the same work, the
same answer (A1, A4). Hashes are computed between two transactions, never inside of one.
"""

import unicodedata
from dataclasses import dataclass

from sqlalchemy import Select, exists, select

from models.account import accounts, guessing, second, sessions, states
from models.account.rules import Rules
from models.account.sessions import Way, at_address
from models.account.tables import Account, LoginSession
from models.audit.noting import NOBODY, Who, network, note
from models.base.actor import By
from models.base.orm import session
from models.outbox.address import Address, at_value
from models.person.staff_acts import staff_who
from models.person.tables import Staff

NUMBER = 40  # characters of a 工号


@dataclass(frozen=True, slots=True)
class Browser:
    """Where a request comes from: the address, what the browser says of itself, what we gave it to be known
    by."""

    address: str
    name: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody says to have this number. `wait`: seconds until it may be said again, 0 when it may be
    judged."""

    number: str
    wait: int
    person_id: int | None = None
    password_hash: str | None = None
    is_own_place: bool = False


@dataclass(frozen=True, slots=True)
class Passed:
    """What follows a right password: a token for the step with the second factor."""

    token: str
    has_second: bool


@dataclass(frozen=True, slots=True)
class Entered:
    """A session has begun. `codes`: for paper, when the second factor is a new one. `renew`: no session, but
    a token to set a password with, because the old one is over its age."""

    token: str
    next: str
    codes: tuple[str, ...] = ()
    renew: str = ""


def claim(number: str, browser: Browser) -> Claim:
    """Counts one guess, and says what it is to be compared with."""
    number = number.strip()[:NUMBER]
    row = session().execute(_claimed(number, at_address(browser.address))).first()
    is_own = row is not None and bool(row.is_own)
    wait = guessing.pay(guessing.ADDRESS, browser.address)
    if not wait:
        wait = guessing.pay(*_guarded(number, is_own, browser))
    if wait or row is None:
        return Claim(number, wait)
    return Claim(number, 0, row.person_id, row.password_hash, is_own)


def _claimed(number: str, address: str | None) -> Select[int, str | None, bool]:
    """A 工号 is found in capitals and small letters and with wide digits; the one that is written so goes
    first."""
    written = unicodedata.normalize("NFKC", number)
    before = exists().where(LoginSession.person_id == Staff.person_id, LoginSession.address_hash == address)
    return (
        select(Staff.person_id, Account.password_hash, before.label("is_own"))
        .outerjoin(Account, Account.person_id == Staff.person_id)
        .where(Staff.number.in_({number, written.upper(), written.lower()}), Staff.active)
        .order_by(Staff.number != number)
        .limit(1)
    )


def _guarded(number: str, is_own_place: bool, browser: Browser) -> tuple[guessing.Limit, str]:
    known = unicodedata.normalize("NFKC", number).casefold()
    return (guessing.OWN_PLACE, f"{known}/{browser.address}") if is_own_place else (guessing.ACCOUNT, known)


def failed(made: Claim, browser: Browser) -> None:
    """Writes down that it was wrong."""
    who = Who(By.staff(made.person_id)) if made.person_id is not None else NOBODY  # no look-up: A1
    note("login", who, ("account", made.person_id or 0), origin=network(browser.address), result="failed")


def passed(made: Claim, browser: Browser, next_path: str) -> Passed:
    """The password was right: it was no guess. The second factor is still to come."""
    assert made.person_id is not None
    guessing.give_back(guessing.ADDRESS, browser.address)
    guessing.give_back(*_guarded(made.number, made.is_own_place, browser))
    account = accounts.account_of(made.person_id)
    token = states.begin("second", browser.key, person_id=made.person_id, next_path=next_path)
    return Passed(token, second.is_on(account))


def to_set_up(token: str, browser: Browser) -> tuple[str, str] | None:
    """For whoever has no second factor yet: its secret and the 工号, to be shown as a picture. None when
    there is one, or when nothing was begun here."""
    begun = states.look("second", token, browser.key)
    if begun is None or begun.person_id is None:
        return None
    account = accounts.held(begun.person_id)
    if second.is_on(account):
        return None
    number = session().scalar(select(Staff.number).where(Staff.person_id == begun.person_id))
    return second.offer(account), str(number)


def with_code(token: str, code: str, browser: Browser, rules: Rules) -> Entered | int | None:
    """The second step. A wrong code gives 0, or in how many seconds the next one may be tried; None when
    there is nothing (any more) to be ended here. What was counted stays counted: nothing is raised."""
    begun = states.try_once("second", token, browser.key)
    if begun is None or begun.person_id is None:
        return None
    wait = guessing.pay(guessing.SECOND, str(begun.person_id))
    if wait:
        return wait
    codes: tuple[str, ...] = ()
    account = accounts.held(begun.person_id)
    if second.is_on(account):
        is_right = second.passes(account, code)
    else:
        is_right = second.confirm(account, code)
        codes = tuple(second.new_codes(begun.person_id)) if is_right else ()
    who = staff_who(begun.person_id, network(browser.address))
    if not is_right:
        note("login", who, ("account", begun.person_id), result="failed", facts={"step": "second"})
        return 0
    guessing.give_back(guessing.SECOND, str(begun.person_id))
    states.take("second", token, browser.key)
    if rules.is_over(account.password_at):
        link = states.begin("password_link", None, person_id=begun.person_id)
        return Entered("", begun.next, codes, renew=link)
    return Entered(_begun(begun.person_id, "password", True, browser), begun.next, codes)


def left(token: str, browser: Browser) -> None:
    """Ends the session of this token, and writes it down."""
    signed = sessions.holder(token)
    sessions.end(token)
    if signed is not None:
        who = staff_who(signed.person_id, network(browser.address))
        note("logout", who, ("account", signed.person_id))


def over(way: Way, value: str, browser: Browser) -> str | None:
    """Comes in over a platform that said who it is. The session's token; None for somebody without a post."""
    query = (
        select(Staff.person_id)
        .join(Address, (Address.owner_id == Staff.person_id) & (Address.owner_kind == "person"))
        .where(at_value(way, value), Staff.active)
    )
    person = session().scalar(query)
    if person is None:
        note("login", NOBODY, ("account", 0), origin=network(browser.address), result="failed")
        return None
    return _begun(person, way, False, browser)


def _begun(person_id: int, way: Way, strong: bool, browser: Browser) -> str:
    who = staff_who(person_id, network(browser.address))
    note("login", who, ("account", person_id), facts={"way": way})
    return sessions.begin(person_id, way, strong=strong, browser=browser.name, address=browser.address)
