"""Sessions that the server keeps: dead at once when somebody logs out, changes the password or the post.

A token has 256 random bits and only its hash is stored. Every request asks the database, in one statement,
whether the session, the account and the post behind it still are what they were (A5); nothing is remembered
by a process. Idle and absolute time as reliability asks of staff: 30 minutes, 12 hours.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import bindparam, select, update

from models.account.tables import Account, LoginSession
from models.base.clock import now
from models.base.orm import put, session
from models.base.privacy import blind
from models.base.refusals import NotFound
from models.person.tables import Staff

IDLE = timedelta(minutes=30)
LASTS = timedelta(hours=12)
STRONG = timedelta(minutes=15)  # so long a second factor speaks for what follows it
SEEN_EVERY = timedelta(minutes=1)
BROWSER = 200

Way = Literal["password", "work", "official"]


@dataclass(frozen=True, slots=True)
class Signed:
    """Somebody who is logged in, as one request sees them."""

    person_id: int
    session_id: int
    way: Way
    strong_until: datetime | None
    begun_at: datetime
    seen_at: datetime

    @property
    def is_new(self) -> bool:
        """Whether it began within the last quarter of an hour."""
        return now() - self.begun_at < STRONG

    @property
    def is_strong(self) -> bool:
        """Whether a second factor was shown within the last quarter of an hour."""
        return self.strong_until is not None and self.strong_until > now()

    @property
    def is_unseen(self) -> bool:
        """Whether `seen` is due: it writes, so it is called once a minute and not with each request."""
        return now() - self.seen_at >= SEEN_EVERY


def begin(person_id: int, way: Way, *, strong: bool, browser: str = "", address: str = "") -> str:
    """A new session's token, for the browser alone. Raises NotFound for somebody without a post."""
    row = session().execute(_POST.where(Staff.person_id == person_id, Staff.active)).first()
    if row is None:
        raise NotFound("page_not_found")
    token, at = secrets.token_urlsafe(32), now()
    put(
        LoginSession, token_hash=_hash(token), person_id=person_id, way=way, stamp=row.stamp or 0,
        post=_post(row.number, row.roles, row.community_id), browser=browser[:BROWSER],
        address_hash=at_address(address), strong_until=at + STRONG if strong else None,
        begun_at=at, seen_at=at,
    )  # fmt: skip
    return token


_POST = select(Staff.number, Staff.roles, Staff.community_id, Account.stamp).outerjoin(
    Account, Account.person_id == Staff.person_id
)


def holder(token: str) -> Signed | None:
    """Who holds this token; None when its session is over, for whatever reason. One statement."""
    if not token:
        return None
    row = session().connection().execute(_HELD, {"hash": _hash(token)}).first()
    at = now()
    if (
        row is None
        or row.ended_at is not None
        or at - row.seen_at > IDLE
        or at - row.begun_at > LASTS
        or row.stamp != (row.present_stamp or 0)
        or row.post != _post(row.number, row.roles, row.community_id)
    ):
        return None
    return Signed(row.person_id, row.id, row.way, row.strong_until, row.begun_at, row.seen_at)


_HELD = (
    select(
        LoginSession.id,
        LoginSession.person_id,
        LoginSession.way,
        LoginSession.stamp,
        LoginSession.post,
        LoginSession.strong_until,
        LoginSession.begun_at,
        LoginSession.seen_at,
        LoginSession.ended_at,
        Staff.number,
        Staff.roles,
        Staff.community_id,
        Account.stamp.label("present_stamp"),
    )
    .join(Staff, (Staff.person_id == LoginSession.person_id) & Staff.active)
    .outerjoin(Account, Account.person_id == LoginSession.person_id)
    .where(LoginSession.token_hash == bindparam("hash"))
)  # whole from the start, because to put it together costs as much as to run it, and every request runs it


def is_alive(session_id: int) -> bool:
    """Whether nobody has ended it. The account's row is held: what ends it meanwhile waits for us."""
    query = select(LoginSession.ended_at).where(LoginSession.id == session_id).with_for_update()
    return session().execute(query).one().ended_at is None


def seen(session_id: int) -> None:
    """The session is in use: half an hour begins anew."""
    _change(LoginSession.id == session_id, seen_at=now())


def strengthen(session_id: int) -> None:
    """A second factor was shown in this session just now."""
    _change(LoginSession.id == session_id, strong_until=now() + STRONG)


def end(token: str, why: str = "logout") -> None:
    """Ends the session of this token; nothing happens when there is none."""
    _change(LoginSession.token_hash == _hash(token), ended_at=now(), ended_why=why)


def end_one(person_id: int, session_id: int, why: str = "elsewhere") -> None:
    """Ends one of a person's own sessions."""
    mine = (LoginSession.id == session_id) & (LoginSession.person_id == person_id)
    _change(mine, ended_at=now(), ended_why=why)


def end_all(person_id: int, why: str) -> int:
    """Ends every session of a person; how many there were. Whoever changes what opens the account begins a
    new one for the person who is in front of it."""
    return _change(LoginSession.person_id == person_id, ended_at=now(), ended_why=why)


def alive(person_id: int) -> list[LoginSession]:
    """A person's sessions that can still be used as far as time goes, latest first."""
    at = now()
    query = select(LoginSession).where(
        LoginSession.person_id == person_id,
        LoginSession.ended_at.is_(None),
        LoginSession.seen_at > at - IDLE,
        LoginSession.begun_at > at - LASTS,
    )
    return list(session().scalars(query.order_by(LoginSession.seen_at.desc(), LoginSession.id.desc())))


def at_address(address: str) -> str | None:
    """A keyed hash by which an address is known again."""
    return blind(address, "login_address") if address else None


def _change(which: object, **values: object) -> int:
    changed = update(LoginSession).where(which, LoginSession.ended_at.is_(None)).values(**values)  # type: ignore[arg-type]
    done = session().execute(changed.execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _post(number: str, roles: list[str], community_id: int | None) -> str:
    """What a person's post is, in 32 letters: a session holds for this one and no other."""
    kept = "|".join([number, ",".join(sorted(roles)), str(community_id or "")])
    return hashlib.sha256(kept.encode()).hexdigest()[:32]
