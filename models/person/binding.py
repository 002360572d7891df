"""One person, several platform ids: a one-time code typed on one channel joins it to the person of another.

A code has 40 random bits, lives ten minutes and works once; only its keyed hash is stored (A4).
"""

import secrets
from datetime import timedelta

from sqlalchemy import select

from models.base.clock import now
from models.base.orm import put, session
from models.base.privacy import blind
from models.person.tables import BindingCode

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is misread or misheard
LENGTH = 8
LASTS = timedelta(minutes=10)


def issue_code(person_id: int) -> str:
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    put(BindingCode, code_hash=blind(code, "binding"), person_id=person_id, expires_at=now() + LASTS)
    return code


def redeem_code(typed: str) -> int | None:
    """The person who asked for this code, once; None when there is no such code any more."""
    code = typed.strip().upper().replace(" ", "")
    query = select(BindingCode).where(
        BindingCode.code_hash == blind(code, "binding"),
        BindingCode.used_at.is_(None),
        BindingCode.expires_at > now(),
    )
    found = session().scalars(query.with_for_update()).first()
    if found is None:
        return None
    found.used_at = now()
    return found.person_id
