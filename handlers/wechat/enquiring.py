"""Questions: told what is known, or honestly kept for a person whose one reply goes back to the asker."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

from handlers.wechat.answer import Answer, Text
from handlers.wechat.naming import who_answers_it
from handlers.wechat.visit import Visit
from handlers.words import say
from models.base.clock import local
from models.dialogue.question import Asked, ask, forget
from models.duty.answering import Answering, asked_of
from models.enquiry import keeping
from models.enquiry.asking import (
    area_said,
    asks_again,
    asks_how_much,
    asks_tariff,
    talk_of,
    topic_asked,
    wants_person,
)
from models.enquiry.known import known_answer
from models.enquiry.tables import Enquiry, State
from models.fee.arithmetic import MONTHS, by_area
from models.fee.asking import area_of, has_tariffs, own_year, tariff_of
from models.outbox import fates
from models.place.gazetteer import town
from models.place.spot import NOWHERE, Spot
from models.understanding import place_only
from models.understanding.category import FIXED
from models.understanding.sureness import NOT_JUST_A_PLACE

OURS = frozenset({Asked.STATION, Asked.TARIFF, Asked.WHO, Asked.WORDS, Asked.REPORT_IT})
WAITS = timedelta(minutes=30)
TALK_MINUTES = 30  # so long a question is asked of the place that the last one was asked of
LATER_MINUTES = 60  # so long 问人 is about the last question
CALLS = 8  # characters of a mere call for somebody
EXAMPLE_AREA = 6000  # 0.01 m²: an ordinary home, where the writer's own is not known


def answer(visit: Visit) -> Answer:
    """物业费, 政策, 通知: what the town knows of it, else a person."""
    return known(visit) or kept(visit)


def known(visit: Visit) -> Answer | None:
    """The clerk's own answer first, then the tariff of the estate."""
    spot = asked_where(visit)
    entry = known_answer(
        visit.text, community_id=spot.community_id, today=local(visit.message.sent_at).date()
    )
    if entry is not None:
        answer = say("known", answer=entry.answer, source=entry.source, as_of=entry.as_of.isoformat())
    elif (asks := asks_tariff(visit.text) or _still_about_the_fee(visit)) and (facts := _tariff(visit, spot)):
        answer = say("tariff", **facts)
    elif asks and not spot.is_known and may_ask(visit) and has_tariffs():
        ask(visit.person, visit.channel, Asked.TARIFF, lasts=WAITS, text=visit.text)
        return Text(say("tariff_where"))
    else:
        return None
    note(visit, spot)
    return Text(answer)


def kept(visit: Visit, *, intent: str | None = None, how: str | None = None) -> Answer:
    """Not ours to invent an answer: the words go to the department or the desk as they are.

    `how` begins the reply: words, not_listed, or else the intent does.
    """
    u = visit.meaning
    spot = asked_where(visit)
    category = u.category if u.intent in FIXED else topic_asked(visit.text)
    answers = asked_of(spot.community_id, category)
    keeping.keep(
        visit.text,
        asker=visit.person,
        intent=intent or u.intent,
        category=u.category,
        spot=spot,
        answers=answers,
        at=visit.message.sent_at,
    )
    return Text(say("kept", how=how or intent or u.intent, **who_answers_it(answers)))


def place_said(visit: Visit) -> Answer | None:
    """The estate whose fee is asked for."""
    if visit.question is None or visit.question.kind != Asked.TARIFF or not names_a_place_alone(visit):
        return None
    asked = visit.saying(f"{visit.text} {visit.question.facts['text']}")
    forget(visit.person, visit.channel)
    return known(asked) or kept(asked)


def ask_a_person(visit: Visit) -> Answer | None:
    """问人: the answer did not help, so the same question goes before a person."""
    if not asks_again(visit.text):
        return None
    last = keeping.latest_of(visit.person, minutes=LATER_MINUTES)
    if last is None or not last.text:
        return None
    if last.state == State.KNOWN:
        keeping.pass_on(last, asked_of(last.community_id, last.category))
    answers = Answering(last.route, tuple(last.to_ids), last.department)
    return Text(say("kept", how="words", **who_answers_it(answers)))


