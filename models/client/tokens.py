"""Tokens: who a program speaks for. One lives thirty days after it was last used.

Only hashes are kept. Before somebody has accepted the notice that comes first, nothing of them may be kept
at all (X01): until then the token itself carries, sealed, who the platform says it is, for an hour; accepted,
the same token is kept and goes on. Any token carries, sealed, the openid by which its holder came in, because
one person may have several accounts, and a platform is asked for what belongs to the one that is in the hand.
"""

import base64
import hashlib
import json
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, select, update

from models.base.clock import now
from models.base.orm import put_once, session
from models.base.privacy import seal, unseal
from models.client.tables import ClientToken

LASTS = timedelta(days=30)  # after its last use
NEWCOMER_LASTS = timedelta(hours=1)
NOTED_EVERY = timedelta(hours=1)  # its use: a write for each request would cost more than the request
KEEP = timedelta(days=90)
_SEALED, _CAME_BY = "newcomer", "client_tokens.openid"
_BEGINS = "n."


class Newcomer(NamedTuple):
    """Who the platform says it is, and of whom nothing is kept yet."""

    way: str
    openid: str
    unionid: str | None
    until: datetime


class Holder(NamedTuple):
    person_id: int
    token_id: int
    way: str
    seen_at: datetime

    @property
    def is_unseen(self) -> bool:
        return now() - self.seen_at > NOTED_EVERY


def new_token(openid: str = "") -> str:
    """256 random bits, and the openid for `openid_of`."""
    random = secrets.token_urlsafe(32)
    return f"{random}.{_closed(openid, _CAME_BY)}" if openid else random


def openid_of(token: str) -> str | None:
    """By which account its holder came in; None where the token does not say. Only of a token that holds."""
    said = _opened(token.removeprefix(_BEGINS), _SEALED) if token.startswith(_BEGINS) else None
    if said is not None:
        return str(json.loads(said)[1])
    return _opened(token.partition(".")[2], _CAME_BY)


def newcomers_token(way: str, openid: str, unionid: str | None) -> str:
    """A token of which nothing is kept."""
    until = (now() + NEWCOMER_LASTS).timestamp()
    return _BEGINS + _closed(json.dumps([way, openid, unionid, until, secrets.token_hex(8)]), _SEALED)


def newcomer(token: str) -> Newcomer | None:
    """Whom a newcomer's token names, while it holds and nobody has ended it."""
    if not token.startswith(_BEGINS) or len(token) > 1000:
        return None
    said = _opened(token.removeprefix(_BEGINS), _SEALED)
    if said is None:
        return None
    way, openid, unionid, until, _ = json.loads(said)
    found = Newcomer(way, openid, unionid, datetime.fromtimestamp(until, now().tzinfo))
    return None if found.until < now() or _is_kept(token) else found


def begin(person_id: int, way: str, token: str) -> None:
    """From now on `token` speaks for this person; one that was begun before, or has ended, stays so."""
    at = now()
    put_once(
        ClientToken, "token_hash",
        token_hash=hash_of(token), person_id=person_id, way=way, begun_at=at, seen_at=at,
    )  # fmt: skip


def holder(token: str) -> Holder | None:
    """Who holds this token; None when it is over. One statement."""
    query = select(ClientToken.person_id, ClientToken.id, ClientToken.way, ClientToken.seen_at)
    row = (
        session()
        .execute(
            query.where(
                ClientToken.token_hash == hash_of(token),
                ClientToken.ended_at.is_(None),
                ClientToken.seen_at > now() - LASTS,
            )
        )
        .first()
    )
    return None if row is None else Holder(*row)


def seen(token_id: int) -> None:
    """It is in use: thirty days begin anew."""
    session().execute(update(ClientToken).where(ClientToken.id == token_id).values(seen_at=now()))


def end(token: str, why: str = "logout") -> None:
    """Ends this token; nothing happens when there is none."""
    _end(ClientToken.token_hash == hash_of(token), why)


def end_all(person_id: int, why: str) -> int:
    """Ends all tokens that speak for this person; how many there were."""
    return _end(ClientToken.person_id == person_id, why)


def alive(person_id: int) -> list[ClientToken]:
    """A person's tokens that can still be used, latest first."""
    query = select(ClientToken).where(
        ClientToken.person_id == person_id,
        ClientToken.ended_at.is_(None),
        ClientToken.seen_at > now() - LASTS,
    )
    return list(session().scalars(query.order_by(ClientToken.seen_at.desc(), ClientToken.id.desc())))


def nobody_is_in() -> None:
    """After a restore: what was ended since the backup must not live again."""
    _end(ClientToken.id.is_not(None), "restored")


def forget_old(most: int = 500) -> int:
    """Removes tokens that nobody used for 90 days; how many."""
    old = select(ClientToken.id).where(ClientToken.seen_at < now() - KEEP).limit(most)
    done = session().execute(delete(ClientToken).where(ClientToken.id.in_(old)))
    return int(done.rowcount)  # type: ignore[attr-defined]


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _closed(said: str, where: str) -> str:
    """Sealed, in signs that may stand in a token."""
    return seal(said, where).translate(str.maketrans("+/", "-_", "="))


def _opened(text: str, where: str) -> str | None:
    """None for what we did not seal, or not in these signs."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        said = unseal(base64.b64encode(raw).decode(), where)
    except ValueError:  # no base64 at all, or too short
        return None
    # because the same bytes written otherwise would be another token, which nobody has ended
    return said if base64.urlsafe_b64encode(raw).decode().rstrip("=") == text else None


def _is_kept(token: str) -> bool:
    query = select(ClientToken.id).where(ClientToken.token_hash == hash_of(token))
    return session().execute(query).first() is not None


def _end(which: object, why: str) -> int:
    ended = update(ClientToken).where(which, ClientToken.ended_at.is_(None))  # type: ignore[arg-type]
    done = session().execute(
        ended.values(ended_at=now(), ended_why=why).execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]
