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
    return "".join((*_values()[0], *_values()[1]))


@cache
def digits() -> str:
    """The characters that spell one digit."""
    return "".join(_values()[0])


@cache
def tens() -> str:
    """The characters that multiply: 十, 百."""
    return "".join(_values()[1])


@cache
def amounts() -> str:
    """The numerals that say how many rather than which one: 两."""
    return "".join(table("lexicon/place.toml")["amounts"])


def number(text: str) -> int | None:
    """A counted numeral: ``12`` → 12, ``十二`` → 12, ``二十一`` → 21, ``一百零三`` → 103, ``二一`` → 21.

    None when it is not one.
    """
    if text.isascii() and text.isdigit():
        return int(text)
    values, powers = _values()
    if not any(sign in powers for sign in text):
        spelled = spoken(text)
        return int(spelled) if spelled else None
    total, digit = 0, -1
    for sign in text:
        if sign in values:
            digit = values[sign]
        elif sign in powers:
            total += (digit if digit >= 0 else 1) * powers[sign]
            digit = -1
        else:
            return None
    return total + max(digit, 0)


def in_words(value: int) -> str:
    """A number below a thousand as it is read: 18 → ``十八``, 118 → ``一百一十八``."""
    values, powers = _values()
    sign = {digit: sign for sign, digit in reversed(values.items())}
    ten, hundred = sorted(powers, key=lambda sign: powers[sign])
    words = f"{sign[value // 100]}{hundred}" if value >= 100 else ""
    tens, ones = divmod(value % 100, 10)
    if tens:
        words += ten if tens == 1 and not words else sign[tens] + ten
    elif words and ones:
        words += sign[0]
    return words + (sign[ones] if ones or not words else "")


def spoken(text: str) -> str | None:
    """Digits said one by one: ``五零二`` → ``"502"``. None when a sign is not a digit."""
    values, _ = _values()
    out = []
    for sign in text:
        if sign in values:
            out.append(str(values[sign]))
        elif "0" <= sign <= "9":
            out.append(sign)
        else:
            return None
    return "".join(out) or None


def floor_and_door(text: str) -> str | None:
    """A room said as its floor and its door: ``十一零二`` → ``"1102"``. None when it is not one."""
    floor, door = number(text[:-2]), spoken(text[-2:])
    return f"{floor}{door}" if floor and door and len(text) > 2 else None
