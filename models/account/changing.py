"""What somebody who is logged in changes of the own account, each written down."""

from models.account import accounts, guessing, linking, second, sessions, states
from models.account.entering import Browser
from models.account.rules import Rules
from models.account.sessions import Signed
from models.account.telling import changed
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


def password(signed: Signed, password_hash: str, rules: Rules, browser: Browser) -> str:
    """Ends all sessions; gives the token of a new one for the browser in front of the person. Raises
    NotAllowed: come_in_again."""
    still(signed)
    accounts.set_password(signed.person_id, password_hash, rules)
    _changed(signed.person_id, browser, "password")
    return renewed(signed, browser)


def still(signed: Signed) -> None:
    """Holds the account's row. Raises NotAllowed: come_in_again for a session that ended while its request
    was on the way: whoever was put out leaves nothing behind that lets them in."""
    accounts.held(signed.person_id)
    if not sessions.is_alive(signed.session_id):
        raise NotAllowed("come_in_again")


def renewed(signed: Signed, browser: Browser, *, strong: bool = False) -> str:
    """A new session's token for whoever just ended all of them."""
    return sessions.begin(
        signed.person_id, signed.way, strong=strong or signed.is_strong, browser=browser.name,
        address=browser.address,
    )  # fmt: skip


def only_here(signed: Signed, browser: Browser) -> str:
    """Ends all sessions; gives the token of a new one for the browser in front of the person. Raises
    NotAllowed: come_in_again."""
    still(signed)
    sessions.end_all(signed.person_id, "elsewhere")
    return renewed(signed, browser)


def offer(person_id: int) -> tuple[str, str]:
    """The secret of a second factor that is not in force yet, and the 工号."""
    account = accounts.held(person_id)
    if second.is_on(account):
        raise NotAllowed("second_is_on")
    staff = staff_of(person_id)
    return second.offer(account), staff.number if staff is not None else ""


def second_on(
    signed: Signed, step: str, session_token: str, code: str, browser: Browser
) -> tuple[str, list[str]] | bool | None:
    """The first code puts it in force and ends all sessions: the token of a new one, and the codes for paper.
    False for a wrong one; None when nothing was begun in this session, or too many were wrong. Raises
    NotAllowed: come_in_again."""
    person_id = signed.person_id
    still(signed)
    if states.try_once("set_up", step, session_token) is None:
        return None
    account = accounts.held(person_id)
    if not second.confirm(account, code):
        return False
    states.take("set_up", step, session_token)
    accounts.second_changed(account)
    _changed(person_id, browser, "second_on")
    return renewed(signed, browser, strong=True), second.new_codes(person_id)


def second_off(signed: Signed, browser: Browser) -> None:
    """There is none until the next one is set up, which the next log-in by password asks for. Raises
    NotAllowed: come_in_again."""
    still(signed)
    second.switch_off(accounts.held(signed.person_id))
    _changed(signed.person_id, browser, "second_off")


def new_codes(signed: Signed, browser: Browser) -> list[str]:
    """Raises NotAllowed: come_in_again."""
    still(signed)
    _changed(signed.person_id, browser, "codes")
    return second.new_codes(signed.person_id)


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


def _changed(person_id: int, browser: Browser, what: str) -> None:
    facts = {} if what == "password" else {"what": what}
    changed("password", staff_who(person_id, network(browser.address)), person_id, what, facts)


def _note(act: str, person_id: int, browser: Browser, *, result: str = "ok") -> None:
    note(act, staff_who(person_id, network(browser.address)), ("account", person_id), result=result)
