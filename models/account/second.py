"""The second factor: codes of six digits that change each half minute (RFC 6238), and ten codes on paper.

A code is taken once: the half minute it was made for is kept, and nothing of that time or before comes in
again (A12). One step of drift either way is allowed, because telephones' clocks differ.
"""

import hmac
import secrets
import unicodedata
from datetime import datetime

import pyotp
from sqlalchemy import delete, func, select, update

from models.account.tables import Account, RecoveryCode
from models.base.clock import now
from models.base.orm import put, session
from models.base.privacy import blind, seal, unseal

STEP, DRIFT = 30, 1  # seconds; steps either way
DIGITS = 6
ISSUER = "hemei"
CODES = 10
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is misread
LENGTH = 12  # sixty bits


def offer(account: Account) -> str:
    """A secret that is not in force yet, the same one until it is: base32, to be scanned or typed."""
    if account.totp_since is None and account.totp_sealed is not None:
        kept = unseal(account.totp_sealed, _where(account))
        if kept is not None:
            return kept
    secret = pyotp.random_base32()
    account.totp_sealed, account.totp_since, account.totp_step = seal(secret, _where(account)), None, 0
    session().flush()
    return secret


def address_of(secret: str, number: str) -> str:
    """What the telephone scans: otpauth://totp/…"""
    return pyotp.TOTP(secret).provisioning_uri(name=number, issuer_name=ISSUER)


def is_on(account: Account | None) -> bool:
    return account is not None and account.totp_since is not None


def confirm(account: Account, code: str) -> bool:
    """The first code of a secret that was offered puts it in force."""
    if account.totp_since is not None or not _takes(account, _typed(code), now()):
        return False
    account.totp_since = now()
    session().flush()
    return True


def passes(account: Account, code: str) -> bool:
    """Whether it is a code of the telephone, or one of those on paper, which is spent with it. The account's
    row is held."""
    typed = _typed(code)
    if account.totp_since is None:
        return False
    return _takes(account, typed, now()) if len(typed) == DIGITS else _spend(account.person_id, typed)


def new_codes(person_id: int) -> list[str]:
    """Ten new codes, to be shown once; those before are no longer good."""
    session().execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(CODES)]
    for code in codes:
        put(RecoveryCode, person_id=person_id, code_hash=_hash(person_id, code), made_at=now())
    return ["-".join((code[:4], code[4:8], code[8:])) for code in codes]


def codes_left(person_id: int) -> int:
    mine = (RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return session().scalar(select(func.count()).select_from(RecoveryCode).where(*mine)) or 0


def switch_off(account: Account) -> None:
    """No second factor any more, until the next one is set up."""
    account.totp_sealed, account.totp_since, account.totp_step = None, None, 0
    session().execute(delete(RecoveryCode).where(RecoveryCode.person_id == account.person_id))
    session().flush()


def _typed(code: str) -> str:
    """As people write it: with gaps and dashes, in small letters, with the wide digits of a Chinese
    keyboard."""
    plain = unicodedata.normalize("NFKC", code).upper()
    return "".join(sign for sign in plain if sign.isascii() and sign.isalnum())


def _takes(account: Account, code: str, at: datetime) -> bool:
    secret = unseal(account.totp_sealed, _where(account)) if account.totp_sealed else None
    if secret is None:
        return False
    totp, present = pyotp.TOTP(secret), int(at.timestamp()) // STEP
    good = 0
    for step in range(present - DRIFT, present + DRIFT + 1):  # all of them, so that each takes as long
        if hmac.compare_digest(totp.generate_otp(step), code) and step > account.totp_step:
            good = step
    if good:
        account.totp_step = good
        session().flush()
    return good > 0


def _spend(person_id: int, typed: str) -> bool:
    spent = update(RecoveryCode).where(
        RecoveryCode.person_id == person_id,
        RecoveryCode.code_hash == _hash(person_id, typed),
        RecoveryCode.used_at.is_(None),
    )
    done = session().execute(spent.values(used_at=now()).execution_options(synchronize_session=False))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _hash(person_id: int, code: str) -> str:
    return blind(f"{person_id}/{code}", "recovery")


def _where(account: Account) -> str:
    return f"accounts.totp/{account.person_id}"
