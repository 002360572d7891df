"""Numbers that can be said over the phone: the last digit checks the others.

The check digit is Damm's (H. M. Damm, 2004): it catches every single wrong digit and every swap of
two neighbours, which are the slips that people make when they read a number aloud. It needs no letters.
"""

from __future__ import annotations

import unicodedata

# Damm's totally anti-symmetric quasigroup of order 10: row = digit so far, column = next digit.
_TABLE = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)

_LONGEST = 64


def _damm(digits: str) -> int:
    """The check digit of a run of ASCII digits; 0 when the run already ends with its right one."""
    state = 0
    for digit in digits:
        state = _TABLE[state][ord(digit) - 48]
    return state


def with_check(n: int) -> str:
    """``n`` written in decimal with its check digit behind it: ``572`` → ``"5724"``.

    Raises ValueError when ``n`` is negative.
    """
    if n < 0:
        raise ValueError("a number with a check digit is never negative")
    digits = str(n)
    return f"{digits}{_damm(digits)}"


def without_check(text: str) -> int | None:
    """The number in ``text`` without its check digit, or None when it is not one or the check fails.

    ``text`` is digits only (full-width ones are taken as ASCII); blanks at the ends are ignored,
    more than 64 digits are no number of ours.
    """
    digits = unicodedata.normalize("NFKC", text[: _LONGEST + 1]).strip()
    if not 2 <= len(digits) <= _LONGEST or not (digits.isascii() and digits.isdigit()) or _damm(digits):
        return None
    return int(digits[:-1])
