"""What was typed, brought to one spelling: full width, odd signs, traditional characters, slips."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from opencc import OpenCC

from models.base.resources import table
from models.understanding.patterns import any_of, not_after
from models.understanding.spelling import repairs

#: Characters of a message that are looked at; the rest of a longer one is kept elsewhere, not understood.
LIMIT = 2000

_ODD = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufe0f\u20e3\ufeff\ud800-\udfff]+"
)


@dataclass(frozen=True, slots=True)
class _Slips:
    simplified: OpenCC
    characters: dict[int, str]
    digits: re.Pattern[str]
    spelled: dict[int, str]
    words: re.Pattern[str]
    right: dict[str, str]


@cache
def _slips() -> _Slips:
    data = table("lexicon/slips.toml")
    counted: dict[str, str] = data["after_numeral"]
    said, written = "".join(data["said_digits"]), "".join(data["written_digits"])
    digits = "".join(table("lexicon/place.toml")["numerals"]) + "0-9"
    marks = any_of(data["marks"])
    not_written = not_after(data["not_before_written"])
    return _Slips(
        OpenCC("t2s"),
        str.maketrans(data["characters"]),
        re.compile(
            rf"(?<![{digits}])(?=[{digits}]*[{said}])[{digits}{said[0]}][{digits}{said}]{{2,4}}"
            rf"(?![{digits}{said}]|{marks})"
            rf"|{said[0]}(?={marks})|{not_written}[{written}]{{1,4}}(?={marks})"
        ),
        str.maketrans(data["said_digits"] | data["written_digits"]),
        re.compile(f"{any_of(data['words'])}|(?<=[{data['numerals']}]){any_of(counted)}"),
        data["words"] | counted,
    )


def normal(text: str) -> str:
    """``text`` as the rest of understanding reads it; never raises, cut at LIMIT characters first.

    Half width instead of full width, one blank for control characters and lone surrogates, simplified
    characters, and slips put right: those of ``lexicon/slips.toml`` and those that the ear explains.
    """
    return _spelled(text)[0]


def changes(text: str) -> list[tuple[str, str]]:
    """The slips that ``normal`` puts right in ``text``: what was written, what is read; for ``--explain``."""
    return list(_spelled(text)[1])


@lru_cache(
    maxsize=32
)  # because a dozen questions are asked of each message; few, because it is what people wrote
def _spelled(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    slips = _slips()
    changed: list[tuple[str, str]] = []

    def put(wrong: str, right: str) -> str:
        changed.append((wrong, right))
        return right

    text = unicodedata.normalize("NFKC", _ODD.sub(" ", text[:LIMIT]))[:LIMIT]
    text = slips.simplified.convert(text)
    text = slips.digits.sub(lambda run: put(run[0], run[0].translate(slips.spelled)), text)
    text = text.translate(slips.characters)
    text = slips.words.sub(lambda slip: put(slip[0], slips.right[slip[0]]), text)
    for found in repairs(text):
        put(found.wrong, found.right)
        text = f"{text[: found.start]}{found.right}{text[found.start + len(found.wrong) :]}"
    return text.strip(), tuple(changed)
