"""Values of template and subscription messages, one rule for each type of keyword.

Source: the platform's page on subscription messages (2026), whose rules the service account's category
templates share. A value that breaks its rule is refused with 47003; no value may be empty or break the line.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from handlers.wording.cutting import cut
from models.base.resources import table

_KEY = re.compile(r"([a-z_]+?)\d*")
_HAN = re.compile(r"[㐀-鿿]")
_NOT_HAN = re.compile(r"[^㐀-鿿]")
_CAR = re.compile(r"[㐀-鿿A-Za-z0-9][A-Za-z0-9]{1,6}[㐀-鿿A-Za-z0-9]?")
_BLANK = re.compile(r"\s+")


@lru_cache(1024)
def fitted(key: str, value: str) -> str:
    """`value` as the keyword `key` ("thing3") takes it. Keys without a known type are only cleaned.

    Kept, because a notice says the same to thousands.
    """
    found = _KEY.fullmatch(key)
    kind = found[1] if found else ""
    clean = _clean(value)
    rule = _RULES.get(kind)
    return (rule(clean) if rule else clean) or str(table("labels/keywords.toml")["empty"].get(kind, "-"))


def _clean(value: str) -> str:
    """No line feeds, no control characters, no emoji: they are ignored or refused."""
    text = _BLANK.sub(" ", value)
    return "".join(c for c in text if not _unwanted(c)).strip()


def _unwanted(character: str) -> bool:
    kind = unicodedata.category(character)
    return kind in ("Cc", "Cf", "Cs", "Co", "Cn") or (kind in ("So", "Sk", "Mn") and ord(character) > 0xFDFF)


def _cut(length: int) -> Callable[[str], str]:
    return lambda value: cut(value, length)


def _only(pattern: str, length: int) -> Callable[[str], str]:
    """Characters outside of the pattern are dropped, then the rest is cut."""
    unwanted = re.compile(f"[^{pattern}]")
    return lambda value: unwanted.sub("", value)[:length].strip()


def _number(value: str) -> str:
    found = re.search(r"\d+(?:\.\d+)?", unicodedata.normalize("NFKC", value))
    return found[0][:32].rstrip(".") if found else ""


def _amount(value: str) -> str:
    """One currency sign, at most ten digits, 元 allowed at the end."""
    found = re.search(r"([¥￥$€£]?)(\d+(?:\.\d+)?)(元?)", value.replace(",", ""))
    if not found:
        return ""
    return found[1] + found[2][:10].rstrip(".") + found[3]


def _name(value: str) -> str:
    """Ten characters as soon as one of them is Chinese, else twenty; no digits."""
    text = re.sub(r"\d", "", value).strip()
    return text[: 10 if _HAN.search(text) else 20].strip()


def _moment(value: str) -> str:
    """A moment is never cut: half a date would be another one."""
    return value


def _car(value: str) -> str:
    """Seven or eight places; only the first and the last may be Chinese."""
    found = _CAR.search(re.sub(r"[^㐀-鿿A-Za-z0-9]", "", value))
    return found[0] if found else ""


def _phrase(value: str) -> str:
    return _NOT_HAN.sub("", value)[:5]


_RULES: dict[str, Callable[[str], str]] = {
    "thing": _cut(20),
    "short_thing": _cut(10),
    "const": _cut(20),
    "enum": _cut(20),
    "number": _number,
    "letter": _only("A-Za-z", 32),
    "symbol": lambda value: "".join(c for c in value if not (c.isalnum() or c.isspace() or c == "_"))[:5],
    "character_string": _only(r"\x21-\x7e", 32),
    "time": _moment,
    "date": _moment,
    "amount": _amount,
    "phone_number": _only("0-9+() #*-", 17),
    "car_number": _car,
    "name": _name,
    "phrase": _phrase,
}
