"""我的灯咋样了: how far it is, told to whoever it concerns."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from handlers.due import due_facts
from handlers.wechat import enquiring, judging, reports
from handlers.wechat.answer import Answer, Text
from handlers.wechat.enquiring import may_ask
from handlers.wechat.placing import agrees
from handlers.wechat.visit import Visit
from handlers.words import say
from models.base.refusals import NotFound
from models.case.case import Case
from models.case.clock import closes_at
from models.case.emergency import rings_at
from models.case.lifecycle import OPEN, WORKING, State
from models.case.offering import holders
from models.case.reach import find, followed, hold, recent_of
from models.dialogue.question import Asked, ask, forget
from models.duty.answering import answerer
from models.enquiry.asking import reports_instead
from models.understanding import case_number_in, grade_of, short_reply
from models.understanding.sureness import kind_of

RECENT, SHOWN = 10, 3  # cases that are looked at, and told in one reply
ANSWERED_WITHIN = timedelta(minutes=30)


def about_number(visit: Visit) -> Answer | None:
    """A case's number in the words: judged when they judge, else told how far it is."""
    number = case_number_in(visit.text)
    if number is None:
        return None
    try:
        case = followed(find(number, visit.visitor))
    except NotFound:
        if visit.text.isdecimal():
            raise
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
    return told(visit, [case], [case] if is_mine else [])


def progress(visit: Visit) -> Answer:
    """我的灯咋样了: the open ones of the writer, those of the named thing and place first. Nobody else's."""
    number = case_number_in(visit.text)
    if number is not None:
        raise NotFound("case_not_found", number=number)  # ours would have been told by about_number
    cases = recent_of(visit.person, RECENT)
    still_open = [case for case in cases if State(case.state) in OPEN]
    thing = kind_of(visit.meaning)
    named = _named(visit, thing, still_open) or _named(visit, thing, cases)[:1]
    if thing is not None and not named:
        return _never_reported(visit, thing)
    chosen = (named or still_open or list(cases[:1]))[:SHOWN]
    if any(case.urgency == "emergency" for case in chosen):
        chosen = chosen[: SHOWN - 1]  # each has more to tell, and a reply must fit into its two kilobytes
    urged = [case for case in chosen if State(case.state) in WORKING]
    for case in urged:
        case.urge(visit.by_person)
    room = max(1, SHOWN - len(chosen))  # a reply is read on a phone
    questions = [] if thing is not None else enquiring.waiting(visit)[:room]
    answers = enquiring.unheard(visit)
    if not chosen and not questions and not answers:
        return Text(say("progress_none", category=None, asks=False))
    more = len([case for case in still_open if case not in chosen])
    return told(visit, chosen, urged, questions=questions, answers=answers, more=more)


def told(
    visit: Visit,
    cases: Sequence[Case],
    urged: Sequence[Case],
    *,
    questions: Sequence[dict[str, Any]] = (),
    answers: Sequence[dict[str, Any]] = (),
    more: int = 0,
) -> Text:
    stories = [story(case, urged=case in urged, silence_days=visit.house.silence_days) for case in cases]
    return Text(say("progress", cases=stories, questions=questions, answers=answers, more=more))


def _named(visit: Visit, thing: str | None, cases: Sequence[Case]) -> list[Case]:
    """Those that the words may mean; all of them when the words name neither thing nor place."""
    return [case for case in cases if thing in (None, case.category) and agrees(visit.meaning, case)]


def _never_reported(visit: Visit, thing: str) -> Answer:
    """Reported by telephone, to somebody else or never: we have none of it.

    What is pressing, or told with its house, is reported now; else one word will do, and nothing need be
    written again.
    """
    u = visit.meaning
    if u.urgency != "normal" or u.building is not None:
        answer = reports.text(visit)
        return Text(say("reported_now", answer=answer.text)) if isinstance(answer, Text) else answer
    asks = may_ask(visit)
    if asks:
        ask(visit.person, visit.channel, Asked.REPORT_IT, lasts=ANSWERED_WITHIN, text=visit.text)
    return Text(say("progress_none", category=thing, asks=asks))


def report_it(visit: Visit) -> Answer | None:
    """Yes, make a case of what I asked about."""
    question = visit.question
    if question is None or question.kind != Asked.REPORT_IT:
        return None
    said = short_reply(visit.text)
    if said == "no":
        forget(visit.person, visit.channel)
        return Text(say("chat", kind="yes"))
    if said != "yes" and reports_instead(visit.text) is None:
        return None
    forget(visit.person, visit.channel)
    return reports.text(visit.saying(str(question.facts["text"])))


def still_open(visit: Visit) -> Answer | None:
    """Judged before it is done: how far it is, and it is urged."""
    mine = recent_of(visit.person)
    return progress(visit) if any(State(case.state) in OPEN for case in mine) else None


def story(case: Case, *, urged: bool, silence_days: int) -> dict[str, object]:
    """What a resident is told of a case's way so far: who, what, and when it goes on by itself."""
    taker = answerer(case.taker_id) if case.taker_id else None
    offered = holders(case.id) if case.state == State.DISPATCHED else []
    asked = [one for person in offered if (one := answerer(person)) is not None]
    return {
        "number": case.number,
        "category": case.category,
        "state": case.state,
        "round": case.round,
        "reported_at": case.reported_at,
        "accepted_at": case.accepted_at,
        "finished_at": case.finished_at,
        "finish_text": case.finish_text,
        "closed_at": case.closed_at,
        "close_kind": case.close_kind,
        "claim": case.claim or "mended",
        "goes_on_at": case.waits_until if case.state == State.COLLECTED else None,
        "closes_at": closes_at(case, silence_days),
        "rings_at": rings_at(case.id) if case.urgency == "emergency" else None,
        "taker": taker.name if taker else None,
        "taker_unit": taker.employer if taker else None,
        "offered": [{"name": one.name, "role": one.role} for one in asked][:2],
        "urged": urged,
        **due_facts(case),
        **case.spot.facts(),
    }
