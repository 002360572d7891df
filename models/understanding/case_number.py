"""The number of a case somewhere in what somebody wrote."""

from __future__ import annotations

import re
from functools import cache

from models.base.checkdigit import without_check
from models.base.resources import table
from models.understanding.normal import normal
from models.understanding.patterns import any_of

_RUN = re.compile(r"(?<![\d*])\d(?:[ -]?\d)*(?![\d*])")
_SERVICE_LINE = re.compile(r"[48]00\d{7}")
_DATE = re.compile(r"(?:19|20)\d\d-\d{1,2}-\d{1,2}")
_DOOR = re.compile(
    r"(?:\d{1,3}[ -])?\d{1,3}-\d{1,2}(?:0[1-9]|1[0-2])|\d{1,3} \d{1,2} \d{1,2}(?:0[1-9]|1[0-2])"
)
_LOOK_BACK = 6


@cache
def _phone_words() -> re.Pattern[str]:
    return re.compile(any_of(table("lexicon/place.toml")["neighbours"]["before_phone"]))


def case_number_in(text: str) -> str | None:
    """The first run of 5 to 10 digits whose last one checks the others, without blanks and dashes.

    A phone number (11 digits, a service line, or one called so), a date or a door (``3-2-501``) is never one.
    """
    text = normal(text)
    for run in _RUN.finditer(text):
        if _phone_words().search(text, max(0, run.start() - _LOOK_BACK), run.start()):
            continue
        if _DATE.fullmatch(run[0]) or _DOOR.fullmatch(run[0]):
            continue
        for digits in (run[0].replace(" ", "").replace("-", ""), *run[0].split()):
            if _is_case(digits):
                return digits
    return None


def _is_case(digits: str) -> bool:
    return (
        5 <= len(digits) <= 10
        and digits[0] != "0"
        and not _SERVICE_LINE.fullmatch(digits)
        and without_check(digits) is not None
    )
