"""Numbers that are never a place: telephones, dates, hours, plates, money, measures. They are crossed out.

What they are of is data: lexicon/place.toml, ``[masks]``.
"""

from __future__ import annotations

import re
from functools import cache

from models.base.resources import table
from models.understanding import numerals
from models.understanding.patterns import any_of

#: What stands where such a number stood. No sentence holds it: normal() takes control characters out.
CROSSED = "\x1f"


@cache
def _numbers() -> re.Pattern[str]:
    data = table("lexicon/place.toml")
    masks, marks = data["masks"], data["marks"]
    signs = re.escape(numerals.signs())
    storey, layer = (re.escape(mark) for mark in marks["floor"][:2])
    month, day, week = any_of(masks["month"]), any_of(masks["day"]), any_of(masks["week"])
    few = rf"(?:\d{{1,2}}|[{signs}]{{1,3}})"
    named = any_of((*marks["building"], *marks["unit"]))
    kinds = (
        any_of(masks["words"]),
        rf"{week}[{masks['weekdays']}](?!{named})",
        rf"{any_of(masks['before_code'])}(?:{any_of(masks['code_joins'])}|\s)*[A-Za-z\d_-]{{3,}}",
        r"[A-Za-z]{2,}[-_][A-Za-z_]*-?\d+",  # TP-LINK_502
        rf"{few}{layer}\s?{few}{marks['home']}",
        # telephones: run together, with stars, with an area code, in groups, spelled
        r"\d{5,}|\d{0,4}\*[\d*]+|\d{3,4}-\d{7,8}|(?<!\d)1\d{2}[ -]\d{4}[ -]\d{4}(?!\d)",
        rf"(?<!\d)[48]00-\d{{3,4}}-\d{{3,4}}(?!\d)|[{numerals.digits()}]{{7,}}",
        # dates and hours
        r"(?<!\d)(?:19|20)\d\d[-/.]\d{1,2}(?:[-/.]\d{1,2})?(?!\d)",
        rf"{few}\s?{month}\s?{few}\s?{day}|{few}\s?{month}\s?{few}?(?![\d#])",
        rf"(?<![\d{signs}]){few}\s?[-./]\s?{few}\s?{day}(?!{storey})",
        rf"\d{{1,2}}:\d{{2}}(?:\s?[-~{masks['ranges']}]+\s?\d{{1,2}}:\d{{2}})?",
        # number plates, floors below ground
        rf"[{masks['provinces']}][A-Z][·\s]?[A-Z\d]{{4,6}}(?![A-Za-z\d])",
        rf"(?<![\d;])-\d{{1,2}}(?=[FfM]|{storey}|{layer})",
        # measures
        rf"\d+(?:[.~-]\d+)?\s?{any_of(masks['behind_measure'])}",
        rf"(?<!\d)\d{{1,2}}(?:[.~-]\d{{1,2}})?\s?{any_of(masks['behind_count'])}",
    )
    return re.compile("|".join(kinds))


def crossed_out(text: str) -> str:
    """The sentence, as long as before, without its numbers that are no place."""
    return _numbers().sub(lambda run: CROSSED * len(run[0]), text)
