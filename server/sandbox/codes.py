"""One-time codes: page login, mini-program login, phone number. Five minutes, once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from server.sandbox.wire import Refused


@dataclass
class _Code:
    kind: str
    phone_id: str
    until: float
    used: bool = False


class Codes:
    def __init__(self, life: float) -> None:
        self._life = life
        self._codes: dict[str, _Code] = {}

    def issue(self, kind: str, phone_id: str, now: float) -> str:
        """A code of one ``kind`` for the holder of that phone."""
        value = secrets.token_urlsafe(24)
        self._codes[value] = _Code(kind, phone_id, now + self._life)
        return value

    def redeem(self, kind: str, value: object, now: float) -> str:
        """The phone id behind a code; 40029 unknown or of another kind, 40163 used, 42003 expired."""
        code = self._codes.get(value) if isinstance(value, str) else None
        if code is None or code.kind != kind:
            raise Refused(40029, "invalid code")
        if code.used:
            raise Refused(40163, "code been used")
        if now > code.until:
            raise Refused(42003, "oauth_code expired")
        code.used = True
        return code.phone_id
