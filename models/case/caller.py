"""Somebody without WeChat: name and phone as told, sealed to the case that they belong to."""

import json
from typing import NamedTuple

from models.base.privacy import seal, unseal
from models.case.case import Case


class Caller(NamedTuple):
    name: str
    phone: str


def keep_caller(case: Case, name: str, phone: str) -> None:
    """Either may be empty; with both empty nothing is kept."""
    if name or phone:
        case.caller_sealed = seal(json.dumps([name, phone], ensure_ascii=False), _where(case))


def caller_of(case: Case) -> Caller | None:
    """None when nobody left a name or phone, or when it was sealed with another key."""
    opened = unseal(case.caller_sealed, _where(case)) if case.caller_sealed else None
    return Caller(*json.loads(opened)) if opened is not None else None


def _where(case: Case) -> str:
    return f"cases.caller/{case.public_id}"
