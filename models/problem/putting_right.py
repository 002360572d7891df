"""整改: a problem is put right, and with it every open case that hangs on it, each for its people's nod."""

from sqlalchemy import exists, select

from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed
from models.case import reach
from models.case.case import Case
from models.case.finishing import SILENCE_DAYS
from models.case.lifecycle import CLAIMED, WORKING, State
from models.history import record
from models.outbox.door import tell
from models.problem import keeping
from models.problem.tables import Problem, ProblemCase

AT_ONCE = 30  # cases in one transaction; the clock takes the rest


def put_right(problem: Problem, person_id: int, outcome: str, *, silence_days: int = SILENCE_DAYS) -> bool:
    """By its owner or whoever decides there; `outcome` is what its people read. False when it is said
    already."""
    keeping.may_work_on(problem, person_id)
    if problem.state == "put_right":
        return False
    if problem.state != "open":
        raise NotAllowed("problem_over", number=keeping.number_of(problem))
    outcome = outcome.strip()[: keeping.TEXT]
    if not outcome:
        raise Invalid("problem_outcome", number=keeping.number_of(problem))
    problem.state, problem.outcome = "put_right", outcome
    problem.put_right_by, problem.put_right_at = person_id, now()
    by, at = By.staff(person_id), problem.put_right_at
    record(keeping.about(problem), "put_right", by=by, at=at, outcome=outcome)
    claim_of(problem, silence_days=silence_days)
    return True


def claim_of(problem: Problem, *, silence_days: int) -> int:
    """Says of its open cases that they are mended with it, the oldest first, and tells those whose cases
    were deferred to it. Gives how many; the rows of the others stay open."""
    assert problem.put_right_by is not None
    assert problem.outcome is not None
    at = now()
    rows = keeping.hanging(problem)[:AT_ONCE]
    for row in rows:
        case = reach.hold(row.case_id)
        row.until = at  # it hangs on nothing any more: what its people say next is about the case itself
        if State(case.state) in WORKING:
            case.mended_with(
                keeping.number_of(problem),
                problem.put_right_by,
                problem.outcome,
                silence_days=silence_days,
            )
        elif State(case.state) in CLAIMED and case.claim == "yearly_work":
            _tell_deferred(problem, case)
    return len(rows)


def claim_some(*, silence_days: int) -> int:
    """For the clock: the next of a problem that was put right and has cases left. 0 when there is none."""
    left = exists().where(ProblemCase.problem_id == Problem.id, ProblemCase.until.is_(None))
    query = (
        select(Problem)
        .where(Problem.state == "put_right", left)
        .order_by(Problem.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=Problem)
    )
    problem = session().scalars(query).first()
    return claim_of(problem, silence_days=silence_days) if problem is not None else 0


def _tell_deferred(problem: Problem, case: Case) -> None:
    for person in case.concerned():
        facts = case.facts(problem=problem.title, outcome=problem.outcome)
        tell("problem_put_right", person, about=case.about, occasion=keeping.number_of(problem), **facts)
