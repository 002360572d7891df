"""The names of a town's estates, and how to find one in a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from models.base.resources import table
from models.understanding import numerals
from models.understanding.normal import normal


class EstateFound(NamedTuple):
    """An estate's canonical name and where the sentence names it."""

    name: str
    start: int
    end: int


@cache
def _homophones() -> dict[int, str]:
    """Characters that sound or look alike become the first of their group."""
    groups: list[str] = table("lexicon/homophones.toml")["groups"]
    return {ord(sign): group[0] for group in groups for sign in group[1:]}


@cache
def _neighbours() -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    data = table("lexicon/place.toml")["neighbours"]
    kinds = sorted(data["estate_kinds"], key=len, reverse=True)
    return tuple(data["not_after_estate"]), tuple(data["after_short_estate"]), tuple(kinds)


def _stem(name: str) -> str | None:
    """A name without its last part (小区, 花园 …), when at least two characters stay."""
    for kind in _neighbours()[2]:
        if name.endswith(kind) and len(name) - len(kind) >= 2:
            return name.removesuffix(kind)
    return None


@dataclass(frozen=True, slots=True)
class _Name:
    spelling: str
    estate: str
    short: bool  # not listed by the town: needs a place behind it


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Immutable. Build one per version of the town with ``of`` and share it."""

    _exact: dict[str, tuple[_Name, ...]]
    _folded: dict[str, tuple[_Name, ...]]
    size: int

    @classmethod
    def of(cls, estates: Iterable[tuple[str, Iterable[str]]]) -> Gazetteer:
        """From (canonical name, aliases) pairs. A spelling that two estates share belongs to the first.

        A name's stem (森大 of 森大花园) is understood too where only one estate has it and a place follows.
        """
        listed: dict[str, str] = {}
        stems: dict[str, set[str]] = {}
        names: set[str] = set()
        for estate, aliases in estates:
            names.add(estate)
            for spelling in (estate, *aliases):
                spelling = normal(spelling)
                if len(spelling) >= 2:
                    listed.setdefault(spelling, estate)
            stem = _stem(normal(estate))
            if stem:
                stems.setdefault(stem, set()).add(estate)
        known = [_Name(spelling, estate, short=False) for spelling, estate in listed.items()]
        known += [
            _Name(stem, min(owners), short=True)
            for stem, owners in stems.items()
            if len(owners) == 1 and stem not in listed
        ]
        fold = _homophones()
        return cls(
            _index(known),
            _index(
                _Name(name.spelling.translate(fold), name.estate, name.short)
                for name in known
                if len(name.spelling) >= 3
            ),
            len(names),
        )

    def find(self, text: str) -> EstateFound | None:
        """The first estate that a normalised sentence names; a name right as written goes before a slip."""
        return self._search(text, text, self._exact) or self._search(
            text.translate(_homophones()), text, self._folded
        )

    @staticmethod
    def _search(text: str, original: str, index: dict[str, tuple[_Name, ...]]) -> EstateFound | None:
        elsewhere, after_short, _ = _neighbours()
        at, length = 0, len(text)
        while at < length - 1:
            skip = 1
            for name in index.get(text[at : at + 2], ()):
                if not text.startswith(name.spelling, at):
                    continue
                end = at + len(name.spelling)
                if original.startswith(elsewhere, end):
                    skip = len(name.spelling)
                elif not name.short or _place_follows(original, end, after_short):
                    return EstateFound(name.estate, at, end)
            at += skip
        return None


def _index(names: Iterable[_Name]) -> dict[str, tuple[_Name, ...]]:
    """By the first two characters, longest spelling first."""
    index: dict[str, list[_Name]] = {}
    for name in names:
        index.setdefault(name.spelling[:2], []).append(name)
    return {key: tuple(sorted(found, key=lambda name: -len(name.spelling))) for key, found in index.items()}


def _place_follows(text: str, end: int, after_short: tuple[str, ...]) -> bool:
    following = text[end : end + 8].lstrip(" ,的")
    first = following[:1]
    return bool(first) and (first.isdigit() or first in numerals.signs() or following.startswith(after_short))
