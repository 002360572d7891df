"""Whom to call about a case. Name and phone of somebody without WeChat are sealed to the case."""

import json
from typing import NamedTuple

from models.base.orm import session
from models.base.privacy import masked_name, masked_phone, seal, unseal
from models.case.case import Case
from models.person.tables import Person


class Caller(NamedTuple):
    """Either is "" where it is not known."""

    name: str
    phone: str

    def masked(self) -> "Caller":
        return Caller(self.name and masked_name(self.name), self.phone and masked_phone(self.phone))


def keep_caller(case: Case, name: str, phone: str, email: str = "") -> None:
    """Each may be empty; with all empty nothing is kept."""
    if name or phone or email:
        known = [name, phone, email] if email else [name, phone]
        case.caller_sealed = seal(json.dumps(known, ensure_ascii=False), _where(case))


def caller_of(case: Case) -> Caller | None:
    """None when nobody left a name or phone, or when it was sealed with another key."""
    opened = _opened(case)
    return Caller(*opened[:2]) if opened is not None else None


def email_of(case: Case) -> str:
    """Where else whoever reported it may be written to; "" where it is not known. Only other programs say
    one."""
    opened = _opened(case) or []
    return opened[2] if len(opened) > 2 else ""


def _opened(case: Case) -> list[str] | None:
    said = unseal(case.caller_sealed, _where(case)) if case.caller_sealed else None
    return list(json.loads(said)) if said is not None else None


def whom_to_call(case: Case) -> Caller | None:
    """Whom to call about it: the caller as entered, else the reporter, as far as a phone is known."""
    caller = caller_of(case)
    if caller is not None or case.reporter_id is None:
        return caller
    person = session().get(Person, case.reporter_id)
    if person is None or not (person.phone_sealed or person.name_sealed):
        return None
    name, phone = (
        unseal(sealed, f"people.{column}/{person.public_id}") if sealed else None
        for sealed, column in ((person.name_sealed, "name"), (person.phone_sealed, "phone"))
    )
    return Caller(name or "", phone or "")


def _where(case: Case) -> str:
    return f"cases.caller/{case.public_id}"
