"""Words of the domain, put right where they were written as they sound: 电提 → 电梯, 登不亮 → 灯不亮.

A run of characters becomes a word of ``lexicon/spelling.toml`` when it sounds like it, shares characters with
it, and no character of the run belongs to another word that is known. So the list of words that are right as
they are matters as much as the list of words to repair to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import NamedTuple

from models.base.resources import table
from models.understanding.sounds import folded_closely, readings


class Repair(NamedTuple):
    """What stands at ``start`` and what it should be; both are of the same length."""

    start: int
    wrong: str
    right: str


@dataclass(frozen=True, slots=True)
class _Words:
    by_sound: dict[tuple[str, str], tuple[str, ...]]
    known: dict[str, tuple[str, ...]]
    meant: frozenset[str]
    never: frozenset[str]


@cache
def _words() -> _Words:
    data = table("lexicon/spelling.toml")
    meant: list[str] = data["meant"]
    by_sound: dict[tuple[str, str], set[str]] = {}
    for word in meant:
        for one, two in product(_sounds(word[0]), _sounds(word[1])):
            by_sound.setdefault((one, two), set()).add(word)
    known: dict[str, set[str]] = {}
    for word in (*meant, *data["right"].split(), *data["everyday"].split()):
        known.setdefault(word[:2], set()).add(word)
    return _Words(
        {sounds: _longest_first(words) for sounds, words in by_sound.items()},
        {start: _longest_first(words) for start, words in known.items()},
        frozenset(meant),
        frozenset(data["never"]),
    )


def _longest_first(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


@cache
def _sounds(sign: str) -> tuple[str, ...]:
    return tuple(folded_closely(syllable) for syllable in readings(sign))


@cache
def _sound(sign: str) -> str:
    """The usual one; empty for what is no Chinese character."""
    return folded_closely(found[0]) if (found := readings(sign)) else ""


def repairs(text: str) -> list[Repair]:
    """What is to be put right, in its order; nothing overlaps."""
    words = _words()
    sounds = [_sound(sign) for sign in text]
    found: list[Repair] = []
    known: list[tuple[int, int, bool]] | None = None
    at = 0
    while at < len(text) - 1:
        skip = 1
        for word in words.by_sound.get((sounds[at], sounds[at + 1]), ()):
            run = text[at : at + len(word)]
            if run == word:
                skip = len(word)
                break
            if not _is_slip(run, word):
                continue
            if known is None:
                known = list(_known_in(text, words))
            if _is_free(at, run, word, known):
                found.append(Repair(at, run, word))
                skip = len(word)
                break
        at += skip
    return found


def _is_slip(run: str, word: str) -> bool:
    """Whether the run is the word by ear, with half of it or more written right."""
    if len(run) != len(word):
        return False
    wrong = [(sign, right) for sign, right in zip(run, word, strict=True) if sign != right]
    if len(wrong) * 2 > len(word) or any(sign in _words().never or not readings(sign) for sign, _ in wrong):
        return False
    known = 1 if len(word) == 2 else 2  # how many readings of the right character
    return all(
        folded_closely(readings(sign)[0])
        in {folded_closely(syllable) for syllable in readings(right)[:known]}
        for sign, right in wrong
    )


def _known_in(text: str, words: _Words) -> Iterable[tuple[int, int, bool]]:
    """Where each known word begins and ends, and whether it is one of those that are meant."""
    for at in range(len(text) - 1):
        for word in words.known.get(text[at : at + 2], ()):
            if text.startswith(word, at):
                yield at, at + len(word), word in words.meant


def _is_free(start: int, run: str, word: str, known: list[tuple[int, int, bool]]) -> bool:
    """Whether no known word holds a wrong character, or reaches over the run's edge.

    Over the edge of three right characters and more, another meant word may reach: 声空灯|不亮.
    """
    end = start + len(run)
    for begin, stop, meant in known:
        if stop <= start or begin >= end:
            continue
        part = slice(max(begin - start, 0), stop - start)
        inside = begin >= start and stop <= end
        if run[part] != word[part] or not (inside or (meant and len(run) >= 3)):
            return False
    return True
