"""The next message after a question is its answer, unless it clearly says something else."""

from handlers.wechat import placing, reports
from handlers.wechat.answer import Answer, Text
from handlers.wechat.visit import Visit
from handlers.words import say
from models.case.case import Case
from models.case.lifecycle import State
from models.case.reach import hold
from models.dialogue.question import Asked, Question, forget
from models.place.gazetteer import Located
from models.understanding import Understanding
from models.understanding.amendments import gives_up
from models.understanding.intent import QUESTIONS
from models.understanding.sureness import NO_ANSWER, kind_of

# What somebody writes who has gone on to another matter; the open report stays and is filed by the clock.
ELSEWHERE = QUESTIONS | {"progress"}


def answer(visit: Visit) -> Answer | None:
    question = visit.question
    if question is None or question.case_id is None:
        return None
    if question.kind in (Asked.PLACE, Asked.WHAT) and gives_up(visit.text) and visit.names_no_place:
        answer = _given_up(visit, question.case_id)
        if answer is not None:
            return answer
    match question.kind:
        case Asked.PLACE:
            return _place(visit, question)
        case Asked.WHAT:
            return _what(visit, question)
        case Asked.UNSATISFIED:
            return _still_wrong(visit, question)
        case _:
            return None


def _place(visit: Visit, question: Question) -> Answer | None:
    assert question.case_id is not None
    case = hold(question.case_id)
    choice = placing.chosen(visit.text, question)
    if choice is not None:
        return placing.placed(visit, case, choice)
    u, place = visit.meaning, placing.answered(visit, case)
    if place is not None:
        return placing.placed(visit, case, visit.locate_with(case.spot, place))
    if _goes_elsewhere(u) or u.praise or (case.category and _is_new_matter(u, case)):
        return None
    return placing.placed(visit, case, visit.locate_with(case.spot, u), words=visit.text)


def _what(visit: Visit, question: Question) -> Answer | None:
    """A photo came first; these are its words, and perhaps its place. Of several matters it is the first."""
    assert question.case_id is not None
    first, *others = visit.matters
    rest = reports.several(visit, others, behind=question.case_id) if others else ""
    visit = visit.about(first) if others else visit
    u = visit.meaning
    if _goes_elsewhere(u):
        return None
    case = hold(question.case_id)
    case.add_text(visit.text, visit.by)
    case.understand_as(category=u.category, urgency=u.urgency)
    is_at_home = visit.names_no_place and not case.spot.is_known  # as a report in words alone would be
    spot = visit.locate_with(visit.home_spot if is_at_home else case.spot, u)
    lacking = placing.missing_of(spot, case.category)
    if lacking is not None and case.state == State.COLLECTED:
        case.put_at(spot)
        placing.ask_place(visit, case.id)
        facts = placing.question_for(lacking, spot, Located(spot))
        words = say("reported_where", number=case.number, category=case.category, **facts)
    else:
        forget(visit.person, visit.channel)
        answers = case.file(by=visit.by, spot=spot)
        words = reports.said(case.id, u, spot, answers)
    return Text("\n".join(filter(None, (words, rest))))


def _still_wrong(visit: Visit, question: Question) -> Answer | None:
    """After a no: what is still wrong, in the resident's words, for whoever goes there again."""
    assert question.case_id is not None
    u = visit.meaning
    case = hold(question.case_id)
    if _goes_elsewhere(u) or _is_new_matter(u, case):
        return None
    forget(visit.person, visit.channel)
    case.add_text(visit.text, visit.by)
    return Text(say("objection_noted", number=case.number))


def _goes_elsewhere(u: Understanding) -> bool:
    """A guess is not enough: 我也说不清在哪 is an answer, though 在哪 asks for something elsewhere."""
    return u.intent in ELSEWHERE and u.confidence >= NO_ANSWER


def _is_new_matter(u: Understanding, case: Case) -> bool:
    return u.intent == "report" and kind_of(u) not in (None, case.category)


def _given_up(visit: Visit, case_id: int) -> Answer | None:
    """算了: what was still being asked about is withdrawn. What is on its way already is not."""
    case = hold(case_id)
    if case.state != State.COLLECTED:
        return None
    forget(visit.person, visit.channel)
    case.void(visit.by_person, visit.text)
    return Text(say("given_up", number=case.number))
