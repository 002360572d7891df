"""How a character sounds and looks, so that a name is known again however it was typed or dictated.

What may be mixed up is data: lexicon/sounds.toml. The readings are pypinyin's, of single characters only.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache

from models.base.resources import table
from models.understanding import numerals

_MOST_READINGS = 3  # the further ones are of names and classical texts


@cache
def _library() -> Callable[[str], list[str]]:
    # Because its phrases would take 45 MB and four times as long, and no phrase is ever read here.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")
    from pypinyin import Style, pinyin

    def of(sign: str) -> list[str]:
        found = pinyin(sign, style=Style.NORMAL, heteronym=True, errors="ignore")
        return found[0] if found else []  # because of some rare signs of the block it knows none

    return of


# Unicode's block of the usual Chinese characters.
_FIRST, _LAST = 0x4E00, 0x9FFF


@cache
def readings(sign: str) -> tuple[str, ...]:
    """The toneless syllables of one Chinese character, the usual one first; nothing for any other sign."""
    if not _FIRST <= ord(sign) <= _LAST:
        return ()
    return tuple(dict.fromkeys(_library()(sign)))[:_MOST_READINGS]


@cache
def folded_closely(syllable: str) -> str:
    """The syllable without what most of the country does not hear: ``zheng`` → ``zen``."""
    return _fold(syllable, table("lexicon/sounds.toml")["close"])


@cache
def folded(syllable: str) -> str:
    """The syllable with what any dialect mixes up made one: ``huang`` → ``fan``, ``ning`` → ``lin``."""
    data = table("lexicon/sounds.toml")["wide"]
    return folded_closely(_fold(data["syllables"].get(syllable, syllable), data))


def _fold(syllable: str, data: dict[str, dict[str, str]]) -> str:
    for written, heard in data["initials"].items():
        if syllable.startswith(written):
            syllable = heard + syllable.removeprefix(written)
            break
    for written, heard in data["finals"].items():
        if syllable.endswith(written):
            return syllable.removesuffix(written) + heard
    return syllable


@cache
def _look_alikes() -> dict[str, str]:
    groups: list[str] = table("lexicon/sounds.toml")["eye"]["look_alikes"]
    return {sign: group for group in groups for sign in group}


@cache
def digit(sign: str) -> str | None:
    """The digit that the sign is or spells: ``五`` → ``"5"``."""
    return numerals.spoken(sign)


@cache
def likenesses(sign: str) -> frozenset[str]:
    """What the sign can be taken for: two signs are alike when they share one.

    A digit is alike to its numeral only, a letter to its other case; any other sign that is no Chinese
    character is like itself alone.
    """
    found = {folded(syllable) for syllable in readings(sign)}
    found.update(mark for mark in (_look_alikes().get(sign), digit(sign)) if mark)
    return frozenset(found) or frozenset({sign.lower()})
