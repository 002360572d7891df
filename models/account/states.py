"""Something begun that is ended once, by the browser that began it: a way over a platform, into the console
or to a resident's own pages (A8), a second factor, a link to set a password. Tokens have 256 random bits;
only hashes are kept."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, select, update

from models.account.tables import LoginState
from models.base.clock import ago, now
from models.base.orm import put, session

#: How long each kind can be ended.
LASTS = {
    "work": timedelta(minutes=10),
    "official": timedelta(minutes=10),
    "page": timedelta(minutes=10),
    "second": timedelta(minutes=10),
    "set_up": timedelta(minutes=10),
    "password_link": timedelta(hours=24),
}
TRIES = 5  # of a code; then the password is asked for again


@dataclass(frozen=True, slots=True)
class Begun:
    """What was begun, for whoever ends it."""

    id: int
    person_id: int | None
    next: str


def begin(
    kind: str,
    browser: str | None,
    *,
    person_id: int | None = None,
    next_path: str = "",
    by: int | None = None,
) -> str:
    """`browser`: what only the browser that begins it has; None for a link that any may open."""
    token = secrets.token_urlsafe(32)
    put(
        LoginState, token_hash=_hash(token), kind=kind, browser_hash=_hash(browser) if browser else None,
        person_id=person_id, next=next_path, by_id=by, tries=0, made_at=now(), expires_at=now() + LASTS[kind],
    )  # fmt: skip
    return token


def look(kind: str, token: str, browser: str | None) -> Begun | None:
    """What this token began, if it can still be ended here."""
    row = session().execute(_BEGUN.where(*_open(kind, token, browser))).first()
    return None if row is None else Begun(*row)


def take(kind: str, token: str, browser: str | None) -> Begun | None:
    """The same, and ends it: of any number at once one gets it."""
    ended = update(LoginState).where(*_open(kind, token, browser)).values(used_at=now())
    row = (
        session()
        .connection()
        .execute(ended.returning(LoginState.id, LoginState.person_id, LoginState.next))
        .first()
    )
    return None if row is None else Begun(*row)


def try_once(kind: str, token: str, browser: str | None) -> Begun | None:
    """Pays for one of its five tries; None when there are none left."""
    more = update(LoginState).where(*_open(kind, token, browser), LoginState.tries < TRIES)
    row = (
        session()
        .connection()
        .execute(
            more.values(tries=LoginState.tries + 1).returning(
                LoginState.id, LoginState.person_id, LoginState.next
            )
        )
        .first()
    )
    return None if row is None else Begun(*row)


def drop_of(person_id: int, kind: str) -> None:
    """Whatever of this kind is open for a person can no longer be ended."""
    mine = (LoginState.person_id == person_id, LoginState.kind == kind, LoginState.used_at.is_(None))
    session().connection().execute(update(LoginState).where(*mine).values(used_at=now()))


def forget_old(most: int = 500) -> int:
    """Removes what ran out a day ago; how many."""
    old = select(LoginState.id).where(LoginState.expires_at < ago(days=1)).limit(most)
    done = session().connection().execute(delete(LoginState).where(LoginState.id.in_(old)))
    return int(done.rowcount)


_BEGUN = select(LoginState.id, LoginState.person_id, LoginState.next)


def _open(kind: str, token: str, browser: str | None) -> tuple[ColumnElement[bool], ...]:
    of_browser = LoginState.browser_hash == _hash(browser) if browser else LoginState.browser_hash.is_(None)
    return (
        LoginState.token_hash == _hash(token),
        LoginState.kind == kind,
        of_browser,
        LoginState.used_at.is_(None),
        LoginState.expires_at > now(),
    )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
