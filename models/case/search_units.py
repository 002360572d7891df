"""What a sentence is searched by: its signs in order, and what two neighbours make together. Pure.

A Chinese character, an emoji, a run of digits and a word of letters are one unit each; whatever else stands
between them parts them. So 漏水 is found in 地下室漏水了, 502 in no 1502, and a % is a sign like any other.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import blake2b
from itertools import pairwise

from models.base.privacy import MOBILE, blind
from models.base.resources import table
from models.understanding.normal import normal
from models.understanding.plain import plain

Units = tuple[str, ...]

# Chinese characters, their radicals and signs; from U+1F000 on emoji and the rarer characters
_SIGN = r"\u2e80-\u2fff\u3005-\u3007\u3021-\u302f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U0001f000-\U0003ffff"
# a dash counts between numbers only: 3-2-502
_UNIT = re.compile(
    rf"[{_SIGN}]|[0-9]+|(?:(?![{_SIGN}0-9_])\w)+|(?<=[0-9a-z])-(?=[0-9a-z])|(?P<between>.)", re.DOTALL
)
_ONE_SIGN = re.compile(rf"[{_SIGN}]")
LONG = 7  # digits: a telephone number or longer, kept as a keyed hash only
_SHIFT = 21  # bits of a character's number
_HASHED = 1 << 62


def runs(text: str) -> tuple[Units, ...]:
    """The units of `text` as they were written, and as understanding reads them where that is something else;
    a tuple for each stretch that nothing parts."""
    text = _telephones_in_one(text)
    written = tuple(_runs(plain(text)))
    return written + tuple(one for one in _runs(normal(text)) if one not in written)


def asked(words: str) -> tuple[tuple[Units, ...], ...]:
    """What is looked for: of each stretch of it the ways to write it, any of which will do."""
    found = []
    for word in _telephones_in_one(words).split():
        for one in _runs(plain(word)):
            meant = tuple(_runs(normal("".join(one))))
            found.append((one,) if len(meant) != 1 or meant[0] == one else (one, meant[0]))
    return tuple(found)


def holds(where: Sequence[Units], what: Units) -> bool:
    """Whether `what` stands somewhere in one stretch of `where`, as a whole and in its order."""
    size = len(what)
    return any(what == one[at : at + size] for one in where for at in range(len(one) - size + 1))


def grams(where: Sequence[Units]) -> set[int]:
    """The numbers under which `where` is kept."""
    found: set[int] = set()
    for one in where:
        for at, unit in enumerate(one):
            after = one[at + 1] if at + 1 < len(one) else ""
            if _ONE_SIGN.match(unit):
                found.add(_pair(unit, after if _ONE_SIGN.match(after) else ""))
            elif unit != "-":
                found.add(_word(unit))
            if after and not (_is_long(unit) or _is_long(after)):
                found.add(_pair(unit, after))
    return found


def asked_grams(what: Units) -> tuple[int, ...] | tuple[range]:
    """The numbers that must all be there for `what`; for a single character the range of which one must."""
    if len(what) == 1 and _ONE_SIGN.match(what[0]):
        first = ord(what[0]) << _SHIFT
        return (range(first, first + (1 << _SHIFT)),)
    found = {_word(one) for one in what if not _ONE_SIGN.match(one) and one != "-"}
    found |= {_pair(one, other) for one, other in pairwise(what) if not (_is_long(one) or _is_long(other))}
    return tuple(sorted(found))


def _telephones_in_one(text: str) -> str:
    return MOBILE.sub(lambda found: "".join(filter(str.isdecimal, found[0]))[-11:], text)


@cache
def _house() -> tuple[re.Pattern[str], str]:
    words = table("lexicon/search.toml")
    return re.compile(rf"(?<=[0-9a-z])(?:{'|'.join(map(re.escape, words['also_house']))})"), words["house"]


def _runs(text: str) -> Iterator[Units]:
    run: list[str] = []
    also, house = _house()
    for found in _UNIT.finditer(also.sub(house, text.casefold())):
        if found["between"] is None:
            run.append(found[0])
        elif run:
            yield tuple(run)
            run = []
    if run:
        yield tuple(run)


def _is_long(unit: str) -> bool:
    return len(unit) >= LONG and unit.isdecimal()


def _word(unit: str) -> int:
    return telephone(unit) if _is_long(unit) else _hashed("w", unit)


def telephone(digits: str) -> int:
    """The number under which a telephone number is kept: nobody reads it without the key (X08)."""
    return int(blind(digits, "case_words")[:15], 16) | _HASHED


def _pair(one: str, other: str) -> int:
    if len(one) == 1 and len(other) < 2 and _ONE_SIGN.match(one) and (not other or _ONE_SIGN.match(other)):
        return ord(one) << _SHIFT | (ord(other) if other else 0)
    return _hashed("p", f"{one}\0{other}")


def _hashed(kind: str, text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8, person=kind.encode()).digest()) >> 2 | _HASHED
