"""Faults on order: what the platforms do on their bad days, scripted from tests or over HTTP."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

KINDS = ("delay", "refuse", "http", "garbage", "cut", "bad-token", "unsigned")


@dataclass
class Fault:
    """One rule; the first that matches bends the call.

    ``kind``: ``delay`` (``seconds_late`` before the answer, effect at once), ``refuse`` (``errcode``, no
    effect), ``http`` (``status`` with an HTML page), ``garbage`` (200 that is not JSON), ``cut`` (connection
    closed), ``bad-token`` (40001 for everything that needs a token, however new the token is), ``unsigned``
    (WeChat Pay's answer without what proves it). At WeChat Pay ``refuse`` answers HTTP ``errcode`` with the
    code ``errmsg``, and a rule for the path ``/push/*`` loses notifications.
    ``effect`` lets http, garbage and cut strike *after* the platform did what it was asked: the outcome that
    the caller cannot know. ``times`` ends the rule after so many calls, ``until`` at that moment; ``share``
    bends only that part of the matching calls, chosen by a seeded generator.
    """

    kind: str
    path: str = "*"
    platform: str = "*"
    who: str = "*"
    times: int | None = None
    until: float | None = None
    share: float = 1.0
    effect: bool = False
    errcode: int = -1
    errmsg: str = "system error"
    status: int = 502
    seconds_late: float = 0.0
    number: int = 0
    struck: int = 0


class Faults:
    """The rules in force, oldest first."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []
        self._next = 1
        self._dice = random.Random(7)  # noqa: S311 - a seeded choice of victims, no secret

    def add(self, kind: str, *, now: float, seconds: float | None = None, **more: Any) -> Fault:
        """Put a rule in force for ``seconds`` (without: for ever); ValueError when it is not a rule."""
        if kind not in KINDS:
            raise ValueError(f"unknown fault {kind!r}; known: {', '.join(KINDS)}")
        if kind == "refuse" and int(more.get("errcode", -1)) == 0:
            raise ValueError("a refusal needs an errcode other than 0")
        try:
            rule = Fault(kind, **more)
        except TypeError as error:
            raise ValueError(str(error)) from None
        rule.until = None if seconds is None else now + seconds
        rule.number, self._next = self._next, self._next + 1
        self._rules.append(rule)
        return rule

    def lift(self, number: int | None = None) -> None:
        """Take one rule out of force, or all."""
        self._rules = [] if number is None else [rule for rule in self._rules if rule.number != number]

    def as_json(self) -> list[dict[str, Any]]:
        return [asdict(rule) for rule in self._rules]

    def strike(
        self, platform: str, path: str, receiver: Callable[[], str], now: float, *, needs_token: bool
    ) -> Fault | None:
        """The rule that bends this call, counted as used; None on a good day."""
        if not self._rules:
            return None
        self._rules = [rule for rule in self._rules if rule.until is None or now < rule.until]
        for rule in self._rules:
            if (
                (needs_token or rule.kind != "bad-token")
                and fnmatchcase(platform, rule.platform)
                and fnmatchcase(path, rule.path)
                and (rule.who == "*" or fnmatchcase(receiver(), rule.who))
                and (rule.share >= 1 or self._dice.random() < rule.share)
            ):
                rule.struck += 1
                if rule.times is not None and rule.struck >= rule.times:
                    self._rules.remove(rule)
                return rule
        return None
