"""Short answers to a question of ours: yes or no, satisfied or not, one of the five grades."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, NamedTuple

from models.base.resources import table
from models.understanding import numerals
from models.understanding.normal import normal
from models.understanding.patterns import any_of
from models.understanding.terms import Lexicon

ShortReply = Literal["yes", "no", "satisfied", "dissatisfied"]

_EDGES = " ,.;:!~、。!…^_-()\"'"


class _Lists(NamedTuple):
    longest: int
    words: Lexicon
    polite: re.Pattern[str]
    whole: dict[str, ShortReply]


@cache
def _lists() -> _Lists:
    data = table("lexicon/replies.toml")
    whole: dict[str, ShortReply] = dict.fromkeys(data["no"], "no")
    whole |= dict.fromkeys(data["yes"], "yes")
    return _Lists(
        data["longest"],
        Lexicon.plain({name: data[name] for name in ("asks", "dissatisfied", "satisfied")}),
        re.compile(any_of(data["polite"])),
        whole,
    )


def short_reply(text: str) -> ShortReply | None:
    """What a short answer says, None when the message is something else.

    Dissatisfaction goes before satisfaction (不满意, 修好了又坏了); a question is never an answer.
    """
    return short_reply_in(normal(text))


def short_reply_in(text: str) -> ShortReply | None:
    """The same for a text that is normal already."""
    longest, words, polite, whole = _lists()
    if not text or len(text) > longest:
        return None
    exact = whole.get(text.strip(_EDGES)) or whole.get(polite.sub("", text).strip(_EDGES))
    if exact:
        return exact
    asks, dissatisfied, satisfied = words.scores(text)
    if asks:
        return None
    if dissatisfied:
        return "dissatisfied"
    return "satisfied" if satisfied else None


def line_chosen(text: str, lines: int) -> int | None:
    """The line of a menu of ours that a bare number chooses, counted from 0; None for anything else."""
    text = text.strip()
    is_line = text.isdecimal() and len(text) < 3 and 1 <= int(text) <= lines
    return int(text) - 1 if is_line else None


@cache
def _grades() -> tuple[re.Pattern[str], dict[str, int], re.Pattern[str]]:
    data = table("lexicon/replies.toml")
    grades: dict[str, int] = data["grades"]
    marks, behind = data["points"]["marks"], data["points"]["not_after"]
    return (
        re.compile(any_of(grades)),
        grades,
        re.compile(
            rf"(?<![\d.{numerals.signs()}])([1-5{numerals.signs()}])\s?{any_of(marks)}"
            rf"(?!{any_of(behind)})"
        ),
    )


def grade_of(text: str) -> int | None:
    """The grade of a rating, 1 非常不满意 to 5 非常满意 as words, ``5分`` or ``五星``.

    None when there is none, or the message asks or is too long to be an answer.
    """
    text = normal(text)
    longest, words, _, _ = _lists()
    if not text or len(text) > longest or words.scores(text)[0]:
        return None
    pattern, grades, points = _grades()
    counted = points.search(text)
    if counted and (value := numerals.number(counted[1])) and value <= 5:
        return value
    said = pattern.search(text)
    return grades[said[0]] if said else None
