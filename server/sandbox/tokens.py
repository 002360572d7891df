"""Access tokens as the platforms hand them out, let them overlap, and take them back."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from server.sandbox.accounts import Limits
from server.sandbox.wire import Refused


def beijing_day(now: float) -> int:
    """The day in Beijing as a plain number; quotas start again at its midnight."""
    return int((now + 8 * 3600) // 86400)


@dataclass
class Token:
    value: str
    holder: str  # the secret that it was given for
    expires: float


class Tokens:
    """The tokens of one platform.

    ``fresh`` is the service account's old interface (each call a new token, the one before lives ``overlap``
    longer), ``stable`` the newer one (the same token until its last minutes), ``lasting`` WeCom's (the same
    token while it lives). Tokens of one interface do not touch those of another.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._known: dict[str, Token] = {}
        self._current: dict[tuple[str, str], Token] = {}
        self._forced: dict[str, list[float]] = {}

    def _issue(self, kind: str, holder: str, now: float) -> Token:
        token = Token(secrets.token_urlsafe(96), holder, now + self._limits.token_life)
        self._known[token.value] = self._current[kind, holder] = token
        return token

    def fresh(self, holder: str, now: float) -> tuple[str, int]:
        """A new token and its life in whole seconds."""
        before = self._current.get(("fresh", holder))
        if before:
            before.expires = min(before.expires, now + self._limits.token_overlap)
        return self._with_rest(self._issue("fresh", holder, now), now)

    def stable(self, holder: str, now: float, *, force: bool = False) -> tuple[str, int]:
        """The standing token and the rest of its life; 45009 or 45011 when force is used too often."""
        token = self._current.get(("stable", holder))
        if force:
            today = [at for at in self._forced.get(holder, []) if beijing_day(at) == beijing_day(now)]
            if len(today) >= self._limits.forced_tokens_per_day:
                raise Refused(45009, "reach max api daily quota limit")
            if today and now - today[-1] < self._limits.forced_token_gap:
                raise Refused(45011, "api minute-quota reach limit mustslower retry next minute")
            self._forced[holder] = [*today, now]
            if token:
                del self._known[token.value]
            return self._with_rest(self._issue("stable", holder, now), now)
        if token is None or token.expires - now <= self._limits.token_overlap:
            token = self._issue("stable", holder, now)
        return self._with_rest(token, now)

    def lasting(self, holder: str, now: float) -> tuple[str, int]:
        """WeCom: the same token while it lives."""
        token = self._current.get(("lasting", holder))
        if token is None or token.expires <= now:
            token = self._issue("lasting", holder, now)
        return self._with_rest(token, now)

    @staticmethod
    def _with_rest(token: Token, now: float) -> tuple[str, int]:
        return token.value, int(token.expires - now)

    def check(self, value: str, now: float, *, unknown: int = 40001) -> str:
        """The holder of a living token; 41001 missing, 40014 malformed, ``unknown`` not ours, 42001 over."""
        if not value:
            raise Refused(41001, "access_token missing")
        token = self._known.get(value)
        if token is None:
            if len(value) < 16 or not value.isprintable() or " " in value:
                raise Refused(40014, "invalid access_token")
            raise Refused(unknown, "invalid credential, access_token is invalid or not latest")
        if token.expires <= now:
            raise Refused(42001, "access_token expired")
        return token.holder

    def expire(self, now: float) -> None:
        """All tokens are over from now on: callers see 42001."""
        for token in self._known.values():
            token.expires = min(token.expires, now)

    def forget(self) -> None:
        """All tokens are gone, as after a reset of the secret: callers see 40001 (WeCom: 40014)."""
        self._known.clear()
        self._current.clear()


class Counters:
    """How often each interface was called today and in this minute, against its quota."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, int], int] = {}

    def spend(self, name: str, slot: int, limit: int, errmsg: str) -> None:
        """Count one use of ``name`` in ``slot``; 45009 when ``limit`` uses are over already."""
        key = (name, slot)
        used = self._counts.get(key, 0)
        if used >= limit:
            raise Refused(45009, errmsg)
        if not used:  # a new slot: the older ones of this name are history
            for old in [k for k in self._counts if k[0] == name]:
                del self._counts[old]
        self._counts[key] = used + 1
