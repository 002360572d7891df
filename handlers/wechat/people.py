"""找人: who answers for my building, a department's duty phone, a human being; and words put before them.

Nobody's own number is ever said: who published no duty phone is reached by 带话, and answers the same way.
"""

from typing import Any

from handlers.wechat import enquiring
from handlers.wechat.answer import Answer, Text
from handlers.wechat.enquiring import WAITS, asked_where, may_ask, names_a_place_alone, note
from handlers.wechat.naming import who_answers_it
from handlers.wechat.visit import Visit
from handlers.words import say
from models.dialogue.question import Asked, ask, forget
from models.duty.answering import (
    Answerer,
    Answering,
    asked_of,
    departments,
    desk_of,
    property_of,
    who_answers,
)
from models.duty.ladder import roles
from models.duty.posts import DepartmentDuty
from models.enquiry import keeping
from models.enquiry.asking import relayed, role_asked, topic_asked, wants_person
from models.enquiry.tables import State
from models.grid.micro import cadres_of
from models.place.gazetteer import town
from models.place.spot import Spot

OF_A_BUILDING = frozenset({"keeper", "building", roles()[0]})
RELAY_MINUTES = 120  # so long 带话 goes to those whom we named


def human(visit: Visit) -> Answer:
    """Whom the words ask for: a department, a post, whoever answers for a building, else any person."""
    text, role = visit.text, role_asked(visit.text)
    office = _department(text) if role in (None, "community", "building") else None
    if office is not None:
        note(visit, asked_where(visit))
        return Text(say("department_phone", department=office.name, phone=office.phone))
    if role in OF_A_BUILDING:
        return _of_building(visit, role)
    if (
        role is None
        and topic_asked(text) is not None
        and visit.locate(visit.meaning).spot.building_id is not None
    ):
        return _of_building(visit, "building")  # 暖气不热找谁: whoever answers there, whatever it is
    if role in ("community", "property"):
        return _of_community(visit, role)
    if wants_person(text):
        return a_person(visit)
    return enquiring.kept(visit, how="not_listed")


def who_answers_here(visit: Visit) -> Answer:
    """谁管我这栋, also from the menu."""
    return _of_building(visit, "building")


def a_person(visit: Visit) -> Answer:
    """转人工: the desk's duty phone, and the next words go to the desk."""
    spot = asked_where(visit)
    desk = [_facts(one) for one in desk_of(spot.community_id) if one.phone]
    asks = may_ask(visit)
    if asks:
        ask(visit.person, visit.channel, Asked.WORDS, lasts=WAITS)
    return Text(say("a_person", desk=desk[:1], asks=asks))


def place_said(visit: Visit) -> Answer | None:
    """The building that we asked for."""
    if visit.question is None or visit.question.kind != Asked.WHO:
        return None
    if not names_a_place_alone(visit):
        return None
    role = str(visit.question.facts.get("role", "building"))
    forget(visit.person, visit.channel)
    return _of_building(visit, role, once=False)


def relay(visit: Visit) -> Answer | None:
    """带话: the words go to whoever answers for the building that was spoken of, else the writer's home."""
    words = relayed(visit.text)
    if words is None:
        return None
    if not words:
        return Text(say("relay_how"))
    spot = _spoken_of(visit)
    people = _answerers(spot, role_asked(words) or "building") if spot.building_id is not None else ()
    if people:
        answers = Answering("relay", tuple(one.person_id for one in people))
    else:
        answers = asked_of(spot.community_id, None)
    keeping.keep(
        words,
        asker=visit.person,
        intent="human",
        category=None,
        spot=spot,
        answers=answers,
        at=visit.message.sent_at,
    )
    return Text(say("kept", how="words", **who_answers_it(answers)))


def _of_building(visit: Visit, role: str, *, once: bool = True) -> Answer:
    spot = visit.locate(visit.meaning).spot
    if spot.building_id is None:
        if once and may_ask(visit):
            ask(visit.person, visit.channel, Asked.WHO, lasts=WAITS, role=role)
            return Text(say("who_answers_where", asks=True))
        return Text(say("who_answers_where", asks=False))
    people = _answerers(spot, role)
    if not people:
        return enquiring.kept(visit, intent="human", how="not_listed")
    note(visit, spot, "human")
    is_broken = topic_asked(visit.text) is not None
    facts = [_facts(one) for one in people]
    everybody = role == "building"
    cadres = cadres_of(spot.building_id, spot.unit, spot.room) if everybody else ()
    return Text(
        say(
            "who_answers",
            people=facts,
            cadres=[_facts(one) for one in cadres],
            is_broken=is_broken,
            **spot.facts(),
        )
    )


def _answerers(spot: Spot, role: str) -> tuple[Answerer, ...]:
    """Of one role where the building has it, else all who answer."""
    people = who_answers(spot.building_id) if spot.building_id is not None else ()
    return tuple(one for one in people if one.role == role) or people


def _of_community(visit: Visit, role: str) -> Answer:
    spot = asked_where(visit)
    people = desk_of(spot.community_id) if role == "community" else property_of(spot.community_id)
    if not people or spot.community_id is None:
        return enquiring.kept(visit, intent="human", how="not_listed")
    note(visit, Spot(community_id=spot.community_id))
    community = town().communities.get(spot.community_id)
    return Text(
        say("who_at_desk", role=role, community=community, people=[_facts(one) for one in people][:3])
    )


def _department(text: str) -> DepartmentDuty | None:
    """The one that is named, or that takes what is asked about; None without a published phone."""
    topic = topic_asked(text)
    with_phone = [one for one in departments() if one.phone]
    named = [one for one in with_phone if one.name in text]
    taking = [one for one in with_phone if topic is not None and topic in one.categories]
    return next(iter([*named, *taking]), None)


def _spoken_of(visit: Visit) -> Spot:
    """Where the last answer named somebody, else what the words name, else the home."""
    if visit.names_no_place:
        last = keeping.latest_of(visit.person, minutes=RELAY_MINUTES, states=(State.KNOWN,))
        if last is not None and last.intent == "human" and last.building_id is not None:
            return keeping.spot_of(last)
    return asked_where(visit)


def _facts(one: Answerer) -> dict[str, Any]:
    return {"name": one.name, "role": one.role, "phone": one.phone, "employer": one.employer}
