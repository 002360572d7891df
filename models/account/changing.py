"""What somebody who is logged in changes of the own account, each written down."""

from models.account import accounts, guessing, linking, second, sessions, states
from models.account.entering import Browser
from models.account.rules import Rules
from models.account.sessions import Signed
from models.audit.noting import network, note
from models.base.actor import By
from models.base.refusals import NotAllowed, NotFound
from models.person import grants
from models.person.arriving import staff_of
from models.person.colleagues import numbered
from models.person.grants import Held
from models.person.staff_acts import staff_who

ADMIN = frozenset({"admin"})


def guess(person_id: int) -> int:
    """Counts one guess at the own password; in how many seconds it may be made, 0 now."""
    return guessing.pay(guessing.OWN_PLACE, f"own/{person_id}")


def no_guess(person_id: int) -> None:
    guessing.give_back(guessing.OWN_PLACE, f"own/{person_id}")


def proves(signed: Signed, code: str, browser: Browser) -> int | None:
    """Whether this session's person has the second factor: 0, and then the session is strong again; None for
    a wrong code, else in how many seconds the next one may be tried."""
    wait = guessing.pay(guessing.SECOND, str(signed.person_id))
    if wait:
        return wait
    if not second.passes(accounts.held(signed.person_id), code):
        _note("step_up", signed.person_id, browser, result="failed")
        return None
    guessing.give_back(guessing.SECOND, str(signed.person_id))
    sessions.strengthen(signed.session_id)
    _note("step_up", signed.person_id, browser)
    return 0


def password(person_id: int, password_hash: str, rules: Rules, browser: Browser) -> None:
    """Ends all sessions, the one in front of the person too: whoever calls begins a new one."""
    accounts.set_password(person_id, password_hash, rules)
    _note("password", person_id, browser)


def offer(person_id: int) -> tuple[str, str]:
    """The secret of a second factor that is not in force yet, and the 工号."""
    account = accounts.held(person_id)
    if second.is_on(account):
        raise NotAllowed("second_is_on")
    staff = staff_of(person_id)
    return second.offer(account), staff.number if staff is not None else ""


def second_on(person_id: int, step: str, session_token: str, code: str, browser: Browser) -> bool | None:
    """The first code puts it in force and ends all sessions. False for a wrong one; None when nothing was
    begun in this session, or too many were wrong."""
    if states.try_once("set_up", step, session_token) is None:
        return None
    account = accounts.held(person_id)
    if not second.confirm(account, code):
        return False
    states.take("set_up", step, session_token)
    accounts.second_changed(account)
    _note("password", person_id, browser, what="second_on")
    return True


def second_off(person_id: int, browser: Browser) -> None:
    """There is none until the next one is set up, which the next log-in by password asks for."""
    second.switch_off(accounts.held(person_id))
    _note("password", person_id, browser, what="second_off")


def new_codes(person_id: int, browser: Browser) -> list[str]:
    _note("password", person_id, browser, what="codes")
    return second.new_codes(person_id)


def may_link(person_id: int) -> bool:
    """Whether this person hands out links by which colleagues set a password."""
    return _reach(person_id) != frozenset()


def link_for(person_id: int, number: str) -> tuple[str, str]:
    """A link's token for a colleague, and the colleague's name. An administrator gives them to those all of
    whose posts lie where the own one lies: whoever set another's password would act as that person. Raises
    NotFound: no_such_number."""
    reach, other = _reach(person_id), numbered(number)
    if reach is not None:
        theirs = grants.posts_of(other)
        if other.community_id not in reach or not all(_lies_in(one, reach) for one in theirs):
            raise NotFound("no_such_number")
    return linking.issue(other.person_id, By.staff(person_id)), other.name


def _lies_in(held: Held, reach: frozenset[int]) -> bool:
    return held.is_of_a_piece or (held.communities is not None and held.communities <= reach)


def _reach(person_id: int) -> grants.Communities:
    """The communities that this person is an administrator of; None: all."""
    staff = staff_of(person_id)
    return frozenset() if staff is None else grants.over(grants.posts_of(staff), ADMIN)


def _note(act: str, person_id: int, browser: Browser, *, result: str = "ok", what: str = "") -> None:
    who = staff_who(person_id, network(browser.address))
    facts = {"what": what} if what else {}
    note(act, who, ("account", person_id), result=result, facts=facts)
