"""改类别, 改地点, 改咨询: staff put right from the chat what was understood, and it is learned from."""

from typing import Any

from handlers.wechat.answer import Answer, Text
from handlers.wechat.commands import command_in
from handlers.wechat.naming import who_answers_it
from handlers.wechat.visit import Visit
from handlers.words import labels, say
from models.base.refusals import NotAllowed
from models.base.resources import table
from models.case import reach
from models.case.case import Case
from models.case.choices import open_to
from models.case.seconding import LOWER, VOID
from models.joins.turning import NO_CASE, ask_whether_it_was, case_was, needs_second

VERBS = ("set_category", "set_place", "set_intent")


def answer(visit: Visit) -> Answer | None:
    verb, number, words = command_in(visit.text)
    if verb not in VERBS:
        return None
    if number is None:
        return Text(say("correct_how", number=None, verb=verb, known=_known(verb)))
    case = reach.find(number, visit.visitor, hold=True)
    match verb:
        case "set_category":
            return _category(visit, case, words)
        case "set_place":
            return _place(visit, case, words)
        case _:
            return _intent(visit, case, words)


def _category(visit: Visit, case: Case, words: str) -> Answer:
    category = _named("categories", words)
    if category is None:
        return _how(case, "set_category")
    _must(visit, case, "correct")
    urgency = _urgency(words) or case.urgency
    case.lower(visit.visitor.person_id, category=category, urgency=urgency, reason=visit.text)
    if case.proposal == LOWER:
        return Text(say("second_asked", number=case.number, asks=LOWER, wanted=urgency))
    return Text(say("category_changed", number=case.number, category=case.category, urgency=case.urgency))


def _place(visit: Visit, case: Case, words: str) -> Answer:
    spot = visit.saying(words).locate(visit.saying(words).meaning, base=case.spot).spot
    if not words or not spot.is_known:
        return _how(case, "set_place")
    _must(visit, case, "place")
    case.relocate(spot, visit.by)
    return Text(say("moved", number=case.number, **case.spot.facts()))


def _intent(visit: Visit, case: Case, words: str) -> Answer:
    intent = _intent_named(words)
    if intent is None:
        return _how(case, "set_intent")
    _must(visit, case, "correct")
    if needs_second(case, intent, visit.by):
        ask_whether_it_was(case, intent, visit.visitor.person_id, visit.text)
        return Text(say("second_asked", number=case.number, asks=VOID, wanted=intent))
    answers = case_was(case, intent, visit.by, visit.text)
    facts = who_answers_it(answers) if answers is not None else None
    return Text(say("no_case", number=case.number, intent=intent, answers=facts))


def _must(visit: Visit, case: Case, move: str) -> None:
    if move not in open_to(case, visit.visitor, None):
        raise NotAllowed("not_yours_to_correct", number=case.number)


def _how(case: Case, verb: str) -> Text:
    return Text(say("correct_how", number=case.number, verb=verb, known=_known(verb)))


def _known(verb: str) -> list[str]:
    if verb == "set_category":
        return [str(one["label"]) for one in labels("categories").values()]
    return [str(one["said"][0]) for code, one in labels("intents").items() if code in NO_CASE]


def _named(name: str, words: str) -> str | None:
    """The code whose label the words say, in whole or in one of its parts; or the code itself."""
    known: dict[str, Any] = dict(labels(name))
    said = words.strip()
    for code, one in known.items():
        if said.startswith((code, str(one["label"]))):
            return code
    parts = (
        (code, part)
        for code, one in known.items()
        for part in str(one["label"]).replace("·", "、").split("、")
    )
    return next((code for code, part in parts if said.startswith(part)), None)


def _intent_named(words: str) -> str | None:
    return next(
        (
            code
            for code, one in labels("intents").items()
            if code in NO_CASE and any(said in words for said in one["said"])
        ),
        None,
    )


def _urgency(words: str) -> str | None:
    """急 or 不急 behind the category."""
    known: dict[str, str] = table("labels/urgency.toml")
    return next((code for code, label in known.items() if words.endswith(label)), None)
