"""Takes out of a sentence what could say whose it is: phones, ids, plates, rooms, names. Pure.

Estate, building and unit stay, because they are what a sentence is to be read for; they hold a hundred homes.
Names that nothing marks as such (no title, no 我叫, not on the staff) cannot be told from words and stay:
so the lines are read by a person before they go into training (docs/privacy-register.md).
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from models.base.resources import table
from models.understanding import numerals
from models.understanding.patterns import any_of

LONGEST = 300


def cleaned(text: str, names: Iterable[str] = ()) -> str:
    """One line of at most 300 characters. `names`: people known by name, taken out wherever they stand."""
    rules = _rules()
    text = " ".join(text.translate(_WIDE).split())
    for name in sorted({name for name in names if len(name) > 1}, key=len, reverse=True):
        text = text.replace(name, rules.marks["name"])
    for kind, pattern in rules.whole:
        text = pattern.sub(rules.marks[kind], text)
    for pattern in rules.named:
        text = pattern.sub(rf"\g<before>{rules.marks['name']}\g<after>", text)
    return text[:LONGEST].strip()


class _Rules(NamedTuple):
    marks: dict[str, str]
    whole: tuple[tuple[str, re.Pattern[str]], ...]  # replaced as they stand
    named: tuple[re.Pattern[str], ...]  # a name between `before` and `after`


@cache
def _rules() -> _Rules:
    words = table("lexicon/private.toml")
    provinces = table("lexicon/place.toml")["masks"]["provinces"]

    def several(name: str) -> str:
        return any_of(words[name])

    spoken = numerals.signs() + words["more_numerals"]
    digit, gap = rf"[\d{spoken}]", r"[ -]?"
    surname = f"(?:{several('double_surnames')}|[{words['surnames']}])"
    given = "[\u3400-\u9fff]{1,2}"
    stop = f"(?!{several('counted')})"
    door = rf"(?<=[-{words['before_room']}])"
    room = rf"(?:\d{{3,4}}|[{spoken}]{{3,4}})"
    return _Rules(
        words["marks"],
        (
            (
                "plate",
                re.compile(rf"[{provinces}][A-Z]{gap}[·.]?{gap}[A-Z0-9]{{5,6}}", re.IGNORECASE),
            ),
            ("number", re.compile(rf"(?<![\d.])0\d{{2,3}}{gap}\d{{7,8}}(?!\d)")),
            ("number", re.compile(rf"(?<![\d.])\d(?:{gap}[\dXx*]){{6,}}(?!\d)")),
            ("number", re.compile(rf"(?<![\d.])\d{{5,}}(?![\d.]){stop}")),
            ("number", re.compile(rf"{digit}(?:{gap}{digit}){{6,}}")),
            ("room", re.compile(rf"{door}{room}{several('after_room')}?(?!\d){stop}")),
            ("room", re.compile(rf"(?<![\d.]){room}{several('after_room')}")),
            ("room", re.compile(rf"(?<![\d.])\d{{3,4}}(?![\d.]){stop}")),
        ),
        (
            re.compile(rf"(?P<before>{several('before_names')})(?P<name>{surname}{given})(?P<after>)"),
            re.compile(rf"(?P<before>){surname}(?:{given})?(?P<after>{several('titles')})"),
            re.compile(rf"(?P<before>{several('nicknames')}){surname}(?P<after>(?!{several('no_names')}))"),
        ),
    )


# digits and letters alone: the signs between words are the writer's own
_WIDE = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if chr(code).isalnum()}
