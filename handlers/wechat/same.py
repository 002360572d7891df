"""是不是这一件? What looks like an open case is offered for joining, joined on a word, and parted again."""

import re
from datetime import timedelta

from handlers.wechat.answer import Answer, Text
from handlers.wechat.naming import responsible
from handlers.wechat.visit import Visit
from handlers.words import say
from models.base.resources import table
from models.case.case import Case
from models.case.lifecycle import UNFINISHED, State
from models.case.reach import find, hold, is_common, joinable, joined_by, maybe, put_together, same_matter
from models.dialogue.question import Asked, ask, forget
from models.duty.answering import Answering
from models.joins.parting import begun_again, parted, parted_by_desk
from models.place.spot import Spot
from models.understanding import Understanding, case_number_in, short_reply
from models.understanding.amendments import is_apart, is_me_too
from models.understanding.sureness import kind_of

_ENDS = re.compile(r"[\s,，。;；!！]+")
OFFERED_FOR = timedelta(hours=12)


def offer(visit: Visit, case_id: int, u: Understanding, spot: Spot) -> str:
    """The question whether it is what somebody else told already, "" when nothing looks like it.

    The report is on its way in any case: a no, or no answer, holds nothing back.
    """
    if u.category not in table("rules/joining.toml")["offered"] or u.urgency == "emergency":
        return ""
    other = same_matter(spot, u.category, except_case=case_id)
    if other is None or other.state == State.FINISHED:
        return ""  # what is said to be mended is not the same any more
    ask(visit.person, visit.channel, Asked.SAME, lasts=OFFERED_FOR, case_id=case_id, other=other.id)
    mine = visit.person in other.concerned()
    facts = {"category": other.category, "state": other.state, "mine": mine, **other.spot.facts()}
    return say("same_offer", number=other.number, at=other.reported_at, **{**facts, "room": None})


def answer(visit: Visit) -> Answer | None:
    """Yes or no to it."""
    question = visit.question
    if question is None or question.kind != Asked.SAME or question.case_id is None:
        return None
    said = "no" if is_apart(visit.text) else short_reply(visit.text)
    begins = short_reply(_ENDS.split(visit.text.strip(), maxsplit=1)[0])  # 不是 那是隔壁单元的
    if not {said, begins} & {"yes", "no"}:
        return None
    other, own = hold(int(question.facts["other"])), hold(question.case_id)  # always the older one first
    if said not in ("yes", "no"):
        if not _says_no_more(visit, own):
            return None
        said = begins
        own.add_text(visit.text, visit.by_person)
    forget(visit.person, visit.channel)
    if said == "no" or own.is_merged or State(own.state) not in UNFINISHED:
        return Text(say("kept_apart", number=own.number))
    own.merge_into(other, visit.by_person)
    return Text(say("merged", number=other.number, own=own.number, **other.spot.facts()))


def _says_no_more(visit: Visit, own: Case) -> bool:
    """No place and no other kind that would put the report right."""
    return visit.names_no_place and kind_of(visit.meaning) in (None, own.category)


def me_too(visit: Visit) -> Answer | None:
    """我也遇到: with the number, or with place and kind, the writer joins what is being worked on."""
    if not is_me_too(visit.text):
        return None
    number = case_number_in(visit.text)
    u = visit.meaning
    case = (
        joinable(number)
        if number is not None
        else same_matter(visit.locate(u).spot, u.category, except_for=visit.person, hold=True)
    )
    if case is None or not is_common(case):
        return None
    first = case.join(visit.person, visit.text)
    return Text(say("joined", number=case.number, first=first, category=case.category, **case.spot.facts()))


def apart(visit: Visit) -> Answer | None:
    """不是一件: what was put together becomes two again; the newest of the writer's, or the one named."""
    if not is_apart(visit.text):
        return None
    question = visit.question
    if question is not None and question.kind == Asked.ADDED and question.case_id is not None:
        like, words = hold(question.case_id), str(question.facts["text"])
        if not words:
            return None
        forget(visit.person, visit.channel)
        return _on_its_own(*begun_again(like, words, visit.person, visit.by_person))
    number = case_number_in(visit.text)
    joint = maybe(number, visit.visitor) if number is not None else joined_by(visit.person)
    if joint is not None and joint.is_merged:
        return _separated(visit, joint)
    if joint is None or joint.reporter_id == visit.person or visit.person not in joint.concerned():
        own = put_together(visit.person)
        return None if own is None else _separated(visit, own)
    return _on_its_own(*parted(hold(joint.id), visit.person, visit.by_person))


def apart_by_desk(visit: Visit, number: str) -> Answer:
    """拆案: the desk takes apart what residents joined."""
    case = find(number, visit.visitor, hold=True)
    return _on_its_own(*parted_by_desk(case, visit.by))


def _separated(visit: Visit, case: Case) -> Answer:
    own = hold(case.id)
    return _on_its_own(own, own.separate(visit.by_person))


def _on_its_own(case: Case, answers: Answering) -> Answer:
    facts = {"category": case.category, **case.spot.facts(), **responsible(answers)}
    return Text(say("separated", number=case.number, **facts))
