"""Questions to us: how far is it, who answers for my building, and what only a person can answer."""

from handlers.wechat import judging, reports
from handlers.wechat.answer import Answer, Text
from handlers.wechat.visit import Visit
from handlers.words import say
from models.base.checkdigit import with_check
from models.base.refusals import NotFound
from models.base.resources import table
from models.case.case import Case
from models.case.lifecycle import OPEN, WORKING, State
from models.case.reach import find, hold, recent_of
from models.duty.answering import answerer, who_answers
from models.place.spot import Spot
from models.understanding import case_number_in, grade_of, short_reply


def about_number(visit: Visit) -> Answer | None:
    """A case's number in the words: judged when they judge, else told how far it is."""
    number = case_number_in(visit.text)
    if number is None:
        return None
    try:
        case = find(number, visit.visitor)
    except NotFound:
        return None  # digits that happen to look like a number: the words decide
    said = short_reply(visit.text.replace(number, ""))
    grade = grade_of(visit.text.replace(number, ""))
    if said is not None or grade is not None:
        answer = judging.judge(visit, hold(case.id), said, grade)
        if answer is not None:
            return answer
    is_mine = visit.person in case.concerned() and State(case.state) in WORKING
    if is_mine:
        case.urge(visit.by_person)
    return Text(say("progress", cases=[story(case, urged=is_mine)]))


def progress(visit: Visit) -> Answer:
    """我的灯咋样了: the open ones of the writer, those of the named matter first."""
    cases = recent_of(visit.person)
    if not cases:
        return Text(say("progress_none"))
    still_open = [case for case in cases if State(case.state) in OPEN]
    same = [case for case in still_open if visit.meaning.category in (None, case.category)]
    chosen = (same or still_open or list(cases[:1]))[:3]
    urged = [case for case in chosen if State(case.state) in WORKING]
    for case in urged:
        case.urge(visit.by_person)
    return Text(say("progress", cases=[story(case, urged=case in urged) for case in chosen]))


def who_answers_for(visit: Visit, building_id: int) -> Answer:
    people = [
        {"name": one.name, "role": one.role, "phone": one.phone, "employer": one.employer}
        for one in who_answers(building_id)
    ]
    return Text(say("who_answers", people=people))


def who_answers_here(visit: Visit) -> Answer:
    spot = visit.locate(visit.meaning).spot
    if spot.building_id is None:
        return Text(say("who_answers_where"))
    return who_answers_for(visit, spot.building_id)


def kept_for_a_person(visit: Visit) -> Answer:
    """Fees, rules, wishes, proposals: not ours to invent an answer. The question is kept for a person."""
    u = visit.meaning
    spot = visit.locate(u).spot
    case_id, answers = reports.file(visit, u, spot)
    return Text(
        say("kept_for_a_person", number=with_check(case_id), intent=u.intent, **reports.responsible(answers))
    )


def still_open(visit: Visit) -> Answer | None:
    """Judged before it is done: how far it is, and it is urged."""
    mine = recent_of(visit.person)
    return progress(visit) if any(State(case.state) in OPEN for case in mine) else None


def opinion(visit: Visit) -> Answer:
    """A judgement with nothing to judge, perhaps of somebody's manner: for the desk, not for the keeper whom
    it may be about (X22)."""
    u = visit.meaning
    spot = visit.locate(u).spot
    case_id, answers = reports.file(visit, u, Spot(community_id=spot.community_id))
    return Text(
        say("kept_for_a_person", number=with_check(case_id), intent=u.intent, **reports.responsible(answers))
    )


def small_talk(visit: Visit) -> Answer:
    thanks = any(word in visit.text for word in table("lexicon/talk.toml")["thanks"])
    return Text(say("welcome_back" if thanks else "help"))


def story(case: Case, *, urged: bool) -> dict[str, object]:
    """What a resident is told of a case's way so far."""
    taker = answerer(case.taker_id) if case.taker_id else None
    return {
        "number": case.number,
        "category": case.category,
        "state": case.state,
        "round": case.round,
        "reported_at": case.reported_at,
        "accepted_at": case.accepted_at,
        "finished_at": case.finished_at,
        "closed_at": case.closed_at,
        "close_kind": case.close_kind,
        "taker": taker.name if taker else None,
        "urged": urged,
        **case.spot.facts(),
    }
