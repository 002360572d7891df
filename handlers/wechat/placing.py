"""Where it is: known, said a moment ago, asked for once, and put into the report when it comes."""

from datetime import timedelta
from typing import Any

from handlers.wechat.answer import Answer, Text
from handlers.wechat.naming import responsible
from handlers.wechat.visit import Visit
from handlers.words import say
from models.base.resources import table
from models.case.case import Case
from models.case.lifecycle import State
from models.case.reach import hold
from models.dialogue.question import Asked, Question, ask, forget
from models.place.gazetteer import Located, town
from models.place.spot import NOWHERE, Spot
from models.understanding import Place, Understanding, place_only
from models.understanding.replies import line_chosen


def heard(visit: Visit) -> Answer | None:
    """我是育英3号楼的, and nothing else: what is told next is there."""
    if visit.question is not None or place_only(visit.text, town().gazetteer) is None:
        return None
    spot = visit.locate(visit.meaning).spot
    if not spot.is_known:
        return None
    ask(visit.person, visit.channel, Asked.WHAT, lasts=wait(visit), door=as_json(spot))
    return Text(say("place_heard", **spot.facts()))


def lacking_of(located: Located, category: str | None) -> str | None:
    """What must be asked: a matter that stands in no building is found without its number."""
    needs_building = category in table("rules/places.toml")["needs_building"]
    is_on_the_map = located.spot.longitude is not None
    if located.missing == "building" and (is_on_the_map or not needs_building):
        return None
    return located.missing


def missing_of(spot: Spot, category: str | None) -> str | None:
    """What must still be asked of a place said in parts: estate, building, no_such_building or None."""
    if spot.estate_id is None:
        return "estate"
    if spot.building_id is not None:
        return None
    if spot.building:
        return "no_such_building"
    return lacking_of(Located(spot, "building"), category)


def ask_place(visit: Visit, case_id: int, *others: int) -> None:
    """The answer goes for `others` too: what else the same message told."""
    ask(visit.person, visit.channel, Asked.PLACE, lasts=wait(visit), case_id=case_id, others=list(others))


def question_for(lacking: str, spot: Spot, located: Located) -> dict[str, Any]:
    """The facts of the one question that asks for the place."""
    choices = located.choices or tuple(town().estates.values())
    names = (
        [choice.name for choice in choices]
        if len(choices) <= int(table("rules/places.toml")["choices"])
        else []
    )
    return {"lacking": lacking, "choices": names if lacking == "estate" else [], **spot.facts()}


def answered(visit: Visit, case: Case) -> Place | None:
    """The place with which the whole message answers, also as a bare number; None when it says more."""
    asked = "building" if case.building_id is None else "unit"
    return place_only(visit.text, town().gazetteer, asked)


def chosen(text: str, question: Question) -> Spot | None:
    """The line of our menu that a bare number chooses."""
    choices = question.facts.get("choices") or []
    line = line_chosen(text, len(choices))
    return None if line is None else spot_from(choices[line])


def agrees(u: Understanding, case: Case) -> bool:
    """The words name no other house than the case's."""
    return u.estate in (None, case.estate_name) and u.building in (None, case.building_name)


def placed(visit: Visit, case: Case, spot: Spot, *, words: str = "") -> Answer:
    """The place that was asked for has come: the report goes on its way, whatever it is worth."""
    others = _others(visit)
    forget(visit.person, visit.channel)
    if words:
        case.add_text(words, visit.by, quietly=True)
    u = visit.meaning
    if words and visit.message.kind == "text" and case.category is None:
        case.understand_as(category=u.category, urgency=u.urgency)
    answers = case.relocate(spot, visit.by, said=words)
    numbers = []
    for other in others:
        other.relocate(spot, visit.by)
        numbers.append(other.number)
    return Text(
        say(
            "placed",
            number=case.number,
            others=numbers,
            category=case.category,
            lacking=None if case.spot.is_known else "estate",
            **case.spot.facts(),
            **responsible(answers),
        )
    )


def _others(visit: Visit) -> list[Case]:
    """What was told in the same message, and still waits for the same place."""
    question = visit.question
    if question is None or question.kind != Asked.PLACE:
        return []
    cases = [hold(number) for number in question.facts.get("others", [])]
    return [case for case in cases if case.state == State.COLLECTED]


def place_menu(visit: Visit) -> list[dict[str, Any]]:
    """The writer's home and the estates, to be chosen by a number."""
    most = int(table("rules/places.toml")["choices"])
    spots = [visit.home_spot] if visit.home_spot.is_known else []
    for estate in town().estates.values():
        spots.append(town().spot_of_estate(estate.id, how="answer") or NOWHERE)
    return [{"label": spot.facts(), "spot": as_json(spot)} for spot in spots[:most]]


def door_of(visit: Visit) -> Spot:
    """The door whose code was just scanned, or the place just shared or said."""
    question = visit.question
    if question is not None and question.kind == Asked.WHAT and "door" in question.facts:
        return spot_from(question.facts["door"])
    return NOWHERE


def forget_question_about(visit: Visit, case_id: int) -> None:
    """It need not be answered any more."""
    if visit.question is not None and visit.question.case_id == case_id:
        forget(visit.person, visit.channel)


def forget_door(visit: Visit) -> None:
    if visit.question is not None and visit.question.kind == Asked.WHAT:
        forget(visit.person, visit.channel)


def spot_from(kept: dict[str, Any]) -> Spot:
    return Spot(**kept)


def as_json(spot: Spot) -> dict[str, Any]:
    """What `spot_from` reads back."""
    return {name: getattr(spot, name) for name in Spot.__slots__ if getattr(spot, name) is not None}


def wait(visit: Visit) -> timedelta:
    return timedelta(minutes=visit.house.place_wait_minutes)
