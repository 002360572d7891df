"""What a case has to do with mediation: who may give it to a mediator, and that it is with one. No more."""

from models.case.case import Case
from models.case.lifecycle import State
from models.duty.overseeing import decides
from models.mediation import rules
from models.mediation.reading import is_with_mediator
from models.person.arriving import Visitor


def may_be_given(case: Case, visitor: Visitor) -> bool:
    """Whether this person may give it to a mediator: whoever has it in hand, and the desk."""
    me = visitor.person_id
    return visitor.is_staff and (case.taker_id == me or decides(me, case.community_id))


def mediation_of(case: Case, visitor: Visitor) -> str | None:
    """What the page of a case says to staff and to whoever reported it: "with" a mediator, or "offered"."""
    if not visitor.is_staff and visitor.person_id != case.reporter_id:
        return None
    if is_with_mediator(case.id):
        return "with"
    may = rules.offered_for(case.category) and case.state != State.VOID and may_be_given(case, visitor)
    return "offered" if may else None
