"""What keepers and other staff do from a chat: accept, return, transfer, finish, acknowledge.

The same short words work in WeCom and, for cadres without it, in the service account.
"""

import re
from datetime import timedelta
from typing import Any

from handlers.due import due_facts
from handlers.wechat import calls, correcting, ending, finishing, keeping, on_spot, replying, same, whistling
from handlers.wechat.answer import Answer, Text
from handlers.wechat.commands import AROUND, command_in
from handlers.wechat.visit import Visit
from handlers.words import say
from models.base import links
from models.books.rights import LOOKING
from models.case import emergency, reach
from models.case.case import Case
from models.dialogue.question import Asked, ask, forget
from models.duty.overseeing import OVERSEEING
from models.joins.introducing import introduce
from models.person.binding import issue_code
from models.person.colleagues import called

LISTED = 6  # a reply is read on a phone; the page shows all


def answer(visit: Visit) -> Answer | None:
    """None when a member of staff says something that any resident might: a report, a question."""
    match visit.message.kind:
        case "text":
            return (
                calls.answered(visit)
                or _command(visit)
                or replying.answer(visit)
                or correcting.answer(visit)
                or _pending(visit)
            )
        case "image":
            return on_spot.photo(visit) or finishing.photo(visit)
        case _:
            return None  # a voice, a place: as from any resident


def _command(visit: Visit) -> Answer | None:
    verb, number, words = command_in(visit.text)
    match verb:
        case "accept":
            return _accept(visit, number)
        case "finish":
            return finishing.words(visit, number, words)
        case "no_photo":
            return finishing.without_photo(visit, number, words)
        case "give_back":
            return _give_back(visit, number, words)
        case "give_back_because":
            said = visit.text.replace(number, "", 1) if number else visit.text
            return _give_back(visit, number, said.strip(AROUND))
        case "transfer":
            return _transfer(visit, number, words)
        case "separate" if number is not None:
            return same.apart_by_desk(visit, number)
        case "acknowledge":
            return _acknowledge(visit, number)
        case on_spot.COMMAND:
            return on_spot.said(visit, words)
        case _ if verb in ending.COMMANDS:
            return ending.command(visit, verb, number, words)
        case "work":
            return work(visit)
        case "notices" if not words and OVERSEEING & set(visit.visitor.roles):
            return Text(say("notices", path=links.personal_path("desk", visit.person) + "/notices"))
        case "books" if not words and LOOKING & set(visit.visitor.roles):
            return Text(say("books_desk", path=links.personal_path("desk", visit.person) + "/books"))
        case "fee_desk" if not words and OVERSEEING & set(visit.visitor.roles):
            return Text(say("fee_desk", path=links.personal_path("desk", visit.person) + "/fees"))
        case "visited":
            return keeping.visited(visit, words)
        case "binding_code":
            return _binding_code(visit, words)
        case _ if verb in whistling.COMMANDS:
            return whistling.command(visit, verb, number, words)
        case _:
            return None


def _pending(visit: Visit) -> Answer | None:
    """Words that answer what we asked of this member of staff."""
    question = visit.question
    if question is not None and question.kind == Asked.FINISH:
        return finishing.more_words(visit, question)
    if question is not None and question.kind == Asked.CLAIM:
        return ending.more(visit, question)
    if question is not None and question.kind == Asked.WHISTLE_REASON:
        return whistling.reason(visit, question)
    case = _asked_why(visit)
    return None if case is None else _returned(visit, case, visit.text)


def accept(visit: Visit, case: Case) -> str:
    case.accept(visit.person)
    return say("accepted", **_told(case, visit.person))


def ask_return_reason(visit: Visit, case: Case) -> str:
    ask(visit.person, visit.channel, Asked.RETURN_REASON, lasts=timedelta(minutes=30), case_id=case.id)
    return say("return_reason", number=case.number)


