"""What was typed, brought to one spelling: full width, odd signs, slips of the pen."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from models.base.resources import table

#: Characters of a message that are looked at; the rest of a longer one is kept elsewhere, not understood.
LIMIT = 2000

_ODD = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufe0f\u20e3\ufeff\ud800-\udfff]+"
)


@cache
def _slips() -> tuple[re.Pattern[str], dict[str, str], dict[int, str]]:
    data = table("lexicon/slips.toml")
    words: dict[str, str] = data["words"]
    after = f"(?<=[{data['numerals']}])"
    counted: dict[str, str] = data["after_numeral"]
    longest_first = sorted(words, key=len, reverse=True)
    alternatives = [re.escape(word) for word in longest_first]
    alternatives.append(after + "(?:" + "|".join(map(re.escape, counted)) + ")")
    return (
        re.compile("|".join(alternatives)),
        words | counted,
        str.maketrans(data["characters"]),
    )


def normal(text: str) -> str:
    """``text`` as the rest of understanding reads it; never raises, cut at LIMIT characters first.

    Half width instead of full width, one blank for control characters and lone surrogates, simplified
    characters where the list has them, and the slips of ``lexicon/slips.toml`` put right.
    """
    text = unicodedata.normalize("NFKC", _ODD.sub(" ", text[:LIMIT]))[:LIMIT]
    pattern, words, characters = _slips()
    return pattern.sub(lambda slip: words[slip[0]], text.translate(characters)).strip()
