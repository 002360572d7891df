"""What was taken for a case was a question, or the other way round: it becomes what it is, under one roof."""

from models.base.actor import By
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.case import reporting
from models.case.case import Case
from models.case.learning import learn_case, learn_intent, role_of
from models.case.seconding import VOID
from models.case.tables import TEXT_LIMIT
from models.corrections.correction import Label, learn
from models.duty.answering import Answering, answerer, asked_of
from models.duty.overseeing import decides_on
from models.enquiry import keeping
from models.enquiry.tables import Enquiry, State
from models.outbox.door import tell
from models.place.gazetteer import town
from models.place.spot import Spot
from models.understanding import understand
from models.understanding.category import FIXED
from models.understanding.intent import QUESTIONS

#: What a case may turn out to have been.
NO_CASE = QUESTIONS | {"chat"}


def case_was(
    case: Case, intent: str, by: By, reason: str, *, agreed_by: int | None = None
) -> Answering | None:
    """It was no case: void, and kept as a question for a person when it is one. Returns who will answer.

    Raises NotAllowed when nobody asked it whom an answer could reach, or as `Case.void` does.
    """
    asker = case.reporter_id
    if intent in QUESTIONS and asker is None:
        raise NotAllowed("nobody_to_answer", number=case.number)
    if agreed_by is None and needs_second(case, intent, by):
        raise NotAllowed("second_needed", number=case.number)
    learn_intent(case, intent, by)
    step = case.void(by, reason, agreed_by=agreed_by, is_answered=intent in QUESTIONS)
    if intent not in QUESTIONS and by.kind == "staff":  # nobody will answer: its people may say that we erred
        for person in case.concerned():
            tell("case_voided", person, about=case.about, occasion=str(step), **case.facts())
    if intent not in QUESTIONS or asker is None:
        return None
    category = FIXED.get(intent)
    answers = asked_of(case.community_id, category or case.category)
    keeping.keep(case.text, asker=asker, intent=intent, category=category, spot=case.spot, answers=answers)
    return answers


def is_case_again(case: Case, person_id: int, reason: str) -> Answering:
    """It was one after all: taken up again, and its words are learned as those of a case. The caller holds
    the row. Raises as `Case.revive`."""
    answers = case.revive(person_id, reason)
    learn_case(case, By.staff(person_id))
    return answers


def needs_second(case: Case, intent: str, by: By) -> bool:
    """Whether it takes two to say so."""
    return by.kind == "staff" and case.voiding_needs_second(by.id or 0, intent in QUESTIONS)


def ask_whether_it_was(case: Case, intent: str, person_id: int, reason: str) -> None:
    """Proposes to somebody else who decides that it was no case. Raises as `Seconding.ask_second`."""
    if not decides_on(person_id, case):
        raise NotAllowed("not_yours", number=case.number)
    if intent in QUESTIONS and case.reporter_id is None:
        raise NotAllowed("nobody_to_answer", number=case.number)
    case.ask_second(person_id, VOID, reason, intent)


def agree_as_second(case: Case, person_id: int) -> str | None:
    """What was proposed is done: void | lower; None when nothing waits any more. The caller holds the row."""
    found = case.seconded(person_id)
    if found is None:
        return None
    if found.kind == VOID:
        case_was(case, found.wanted, By.staff(found.by_id), found.reason, agreed_by=person_id)
    else:
        case.agree_to_lower(found, person_id)
    return found.kind


def enquiry_was_case(enquiry: Enquiry, by: By) -> Case:
    """It was no question: something is to be done. Filed in its asker's name. The caller holds the row.

    Raises NotAllowed once it has been answered.
    """
    if enquiry.state != State.OPEN:
        raise NotAllowed("enquiry_settled", number=str(enquiry.id))
    keeping.becomes_case(enquiry)
    u = understand(enquiry.text, town().gazetteer)
    category = u.category if u.category not in FIXED.values() else "other"
    spot = town().locate(Spot.said(u), community_id=enquiry.community_id, estate_id=enquiry.estate_id).spot
    if spot.building_id is None and keeping.spot_of(enquiry).is_known:
        spot = keeping.spot_of(enquiry)
    case_id, _ = reporting.report(
        text=enquiry.text[:TEXT_LIMIT],
        category=category or "other",
        urgency=u.urgency,
        spot=spot,
        source="chat",
        by=by,
        reporter=enquiry.asker_id,
    )
    learned_of_enquiry(enquiry, "report", category or "other", by)
    return session().get_one(Case, case_id)


def learned_of_enquiry(enquiry: Enquiry, intent: str, category: str | None, by: By) -> None:
    was = Label(enquiry.intent, enquiry.category)
    names = [found.name for one in enquiry.to_ids if (found := answerer(one)) is not None]
    learn(enquiry.text, was, Label(intent, category), by_role=role_of(by), names=names)
