"""Chinese numerals, read as people write and dictate them."""

from __future__ import annotations

from functools import cache

from models.base.resources import table


@cache
def _values() -> tuple[dict[str, int], dict[str, int]]:
    data = table("lexicon/place.toml")
    return data["numerals"], data["tens"]


@cache
def signs() -> str:
    """Every character that a Chinese numeral may hold."""
    digits, tens = _values()
    return "".join((*digits, *tens))


def number(text: str) -> int | None:
    """A counted numeral: ``12`` → 12, ``十二`` → 12, ``二十一`` → 21, ``一百零三`` → 103, ``二一`` → 21.

    None when it is not one.
    """
    if text.isascii() and text.isdigit():
        return int(text)
    digits, tens = _values()
    if not any(sign in tens for sign in text):
        spelled = spoken(text)
        return int(spelled) if spelled else None
    total, digit = 0, -1
    for sign in text:
        if sign in digits:
            digit = digits[sign]
        elif sign in tens:
            total += (digit if digit >= 0 else 1) * tens[sign]
            digit = -1
        else:
            return None
    return total + max(digit, 0)


def spoken(text: str) -> str | None:
    """Digits said one by one: ``五零二`` → ``"502"``. None when a sign is not a digit."""
    digits, _ = _values()
    out = []
    for sign in text:
        if sign in digits:
            out.append(str(digits[sign]))
        elif "0" <= sign <= "9":
            out.append(sign)
        else:
            return None
    return "".join(out) or None
