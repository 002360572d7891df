"""答复: a member of staff answers what a resident asked. One reply goes back, once."""

import re
from functools import cache
from typing import Any

from handlers.wechat.answer import Answer, Text
from handlers.wechat.visit import Visit
from handlers.words import say
from models.base.resources import table
from models.enquiry import keeping
from models.enquiry.keeping import hold_for, waiting_for
from models.joins.turning import enquiry_was_case
from models.person.arriving import Visitor
from models.understanding.patterns import any_of

LONGEST_NUMBER = 9


def answer(visit: Visit) -> Answer | None:
    """答复 12 可以分期; without the number when only one waits. 立单 12 when it is no question."""
    found = _command().match(visit.text.strip())
    if found is None:
        return None
    waiting = waiting_for(visit.visitor)
    number = int(found["number"]) if found["number"] else None
    words = found["words"]
    if number is not None and number not in [one.id for one in waiting] and len(waiting) == 1 and words:
        # 答复 3天内办好: the number belongs to the answer, because nobody asked under it.
        number, words = None, visit.text.strip()[found.start("number") :]
    if number is None and len(waiting) != 1:
        return Text(say("reply_which", waiting=listed(visit.visitor, 6)))
    enquiry = hold_for(number if number is not None else waiting[0].id, visit.visitor)
    if found["case"]:
        case = enquiry_was_case(enquiry, visit.by)
        return Text(say("enquiry_filed", asked=str(enquiry.id), number=case.number))
    keeping.answer(enquiry, visit.person, words)
    return Text(say("replied", number=str(enquiry.id), left=len(waiting) - 1))


def listed(visitor: Visitor, limit: int) -> list[dict[str, Any]]:
    """What waits for this person's answer, for a list in words."""
    return [
        {"number": one.id, "text": one.text, **keeping.spot_of(one).facts()}
        for one in waiting_for(visitor, limit)
    ]


@cache
def _command() -> re.Pattern[str]:
    words = table("lexicon/commands.toml")
    around = "".join(map(re.escape, words["around"]))

    def several(name: str) -> str:
        return any_of(words[name])

    return re.compile(
        rf"(?:{several('reply')}|(?P<case>{several('make_case')}))[{around}]*"
        rf"(?:(?P<number>\d{{1,{LONGEST_NUMBER}}})(?!\d)[{around}]*)?(?P<words>.*)",
        re.DOTALL,
    )
