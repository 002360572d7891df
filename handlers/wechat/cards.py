"""A button of a WeCom card: `<verb>/<number of a case or a call>`. The card itself is the answer."""

from handlers.wechat import calls, finishing, staff, whistling
from handlers.wechat.answer import Answer, CardUpdate, refused
from handlers.wechat.visit import Visit
from handlers.wording.cards import template_card
from handlers.words import letter
from models.base.checkdigit import with_check
from models.base.refusals import Refused
from models.case import reach
from models.case.case import Case
from models.outbox.cards import card_of, new_code


def tapped(visit: Visit) -> Answer:
    """Does what the button says and shows on the card what is true now. Taps again change nothing."""
    message = visit.message
    verb, _, number = message.event_key.partition("/")
    if message.task_id:
        number = number or _number_of(message.task_id)
        if message.response_code:
            new_code(message.task_id, message.response_code)
    try:
        if verb in calls.VERBS:
            return calls.tapped(visit, verb, number)
        if verb in whistling.BUTTONS:
            return whistling.tapped(visit, verb, number)
        case = reach.find(number, visit.visitor, hold=True)
        note = _do(visit, verb, case)
    except Refused as refusal:
        said = refused(refusal)
        seen = reach.maybe(number, visit.visitor)
        return _shown(visit, seen, said.text) if seen is not None else said
    return _shown(visit, case, note)


def _number_of(task_id: str) -> str:
    """The case of a card whose button does not name it."""
    letter = card_of(task_id)
    is_case = letter is not None and letter.about_kind == "case"
    return with_check(letter.about_id) if is_case and letter and letter.about_id else ""


def _do(visit: Visit, verb: str, case: Case) -> str:
    match verb:
        case "accept":
            case.accept(visit.person)
            return ""  # the card says it
        case "finish":
            return finishing.tapped(visit, case)
        case "return":
            return staff.ask_return_reason(visit, case)
        case "acknowledge":
            return staff.acknowledge(visit, case)
        case _:
            return ""


def _shown(visit: Visit, case: Case, note: str) -> Answer:
    """The card as it should be now, for the one who tapped; `note` is what a chat would have said."""
    words = letter("card_update", "work", {**case.card_facts(visit.person), "note": note})
    assert words.card is not None
    return CardUpdate((visit.message.sender,), template_card(words.card, visit.message.task_id))
