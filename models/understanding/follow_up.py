"""Words that come back to something said before: 还是不亮, 那个灯的事儿, 敲301的门, 对了是二单元."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Literal

from models.base.resources import table
from models.understanding.evidence import lists
from models.understanding.normal import normal
from models.understanding.replies import short_reply_in
from models.understanding.terms import Lexicon

Back = Literal["again", "thing", "comer", "more"]

_FIRST_CHARACTER = 0x4E00
_ORDER: tuple[Back, ...] = ("comer", "again", "thing", "more")


def points_back(text: str) -> Back | None:
    """In what way a message comes back to an earlier one, or None.

    ``again`` it goes on or grows, ``thing`` it names what was told, ``comer`` it is for whoever comes,
    ``more`` it adds something.
    """
    text = normal(text)
    found = {one.label for one in _lexicon().find(text)}
    if "comer" not in found and short_reply_in(text) == "dissatisfied":
        return "again"
    return next((back for back in _ORDER if back in found), None)


def names_its_thing(text: str, category: str | None) -> bool:
    """False where a message is about something of the category ``other``, and no word of its list is in it:
    味儿太大了 says what is wrong and not with what."""
    if category != "other":
        return True
    return any(found.label == category and found.weight > 0 for found in lists()["c"].find(normal(text)))


def closest(text: str, others: Sequence[str]) -> int | None:
    """Which of the other texts shares most telling signs with this one; None when no one stands out."""
    mine = _telling(text)
    shared = [len(mine & _telling(other)) for other in others]
    best = max(shared, default=0)
    return shared.index(best) if best and shared.count(best) == 1 else None


def _telling(text: str) -> set[str]:
    return {sign for sign in normal(text) if ord(sign) >= _FIRST_CHARACTER} - _empty()


@cache
def _empty() -> set[str]:
    return set(table("lexicon/follow_up.toml")["empty"])


@cache
def _lexicon() -> Lexicon:
    data = table("lexicon/follow_up.toml")
    return Lexicon.plain({back: data[back] for back in _ORDER})