def words_for_a_person(visit: Visit) -> Answer | None:
    """What was to be put before a person, after we asked for it."""
    if visit.question is None or visit.question.kind != Asked.WORDS:
        return None
    if talk_of(visit.text) is not None or (wants_person(visit.text) and len(visit.text) <= CALLS):
        return None  # thanks and faces are no question, and 人工 again is the same; we still wait
    forget(visit.person, visit.channel)
    if visit.meaning.intent in ("report", "progress", "evaluate"):
        return None  # it is about work after all: that has ways of its own
    return kept(visit, intent="human", how="words")


def may_ask(visit: Visit) -> bool:
    """A question about a report is never pushed aside by one of these; they give way to each other."""
    return visit.question is None or visit.question.kind in OURS


def names_a_place_alone(visit: Visit) -> bool:
    """The words may be the answer to "where?": they name a place and nothing that is wrong there."""
    u = visit.meaning
    if place_only(visit.text, town().gazetteer) is not None:
        return True
    asks_or_tells = u.intent not in ("station", "chat") and (u.intent != "report" or u.category != "other")
    says_more = asks_or_tells and u.confidence >= NOT_JUST_A_PLACE
    return u.estate is not None and not says_more and u.urgency == "normal"


def asked_where(visit: Visit) -> Spot:
    """The place that a question is about: said, the writer's home, or where the talk was."""
    found = visit.locate(visit.meaning).spot
    if found.is_known:
        return found
    if visit.last_estate is not None:
        return town().spot_of_estate(visit.last_estate) or NOWHERE
    last = keeping.latest_of(visit.person, minutes=TALK_MINUTES)
    if last is not None and last.estate_id is not None:
        return keeping.spot_of(last)
    communities = town().communities
    only = next(iter(communities)) if len(communities) == 1 else None
    return Spot(community_id=visit.visitor.community_id or only)


def waiting(visit: Visit) -> list[dict[str, Any]]:
    """The writer's own questions that nobody has answered yet."""
    return [_line(one) for one in keeping.open_of(visit.person)]


def unheard(visit: Visit) -> list[dict[str, Any]]:
    """Answers that did not reach the writer are told now, and count as carried."""
    told = []
    for enquiry, letter in keeping.unheard_of(visit.person):
        fates.carried(letter.id, visit.message.sent_at)
        told.append({"text": enquiry.text, "answer": enquiry.answer, "who": letter.facts["who"]})
    return told


def _line(enquiry: Enquiry) -> dict[str, Any]:
    answers = Answering(enquiry.route, tuple(enquiry.to_ids), enquiry.department)
    return {"text": enquiry.text, "asked_at": enquiry.asked_at, **who_answers_it(answers)}


def note(visit: Visit, spot: Spot, intent: str | None = None) -> None:
    """Remembers that it was answered at once, because 问人 or 带话 may still follow."""
    u = visit.meaning
    keeping.note_known(
        visit.text, asker=visit.person, intent=intent or u.intent, category=u.category, spot=spot
    )


def _still_about_the_fee(visit: Visit) -> bool:
    """那一年多少, right after its price: the fee again."""
    if not asks_how_much(visit.text):
        return False
    last = keeping.latest_of(visit.person, minutes=TALK_MINUTES, states=(State.KNOWN,))
    return last is not None and asks_tariff(f"{last.text} {visit.text}")


def _tariff(visit: Visit, spot: Spot) -> dict[str, Any] | None:
    """The price, and the sum for the home's area, or for one that was said."""
    tariff = tariff_of(spot.estate_id, spot.building_id) if spot.estate_id is not None else None
    if tariff is None:
        return None
    home, said = visit.home, area_said(visit.text)
    mine = None
    if said is None and home is not None and home.room and home.building_id == spot.building_id:
        mine = area_of(home.building_id, home.unit_name, home.room)
    area = said or mine or EXAMPLE_AREA
    return {
        "estate": tariff.estate,
        "basis": tariff.basis,
        "rate": tariff.price,
        "management": tariff.management,
        "area": area,
        "how": "said" if said else "home" if mine else "example",
        "month_fen": by_area(area, tariff.price, Fraction(1)),
        "bills": [year._asdict() for year in own_year(visit.person)],
        "year_fen": by_area(area, tariff.price, Fraction(MONTHS)),
    }
