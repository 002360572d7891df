"""The account of somebody with a post: made when it is first needed, held while it changes."""

from collections.abc import Collection

from sqlalchemy import select

from models.account import second, sessions, states
from models.account.rules import Rules
from models.account.tables import Account
from models.audit.noting import note
from models.base.actor import By
from models.base.clock import now
from models.base.orm import put_once, session
from models.base.refusals import NotFound
from models.person.tables import Staff


def held(person_id: int) -> Account:
    """The person's account, made if there is none, and held until the transaction's end. Raises NotFound for
    somebody without a post."""
    if session().scalar(select(Staff.id).where(Staff.person_id == person_id, Staff.active)) is None:
        raise NotFound("page_not_found")
    put_once(
        Account, "person_id", person_id=person_id, password_hash=None, password_at=None, old_hashes=[],
        stamp=0, totp_sealed=None, totp_since=None, totp_step=0, created_at=now(),
    )  # fmt: skip
    query = select(Account).where(Account.person_id == person_id).with_for_update()
    return session().scalars(query.execution_options(populate_existing=True)).one()


def account_of(person_id: int) -> Account | None:
    """As it stands, to be looked at."""
    return session().scalars(select(Account).where(Account.person_id == person_id)).first()


def set_password(person_id: int, password_hash: str, rules: Rules) -> None:
    """From now on this one: whoever is logged in with another is not any more, and links to set one are
    over."""
    account = held(person_id)
    old = [account.password_hash] if account.password_hash else []
    account.old_hashes = [*old, *account.old_hashes][: rules.remembered]
    account.password_hash, account.password_at = password_hash, now()
    _all_over(account, "password")


def outdated(person_id: int, known: str, password_hash: str) -> None:
    """The same password with today's parameters, unless it has changed meanwhile."""
    account = held(person_id)
    if account.password_hash == known:
        account.password_hash = password_hash


def reset(person_id: int, *, second_too: bool) -> None:
    """Nothing that this person knew or had opens the account any more."""
    account = held(person_id)
    account.password_hash = None
    if second_too:
        second.switch_off(account)
    _all_over(account, "by_admin")


def close(people: Collection[int], by: By) -> None:
    """Of those who leave, come back, or are somebody else under an old number: the next of them proves anew
    who that is."""
    keys = sorted(people)
    for start in range(0, len(keys), 500):
        query = select(Account).where(Account.person_id.in_(keys[start : start + 500])).with_for_update()
        for account in session().scalars(query.execution_options(populate_existing=True)):
            account.password_hash, account.old_hashes = None, []
            second.switch_off(account)
            note("account", by, ("account", account.person_id), facts={"what": "closed"})
            _all_over(account, "by_admin")


def second_changed(account: Account) -> None:
    """Whoever was logged in before the second factor was another one is not any more."""
    account.stamp += 1
    sessions.end_all(account.person_id, "second_factor")


def _all_over(account: Account, why: str) -> None:
    account.stamp += 1
    sessions.end_all(account.person_id, why)
    states.drop_of(account.person_id, "password_link")
    states.drop_of(account.person_id, "second")
    session().flush()
