"""The names of a town's estates, and how to find one in a sentence.

A name counts as it is written, and when each of its characters sounds or looks like the right one. The less
of a name is there, the more must stand around it: a building's number, a word like 小区. Those words are
data: lexicon/place.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal, NamedTuple

from models.base.resources import table
from models.understanding import numerals
from models.understanding.masks import CROSSED
from models.understanding.normal import normal
from models.understanding.patterns import any_of
from models.understanding.sounds import digit, likenesses


class EstateFound(NamedTuple):
    """An estate's canonical name and where the sentence names it."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Name:
    spelling: str
    estate: str
    # What the town lists; a name without its 花园; half a name. Each needs more around it than the last.
    source: Literal["listed", "stem", "half"]


_BySound = dict[str, dict[str, dict[str, list[_Name]]]]
_NO_THIRD = ""  # a name of two characters


@dataclass(frozen=True, slots=True)
class _Around:
    """What may stand around a name."""

    kinds: tuple[str, ...]
    plain_kinds: frozenset[str]
    everyday: frozenset[str]
    landmarks: str
    elsewhere: re.Pattern[str]
    other_words: re.Pattern[str]
    a_place: re.Pattern[str]
    a_marked_number: re.Pattern[str]
    a_number: re.Pattern[str]
    never: frozenset[str]
    at: tuple[str, ...]
    before: tuple[str, ...]
    a_pause: re.Pattern[str]
    kind: re.Pattern[str]


@cache
def _around() -> _Around:
    data = table("lexicon/place.toml")
    marks, beside, names = data["marks"], data["neighbours"], data["names"]
    signs = re.escape(numerals.signs())
    behind_number = any_of((*marks["building"], *marks["unit"], *marks["behind_estate"]))
    between = rf"[\s,{names['linking']}]*"
    marked = rf"(?:[A-Za-z]?\d{{1,3}}|[A-Za-z]|[{signs}]{{1,4}})\s?{behind_number}|\d{{1,3}}-\d"
    return _Around(
        kinds=tuple(sorted(names["kinds"], key=len, reverse=True)),
        plain_kinds=frozenset(names["plain_kinds"]),
        everyday=frozenset(names["everyday"]),
        landmarks=names["landmarks"],
        elsewhere=re.compile(
            rf"(?!{any_of(names['yet_the_estate'])}){any_of(names['elsewhere'])}"
            rf"|{any_of(names['other_estate'])}(?=\s?[\dA-Z{signs}]|{any_of(names['plain_kinds'])})"
        ),
        other_words=re.compile(any_of(names["other_words"])),
        a_place=re.compile(rf"{between}(?:{any_of(names['behind'])}|{marked})"),
        a_marked_number=re.compile(rf"{between}(?:{marked})"),
        a_number=re.compile(rf"{between}[\d{signs}]"),
        never=frozenset(names["never"]),
        at=tuple(beside["before_estate"]),
        before=(*beside["before_estate"], *beside["before_short_estate"]),
        a_pause=re.compile(rf"\s?(?:$|\W|{any_of(beside['after_estate'])})"),
        kind=re.compile(
            rf"\s?{marks['linking']}?\s?{any_of(kind for kind in names['kinds'] if len(kind) >= 2)}"
        ),
    )


def _stem(name: str) -> str | None:
    """A name without its last part (小区, 花园 …), when at least two characters stay."""
    for kind in _around().kinds:
        stem = name.removesuffix(kind)
        if stem != name and len(stem) >= 2:
            # Because a numeral alone is no name, and 青年路 is the street.
            return None if numerals.number(stem) is not None or _around().elsewhere.search(stem[-1]) else stem
    return None


def _halves(name: str) -> set[str]:
    """What people call 东方明珠花园: 东方 or 明珠; and 雅居 of 振兴雅居."""
    stem = _stem(name) or name
    halves = {stem[:2], stem[-2:]} if len(stem) >= 4 else set()
    if len(name) >= 4:
        halves.add(name[-2:])
    plain = _around().plain_kinds
    return {half for half in halves if half not in plain and not any(digit(sign) for sign in half)}


