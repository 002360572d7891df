"""到 and 不能: answers to a call with a roll, by a word, a tap on a menu or on a card; and who calls the
silent."""

import re
from functools import cache
from typing import Any

from handlers.wechat.answer import Answer, CardUpdate, Text
from handlers.wechat.visit import Visit
from handlers.wording.cards import template_card
from handlers.words import letter, say
from models.base.links import personal_path
from models.base.orm import session
from models.base.refusals import NotFound
from models.base.resources import table
from models.notice import call, climbing, telling
from models.notice.audience import CALL_KIND
from models.notice.tables import Notice

ANSWERS = {"come": True, "cannot": False}
TAKE_UP = "calling"
VERBS = (*ANSWERS, TAKE_UP)
_AROUND = " ,，。.!！~～"
_PAUSE = re.compile(f"[{re.escape(_AROUND)}]+")


def answered(visit: Visit) -> Answer | None:
    """A whole message that is one of the words, from somebody who was called; or one of those that say no,
    with a reason behind. Else None."""
    coming = _words().get(visit.text.strip(_AROUND))
    if coming is None and _says_no_and_why(visit):
        coming = False
    notice = call.open_call(visit.person) if coming is not None else None
    if notice is None or coming is None:
        return None
    call.answer(notice, visit.person, coming)
    return Text(say("call_answered", coming=coming, title=notice.title))


def tapped(visit: Visit, verb: str, number: str) -> Answer:
    """The card itself is the answer. Raises NotFound and NotAllowed."""
    notice = session().get(Notice, int(number)) if number.isdecimal() and len(number) < 12 else None
    if notice is None:
        raise NotFound("notice_not_found", number=number)
    path = personal_path("notice", visit.person, notice.id)
    if verb == TAKE_UP:
        words = letter(climbing.KIND, "work", _taken_up(notice, visit.person) | {"path": path})
    else:
        call.answer(notice, visit.person, ANSWERS[verb])
        facts = telling.person_facts(notice) | {"coming": ANSWERS[verb], "path": path}
        words = letter(CALL_KIND, "work", facts)
    assert words.card is not None
    return CardUpdate((visit.message.sender,), template_card(words.card, visit.message.task_id))


def _taken_up(notice: Notice, person_id: int) -> dict[str, Any]:
    """Raises NotAllowed for whom nobody was named to."""
    climbing.take_up(notice, person_id)
    named = climbing.named_to(notice, person_id)
    assert named is not None
    return {"number": notice.id, "title": notice.title, **named._asdict()}


def _says_no_and_why(visit: Visit) -> bool:
    """「来不了，在外地」. Yes with more behind it may be a report, and so may a danger."""
    first, *rest = _PAUSE.split(visit.text.strip(_AROUND), maxsplit=1)
    return bool(rest) and _words().get(first) is False and visit.meaning.danger is None


@cache
def _words() -> dict[str, bool]:
    data = table("lexicon/calls.toml")
    return dict.fromkeys(data["coming"], True) | dict.fromkeys(data["not_coming"], False)
