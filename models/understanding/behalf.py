"""代报: somebody writes for somebody else. 代报 3号楼2单元501 王奶奶 家里灯不亮, 替我妈报…"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from models.base.privacy import MOBILE, phone_in
from models.base.resources import table
from models.understanding.normal import normal
from models.understanding.patterns import any_of

_LONGEST_WORD = 12  # an objection is one word, not a story


class Behalf(NamedTuple):
    """``name`` as it was said (王奶奶; not 我妈) and ``phone``, 11 digits, "" where not said; ``text`` is the
    message without the phone."""

    name: str
    phone: str
    text: str


def behalf_in(text: str) -> Behalf | None:
    """Whom a message is written for, or None when its writer speaks for nobody else."""
    plain = normal(text)
    lists = _lists()
    begin = lists.begins.match(plain)
    about = None if begin else lists.around.match(plain)
    if begin is None and about is None:
        return None
    said = about["whom"] if about else plain[begin.end() :] if begin else ""
    name = lists.named.search(lists.people.sub(" ", said) or said)
    return Behalf(name[0] if name else "", phone_in(plain), lists.called.sub("", text).strip())


def disowns(text: str) -> bool:
    """不是我报的, 不用: the word of somebody for whom others reported."""
    plain = normal(text).strip(table("lexicon/behalf.toml")["ends"] + " ")
    return len(plain) <= _LONGEST_WORD and _lists().disowns.match(plain) is not None


class _Lists(NamedTuple):
    begins: re.Pattern[str]
    around: re.Pattern[str]
    named: re.Pattern[str]
    people: re.Pattern[str]
    disowns: re.Pattern[str]
    called: re.Pattern[str]


@cache
def _lists() -> _Lists:
    data = table("lexicon/behalf.toml")

    def either(name: str) -> str:
        return any_of(data[name])

    family = r"[\u4e00-\u9fff]{1,2}?"
    named = rf"(?<![\u4e00-\u9fff]){family}{either('titles')}|{family}{either('titles')}"
    inside = f"[^{re.escape(data['ends'])}]"
    whom = rf"{inside}{{0,8}}?(?:{either('people')}|{family}{either('titles')}){inside}{{0,4}}?"
    return _Lists(
        begins=re.compile(rf"\W*{either('begins')}"),
        around=re.compile(
            rf"(?:.{{0,6}}?[,\s])?{either('selves')}?{either('before')}(?P<whom>{whom}){either('behind')}"
        ),
        named=re.compile(named),
        people=re.compile(either("people")),
        disowns=re.compile(rf"{either('selves')}?{either('disowns')}"),
        called=re.compile(rf"{either('before_phone')}?\s*:?\s*{MOBILE.pattern}"),
    )
