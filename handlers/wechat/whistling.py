"""吹哨, 应, 不应, 到场: in words, and by the buttons of a department's card.

The number that people write is the case's; a card names the whistle.
"""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from handlers.wechat.answer import Answer, CardUpdate, Text
from handlers.wechat.commands import AROUND
from handlers.wechat.visit import Visit
from handlers.wording.cards import template_card
from handlers.words import letter, refusal, say
from models.base.checkdigit import with_check, without_check
from models.base.links import personal_path
from models.base.refusals import NotFound, Refused
from models.case import reach
from models.dialogue.question import Asked, Question, ask, forget
from models.duty.tables import Department
from models.whistle import answering, blowing, departments, referring, telling
from models.whistle.reading import called_in, hold, open_calls
from models.whistle.rights import may_blow
from models.whistle.tables import Called, Whistle

BLOW, COMES, NOT, HERE = "whistle", "whistle_yes", "whistle_no", "whistle_here"
DISPUTE = "dispute"
COMMANDS = (BLOW, COMES, NOT, HERE, DISPUTE)
BUTTONS = (COMES, NOT, HERE)
_BETWEEN = re.compile("[、/&]")  # departments in one word
_LASTS = timedelta(minutes=30)

Call = tuple[Whistle, Called]


def command(visit: Visit, verb: str, number: str | None, words: str) -> Answer | None:
    """None from somebody for whom it is no command: nobody called them."""
    if verb == BLOW:
        return _blow(visit, number, words)
    if verb == DISPUTE:
        return _dispute(visit, number, words)
    mine = departments.spoken_for_by(visit.person)
    case_id = without_check(number) if number is not None else None
    calls = open_calls(mine, case_id) if mine else []
    if number is not None and not calls:
        if not mine:
            return None
        raise NotFound("whistle_not_found")
    if number is None:
        calls = [one for one in calls if _waits(verb, one[1])]
    cases = list(dict.fromkeys(one.case_id for one, _ in calls))
    if not calls:
        return None
    if len(cases) > 1:
        return Text(say("whistle_which", cases=[with_check(one) for one in cases]))
    if verb == NOT and not words:
        return Text(_ask_why(visit, calls[0][0]))
    return Text(_said(visit, verb, calls, words))


def reason(visit: Visit, question: Question) -> Answer:
    """What was asked after 不应 alone."""
    whistle = hold(int(question.facts["whistle"]))
    mine = departments.spoken_for_by(visit.person)
    calls = [(whistle, one) for one in called_in(whistle.id) if one.department_id in mine]
    forget(visit.person, visit.channel)
    return Text(_said(visit, NOT, calls, visit.text))


def tapped(visit: Visit, verb: str, number: str) -> Answer:
    """The card itself is the answer. Raises NotFound for who was not called."""
    whistle = hold(int(number) if number.isdecimal() and len(number) < 12 else 0)
    mine = departments.spoken_for_by(visit.person)
    calls = [(whistle, one) for one in called_in(whistle.id) if one.department_id in mine]
    if not calls:
        raise NotFound("whistle_not_found")
    try:
        note = _ask_why(visit, whistle) if verb == NOT else ""
        if verb != NOT:
            _said(visit, verb, calls, "")
    except Refused as refused:
        note = refusal(refused)
    words = letter(telling.BLOWN, "work", _card(visit, calls[0]) | {"note": note})
    assert words.card is not None
    return CardUpdate((visit.message.sender,), template_card(words.card, visit.message.task_id))


def _said(visit: Visit, verb: str, calls: Sequence[Call], words: str) -> str:
    whistle = calls[0][0]
    facts: dict[str, Any] = {"number": with_check(whistle.case_id), "arrive_due": whistle.arrive_due}
    for one, called in calls:
        if verb == HERE:
            answering.arrive(one.id, called.department_id, visit.person)
        else:
            answering.answer(one.id, called.department_id, visit.person, verb == COMES, words)
    return say("whistle_said", verb=verb, path=telling.path_of(whistle.id, visit.person), **facts)


def _ask_why(visit: Visit, whistle: Whistle) -> str:
    ask(visit.person, visit.channel, Asked.WHISTLE_REASON, lasts=_LASTS, whistle=whistle.id)
    return say("whistle_reason", number=with_check(whistle.case_id))


def _waits(verb: str, called: Called) -> bool:
    """Whether the words alone may mean this call."""
    if called.arrived_at is not None:
        return False
    return verb == HERE or called.comes is None or called.comes != (verb == COMES)


def _card(visit: Visit, call: Call) -> dict[str, Any]:
    whistle, called = call
    facts = telling.facts_of(whistle) | {
        "is_lead": called.is_lead,
        "arrived": called.arrived_at is not None,
        "over": whistle.ended_at is not None,
        "path": telling.path_of(whistle.id, visit.person),
    }
    return facts if called.comes is None else facts | {"coming": called.comes}


def _blow(visit: Visit, number: str | None, words: str) -> Answer | None:
    """吹哨 100014 城管局、供电公司 灯杆要倒: the first one leads. None for 吹哨子太吵了, which any resident
    may say."""
    named, *rest = re.split(f"[{re.escape(AROUND)}]+", words, maxsplit=1)
    found = [_named(one) for one in _BETWEEN.split(named) if one]
    if number is None:
        return None if words and None in found else Text(_how(visit, None))
    case = reach.find(number, visit.visitor, hold=True)
    several = [one for one in found if one is not None]
    if may_blow(visit.person, case) and (len(several) < max(len(found), 1) or not rest):
        return Text(_how(visit, case.number))
    lead, *assist = (one.id for one in several) if several else (0,)
    whistle = blowing.blow(case, visit.person, lead, assist, " ".join(rest), case.urgency)
    return Text(
        say(
            "whistled",
            number=case.number,
            names=[one.name for one in several],
            answer_due=whistle.answer_due,
            arrive_due=whistle.arrive_due,
            path=telling.path_of(whistle.id, visit.person),
        )
    )


def _how(visit: Visit, number: str | None) -> str:
    if number is None:
        path = personal_path("desk", visit.person) + "/whistles"
        return say("whistle_how", number=None, names=[], path=path)
    names = [one.name for one in departments.active()]
    return say("whistle_how", number=number, names=names, path=telling.case_path_of(number, visit.person))


def _dispute(visit: Visit, number: str | None, reason: str) -> Answer | None:
    """异议 100014 产权不在我们: of what was handed to one's department. None without a number, because many
    a sentence begins so."""
    if number is None:
        return None
    case = reach.find(number, visit.visitor)
    referral = referring.open_of(case.id)
    if referral is None:
        raise NotFound("referral_not_found")
    referring.dispute(referral.id, visit.person, reason)
    return Text(say("disputed", number=case.number))


def _named(said: str) -> Department | None:
    """By its name, or a part of it that no other has."""
    known = departments.active()
    found = [one for one in known if one.name == said] or [one for one in known if said in one.name]
    return found[0] if len(found) == 1 else None


def listed(visit: Visit, limit: int) -> list[dict[str, Any]]:
    """The calls that wait for this person, for a list in words."""
    mine = departments.spoken_for_by(visit.person)
    calls = [one for one in open_calls(mine) if _waits(HERE, one[1])] if mine else []
    waiting = [(whistle, called) for whistle, called in calls if called.comes is not False]
    return [
        {
            "number": with_check(whistle.case_id),
            "wanted": whistle.text,
            "comes": called.comes,
            "answer_due": whistle.answer_due,
            "arrive_due": whistle.arrive_due,
        }
        for whistle, called in waiting[:limit]
    ]