def work(visit: Visit) -> Text:
    """What waits for this person, and the page on which it can all be done."""
    return Text(
        say(
            "work",
            offered=[_line(case) for case in reach.offered_to(visit.person, LISTED)],
            held=[_line(case) for case in reach.held_by(visit.person, LISTED)],
            asked=replying.listed(visit.visitor, LISTED),
            whistles=whistling.listed(visit, LISTED),
            path=links.personal_path("desk", visit.person),
        )
    )


def _accept(visit: Visit, number: str | None) -> Answer:
    waiting = reach.offered_to(visit.person)
    if number is None and len(waiting) != 1:
        return work(visit)
    case = reach.find(number or waiting[0].number, visit.visitor, hold=True)
    return Text(accept(visit, case))


def _give_back(visit: Visit, number: str | None, reason: str) -> Answer:
    case = (_asked_why(visit) if number is None else None) or _own(visit, number)
    if case is None:
        return work(visit)
    if not reason:
        return Text(ask_return_reason(visit, case))
    return _returned(visit, case, reason)


def _returned(visit: Visit, case: Case, reason: str) -> Text:
    if visit.question is not None and visit.question.kind == Asked.RETURN_REASON:
        forget(visit.person, visit.channel)
    case.give_back(visit.person, reason)
    return Text(say("returned", number=case.number))


def _asked_why(visit: Visit) -> Case | None:
    """The case whose return waits for its reason."""
    question = visit.question
    if question is None or question.kind != Asked.RETURN_REASON or question.case_id is None:
        return None
    return reach.hold(question.case_id)


def _transfer(visit: Visit, number: str | None, words: str) -> Answer:
    """转派 123456 王强 太高了够不着: to a colleague by name or 工号, with the reason behind."""
    case = _own(visit, number)
    if case is None:
        return work(visit)
    to, *rest = re.split(f"[{re.escape(AROUND)}]+", words, maxsplit=1)
    reason = rest[0] if rest else ""
    found = called(to, case.community_id)
    if len(found) != 1 or not reason.strip():
        return Text(say("transfer_how", number=case.number, several=len(found) > 1))
    case.transfer(visit.person, found[0].person_id, reason)
    return Text(say("transferred", number=case.number, to=found[0].name))


def _acknowledge(visit: Visit, number: str | None) -> Answer | None:
    ringing = emergency.ringing_for(visit.person)
    if number is None and not ringing:
        return None
    case_id = reach.find(number, visit.visitor).id if number else ringing[0].case_id
    return Text(acknowledge(visit, reach.hold(case_id)))


def acknowledge(visit: Visit, case: Case) -> str:
    first = emergency.acknowledge(case.id, visit.person)
    return say("alarm_acknowledged", number=case.number, first=first)


def _binding_code(visit: Visit, number: str) -> Answer:
    """绑定码 for oneself; 绑定码 K001 by the desk for a colleague who has no WeCom."""
    if not number:
        return Text(say("binding_code", colleague=None, code=issue_code(visit.person)))
    colleague, code = introduce(visit.person, number)
    return Text(say("binding_code", colleague=colleague.name, code=code))


def _own(visit: Visit, number: str | None) -> Case | None:
    """The named case, or the only one this person has."""
    if number is not None:
        return reach.find(number, visit.visitor, hold=True)
    mine = [*reach.held_by(visit.person), *reach.offered_to(visit.person)]
    return reach.hold(mine[0].id) if len(mine) == 1 else None


def _told(case: Case, person_id: int) -> dict[str, Any]:
    return {
        "number": case.number,
        "category": case.category,
        "text": case.text,
        "path": links.personal_path("case", person_id, case.id),
        **case.spot.facts(),
    }


def _line(case: Case) -> dict[str, Any]:
    return {
        "number": case.number,
        "category": case.category,
        "urgency": case.urgency,
        "next": case.due_at,
        **due_facts(case),
        **case.spot.facts(),
    }
