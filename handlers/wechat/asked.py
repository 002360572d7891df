"""What staff asked about an open case, and its people answer: in words, with a photo, with or without its
number."""

import re

from handlers.wechat import follow_ups
from handlers.wechat.answer import Answer
from handlers.wechat.placing import agrees, door_of
from handlers.wechat.visit import Visit
from models.base.resources import table
from models.case.case import Case
from models.case.reach import asked_of, hold
from models.understanding import case_number_in, grade_of, short_reply
from models.understanding.intent import QUESTIONS
from models.understanding.patterns import any_of
from models.understanding.sureness import kind_of

ELSEWHERE = QUESTIONS | {"progress", "suggest"}


def answer(visit: Visit) -> Answer | None:
    """补充 100014 三楼, or 三楼 alone where one question waits and these words are about nothing else."""
    waiting = asked_of(visit.person)
    if not waiting:
        return None
    number = case_number_in(visit.text)
    if number is not None:
        named = [case for case in waiting if case.number == number]
        words = visit.text.replace(number, "")
        bare = re.sub(any_of(table("lexicon/commands.toml")["supply"]), "", words).strip(" ，。：:,.")
        if not named or not bare or short_reply(bare) is not None or grade_of(bare) is not None:
            return None
        said = visit.saying(bare)
        return follow_ups.put(said, hold(named[0].id), urged=False) if _is_an_answer(said) else None
    u = visit.meaning
    if len(waiting) > 1 or not _is_an_answer(visit) or door_of(visit).is_known or visit.question is not None:
        return None
    case = waiting[0]
    if kind_of(u) not in (None, case.category) or not agrees(u, case):
        return None
    return follow_ups.put(visit, hold(case.id), urged=False)


def _is_an_answer(visit: Visit) -> bool:
    return visit.meaning.intent not in ELSEWHERE and visit.meaning.danger is None


def case_asked_about(visit: Visit) -> Case | None:
    """The only case about which something was asked: a photo is an answer too."""
    waiting = asked_of(visit.person)
    return hold(waiting[0].id) if len(waiting) == 1 else None
