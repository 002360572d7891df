"""列入专项工程: a case ends by the yearly work of the problem on which it hangs (row 13)."""

from models.base.refusals import Invalid
from models.case.case import Case
from models.case.ending import Work
from models.case.finishing import SILENCE_DAYS
from models.duty.answering import answerer
from models.problem import keeping

YEARLY = "yearly_work"


def work_of(case: Case) -> Work | None:
    """The yearly work to which a case may be deferred. None as long as it hangs on no problem that is
    confirmed and has the work, an owner and a day."""
    problem = keeping.held_by(case.id)
    if problem is None or problem.state != "open" or problem.owner_id is None or problem.next_on is None:
        return None
    owner = answerer(problem.owner_id)
    if owner is None or problem.yearly_work is None or problem.yearly_on is None:
        return None
    return Work(
        keeping.number_of(problem), problem.yearly_work, problem.yearly_on, owner.name, problem.next_on
    )


def propose_end(case: Case, person_id: int, claim: str, reason: str, rule: str = "") -> None:
    """As the case's own verb, with the yearly work where the claim is one."""
    case.propose_end(person_id, claim, reason, rule, work=work_of(case) if claim == YEARLY else None)


def agree_to_end(case: Case, person_id: int, *, silence_days: int = SILENCE_DAYS) -> bool:
    """As the case's own verb; what is deferred must still be held by a yearly work."""
    if case.proposal == YEARLY and work_of(case) is None:
        raise Invalid("work_needed", number=case.number)
    return case.agree_to_end(person_id, silence_days=silence_days)
