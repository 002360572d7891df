"""Keys: made once, shown once, kept as a hash; each with a name, rights, a quota for a day and a term."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update

from models.base.clock import now
from models.base.orm import put, session
from models.base.refusals import Invalid, NotFound
from models.partner.tables import PartnerKey

RIGHTS = ("read", "report")
MARK = 8
NAME = 60
MOST_A_DAY = 1_000_000


@dataclass(frozen=True, slots=True)
class Holder:
    """Who sent a request, by its key. `community_id`: the only one it may report to, None for all."""

    key_id: int
    name: str
    rights: frozenset[str]
    community_id: int | None
    daily_quota: int

    def may(self, right: str) -> bool:
        return right in self.rights


def make(
    name: str,
    rights: Sequence[str],
    *,
    daily_quota: int,
    community_id: int | None = None,
    until: datetime | None = None,
) -> str:
    """A new key, said here alone and never again. Raises Invalid: key_name_wrong (also one that is taken),
    key_term_wrong, not_possible for rights that are none and a quota of nothing or of too much."""
    name = name.strip()
    if not 0 < len(name) <= NAME or not name.isprintable() or _named(name) is not None:
        raise Invalid("key_name_wrong", name=name[:NAME])
    if not rights or not set(rights) <= set(RIGHTS) or not 0 < daily_quota <= MOST_A_DAY:
        raise Invalid("not_possible")
    if until is not None and until <= now():
        raise Invalid("key_term_wrong")
    key = _new()
    put(
        PartnerKey, name=name, key_hash=_hash(key), mark=key[:MARK],
        rights=[one for one in RIGHTS if one in rights], community_id=community_id,
        daily_quota=daily_quota, until=until, made_at=now(),
    )  # fmt: skip
    return key


def renew(name: str, *, until: datetime | None = None) -> str:
    """Another key in the place of one that was lost, revoked or is over; what came by that one stays its own.
    `until` None: the term stays, if it is not over. Raises NotFound; Invalid: key_term_wrong."""
    kept = _there(name)
    ends = until or kept.until
    if ends is not None and ends <= now():
        raise Invalid("key_term_wrong")
    key = _new()
    kept.key_hash, kept.mark, kept.until, kept.revoked_at = _hash(key), key[:MARK], ends, None
    return key


def revoke(name: str) -> bool:
    """From now on it opens nothing. False when it was revoked before. Raises NotFound."""
    key = _there(name)
    if key.revoked_at is not None:
        return False
    key.revoked_at = now()
    return True


def revoke_all() -> None:
    """After a restore: what was revoked since the backup must not open anything again."""
    every = update(PartnerKey).where(PartnerKey.revoked_at.is_(None)).values(revoked_at=now())
    session().execute(every.execution_options(synchronize_session=False))


def holder_of(key: str) -> Holder | None:
    """None for a key that nobody made, that was revoked or whose term is over: one answer for all."""
    found = session().scalars(
        select(PartnerKey).where(
            PartnerKey.key_hash == _hash(key),
            PartnerKey.revoked_at.is_(None),
            or_(PartnerKey.until.is_(None), PartnerKey.until > now()),
        )
    )
    one = found.first()
    if one is None:
        return None
    return Holder(one.id, one.name, frozenset(one.rights), one.community_id, one.daily_quota)


def listed() -> Sequence[PartnerKey]:
    """All of them, the oldest first."""
    return session().scalars(select(PartnerKey).order_by(PartnerKey.id)).all()


def _named(name: str) -> PartnerKey | None:
    return session().scalars(select(PartnerKey).where(PartnerKey.name == name)).first()


def _there(name: str) -> PartnerKey:
    key = _named(name.strip())
    if key is None:
        raise NotFound("key_not_found", name=name[:NAME])
    return key


def _new() -> str:
    return secrets.token_urlsafe(32)


def _hash(key: str) -> str:
    """Plain, because 256 random bits need no slow one."""
    return hashlib.sha256(key.encode()).hexdigest()