def _in_digits(name: str) -> str:
    """田林12村 for 田林十二村."""
    tens = rf"[{numerals.signs()}]*[{numerals.tens()}][{numerals.signs()}]*"
    return re.sub(tens, lambda run: str(numerals.number(run[0]) or run[0]), name)


def _in_numerals(name: str) -> str:
    """十八街坊 for 18街坊."""
    return re.sub(r"\d{2,3}(?!\d)", lambda run: numerals.in_words(int(run[0])), name)


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Immutable. Build one per version of the town with ``of`` and share it."""

    _written: dict[str, tuple[_Name, ...]]
    _halves: dict[str, tuple[_Name, ...]]
    _heard: _BySound
    size: int
    _communities: Mapping[str, str] = field(default_factory=dict)
    _home: str | None = None

    @classmethod
    def of(
        cls, estates: Iterable[tuple[str, Iterable[str]]], communities: Mapping[str, str] | None = None
    ) -> Gazetteer:
        """From (canonical name, aliases) pairs. A spelling that two estates share belongs to the first.

        A name's stem (森大 of 森大花园) or half is understood too where only one estate has it.
        ``communities``: the community of each estate (own_words.py asks for it).
        """
        listed: dict[str, str] = {}
        shorter: dict[str, dict[str, Literal["stem", "half"]]] = {}
        names: set[str] = set()
        for estate, aliases in estates:
            names.add(estate)
            for spelling in (estate, *aliases):
                spelling = normal(spelling)
                if len(spelling) >= 2:
                    for variant in (spelling, _in_digits(spelling), _in_numerals(spelling)):
                        listed.setdefault(variant, estate)
            name = normal(estate)
            for half in _halves(name):
                shorter.setdefault(half, {})[estate] = "half"
            if stem := _stem(name):
                shorter.setdefault(stem, {})[estate] = "stem"
        known = [_Name(spelling, estate, "listed") for spelling, estate in listed.items()]
        for spelling, owners in shorter.items():
            if len(owners) == 1 and spelling not in listed:
                known += [_Name(spelling, estate, source) for estate, source in owners.items()]
        halves = [name for name in known if name.source == "half"]
        whole = [name for name in known if name.source != "half"]
        return cls(_by_sight(whole), _by_sight(halves), _by_sound(whole), len(names), communities or {})

    def seen_from(self, community: str | None) -> Gazetteer:
        """As somebody sees it whose home is in this community."""
        return replace(self, _home=community)

    def community_of(self, estate: str | None) -> str | None:
        """The community of an estate; without one, that of the writer's home."""
        return self._communities.get(estate, self._home) if estate else self._home

    def find(self, text: str) -> EstateFound | None:
        """The first estate that a normalised sentence names; a name right as written goes before a slip."""
        text = _around().other_words.sub(lambda word: CROSSED * len(word[0]), text)
        return _written_in(text, self._written) or self._heard_in(text) or _written_in(text, self._halves)

    def _heard_in(self, text: str) -> EstateFound | None:
        places = [at for at, sign in enumerate(text) if sign != " "]
        alike = [likenesses(text[at]) for at in places]
        for first in range(len(alike) - 1):
            for one in alike[first]:
                followers = self._heard.get(one)
                if not followers:
                    continue
                for two in alike[first + 1]:
                    thirds = followers.get(two)
                    if not thirds:
                        continue
                    for three in (*(alike[first + 2] if first + 2 < len(alike) else ()), _NO_THIRD):
                        for name in thirds.get(three, ()):
                            if found := _heard_at(name, text, places, alike, first):
                                return found
        return None


def _written_in(text: str, index: dict[str, tuple[_Name, ...]]) -> EstateFound | None:
    around = _around()
    at, length = 0, len(text)
    while at < length - 1:
        skip = 1
        for name in index.get(text[at : at + 2], ()):
            if not text.startswith(name.spelling, at):
                continue
            end = at + len(name.spelling)
            if around.elsewhere.match(text, end):
                skip = len(name.spelling)
            elif _is_meant(name, text, at, end):
                return EstateFound(name.estate, at, _with_kind(name, text, end))
        at += skip
    return None


