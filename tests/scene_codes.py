"""Codes of bills and cases, made, altered, made up and taken back by the thousand (A10)."""

import base64
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar
from unittest.mock import patch

from flask import Flask

from handlers.api.document import BASE
from handlers.api.limits import Buckets
from models.client import scenes
from server.database import Database

T = TypeVar("T")
SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"
BITS = 128
SAYS = {"kind", "door", "id", "place"}
_AT_ONCE = 1_000
_SIGMAS = 6  # by which a bit may stray from a half: of 128 bits one does so once in a million runs


@dataclass
class Codes:
    """Each list names codes of which it is not as it has to be."""

    made: int = 0
    guesses: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    twice: list[str] = field(default_factory=list)
    short: list[str] = field(default_factory=list)
    lopsided: list[str] = field(default_factory=list)  # bits that are known beforehand
    found: list[str] = field(default_factory=list)  # by a guess
    wrong: list[str] = field(default_factory=list)  # opens something else, or says more than it may
    alive: list[str] = field(default_factory=list)  # after it was taken back
    dead: list[str] = field(default_factory=list)  # and was not


def try_codes(app: Flask, database: Database, several: int, seed: int) -> Codes:
    """So many codes; each altered in one sign and another one made up; every other one taken back."""
    dice, tried = Random(seed), Codes()
    things = [(scenes.KINDS[n % len(scenes.KINDS)], 1_000_000 + n) for n in range(several)]
    codes = [code for part in _parts(things) for code in database.write(_issued, part)]
    tried.made, tried.twice = len(codes), [code for code, n in Counter(codes).items() if n > 1]
    _measure(codes, tried)
    with patch.object(Buckets, "pay", lambda *_: 0):  # the limit that a guesser meets first
        for code, (kind, _) in zip(codes, things, strict=True):
            status, said = _opened(app, code)
            if status != 200 or set(said) != SAYS or said["kind"] != kind or said["door"] or said["place"]:
                tried.wrong.append(f"{code}: {status} {said}")
            for guess in (_altered(code, dice), "".join(dice.choices(SIGNS, k=len(code)))):
                status, said = _opened(app, guess)
                tried.guesses += 1
                tried.statuses[status] += 1
                if status != 404:
                    tried.found.append(f"{guess}: {status} {said}")
        gone = set(codes[::2])
        for part in _parts(codes[::2]):
            database.write(_revoked, part)
            tried.alive += [code for code in part if _opened(app, code)[0] != 404]
        tried.dead = [code for code in codes if code not in gone and _opened(app, code)[0] != 200]
    anew = [code for part in _parts(things[::2]) for code in database.write(_issued, part)]
    tried.alive += sorted(gone & set(anew))  # what is made again is another one
    return tried


def _measure(codes: Sequence[str], tried: Codes) -> None:
    """Whether each is of as many bits as nobody can guess, and whether none of them is known beforehand."""
    ones = Counter[int]()
    for code in codes:
        raw = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
        if len(raw) * 8 < BITS:
            tried.short.append(code)
        number = int.from_bytes(raw[: BITS // 8])
        ones.update(bit for bit in range(BITS) if number >> bit & 1)
    strays = _SIGMAS * (len(codes) / 4) ** 0.5
    tried.lopsided = [f"bit {bit}" for bit in range(BITS) if abs(ones[bit] - len(codes) / 2) > strays]


def _opened(app: Flask, code: str) -> tuple[int, dict[str, object]]:
    """By somebody who is not logged in."""
    answer = app.test_client().get(f"{BASE}/scenes/{code}")
    return answer.status_code, answer.json or {}


def _altered(code: str, dice: Random) -> str:
    """Another sign in one place."""
    at = dice.randrange(len(code))
    return code[:at] + dice.choice(SIGNS.replace(code[at], "")) + code[at + 1 :]


def _parts(several: Sequence[T]) -> list[Sequence[T]]:
    return [several[at : at + _AT_ONCE] for at in range(0, len(several), _AT_ONCE)]


def _issued(things: Sequence[tuple[str, int]]) -> list[str]:
    return [scenes.issue(kind, number) for kind, number in things]


def _revoked(codes: Sequence[str]) -> None:
    for code in codes:
        assert scenes.revoke(code)