def _heard_at(
    name: _Name, text: str, places: list[int], alike: list[frozenset[str]], first: int
) -> EstateFound | None:
    spelling = name.spelling
    if first + len(spelling) > len(alike):
        return None
    around = _around()
    same = words = 0
    for sign, offset in zip(spelling, range(first, first + len(spelling)), strict=True):
        written, numeral = text[places[offset]], digit(sign)
        if sign == written or (numeral and numeral == digit(written)):
            same += 1
            words += not numeral and sign not in numerals.signs()
        elif digit(written) or written in around.never or likenesses(sign).isdisjoint(alike[offset]):
            return None
    start, end = places[first], places[first + len(spelling) - 1] + 1
    if around.elsewhere.match(text, end) or _inside_a_number(text, start, end):
        return None
    found = EstateFound(name.estate, start, _with_kind(name, text, end))
    placed = around.a_place.match(text, end) is not None
    if len(spelling) >= 4 and name.source == "listed":
        if words and same * 2 >= len(spelling):
            return found
        return found if words and (placed or _stands_behind(text, start, around.at)) else None
    if len(spelling) == 2:
        placed = around.a_marked_number.match(text, found.end) is not None and _begins(text, start, around.at)
    return found if placed and words and same * 2 >= len(spelling) else None


def _stands_behind(text: str, start: int, words: tuple[str, ...]) -> bool:
    return text.endswith(words, 0, start - 1 if text[start - 1 : start] == " " else start)


def _begins(text: str, start: int, behind: tuple[str, ...]) -> bool:
    """Whether a name may begin here: not in the middle of what looks like a longer one."""
    return start == 0 or not text[start - 1].isalnum() or _stands_behind(text, start, behind)


def _inside_a_number(text: str, start: int, end: int) -> bool:
    return bool(
        (start and digit(text[start]) and digit(text[start - 1]))
        or (text[end - 1].isdigit() and text[end : end + 1].isdigit())
    )


def _is_meant(name: _Name, text: str, start: int, end: int) -> bool:
    """Whether enough stands around a name that is right as written."""
    around = _around()
    numeral = numerals.number(name.spelling) is not None
    everyday = numeral or name.spelling in around.everyday or name.spelling[-1] in around.landmarks
    if name.source == "listed" and not everyday and len(name.spelling) > 2:
        return True
    begins = _begins(text, start, around.before)
    if name.source == "half":
        return begins and around.a_marked_number.match(text, end) is not None
    if around.a_place.match(text, end):
        return begins
    if numeral or not begins:
        return False
    if not everyday and around.a_number.match(text, end):
        return True
    if name.source == "stem":
        return False
    return _stands_behind(text, start, around.at) or around.a_pause.match(text, end) is not None


def _with_kind(name: _Name, text: str, end: int) -> int:
    """Where the name ends together with a 小区 or 花园 behind it."""
    if _stem(name.spelling):
        return end
    kind = _around().kind.match(text, end)
    return kind.end() if kind else end


def _by_sight(names: Iterable[_Name]) -> dict[str, tuple[_Name, ...]]:
    """By the first two characters, longest spelling first."""
    index: dict[str, list[_Name]] = {}
    for name in names:
        index.setdefault(name.spelling[:2], []).append(name)
    return {key: tuple(sorted(found, key=lambda name: -len(name.spelling))) for key, found in index.items()}


def _by_sound(names: Iterable[_Name]) -> _BySound:
    """By what the first, second and third character can be taken for, longest spelling first."""
    index: _BySound = {}
    for name in sorted(names, key=lambda name: -len(name.spelling)):
        for one in likenesses(name.spelling[0]):
            for two in likenesses(name.spelling[1]):
                for three in likenesses(name.spelling[2]) if len(name.spelling) > 2 else (_NO_THIRD,):
                    index.setdefault(one, {}).setdefault(two, {}).setdefault(three, []).append(name)
    return index
