"""What is confirmed and not put right when its day comes: its owner hears of it, once for each day set."""

from sqlalchemy import select

from models.base.actor import SYSTEM
from models.base.clock import local, now
from models.base.orm import session
from models.duty.answering import answerer
from models.duty.overseeing import deciding_here
from models.history import record, steps_about
from models.problem import keeping
from models.problem.tables import Problem


def remind_some(after: int = 0, *, limit: int = 100) -> int:
    """Of the problems after this number. Gives the last one's, 0 after the last. Who has left hears nothing:
    then it is the community's."""
    query = (
        select(Problem)
        .where(Problem.id > after, Problem.state == "open", Problem.next_on <= local(now()).date())
        .order_by(Problem.id)
        .limit(limit)
    )
    found = session().scalars(query).all()
    for problem in found:
        assert problem.next_on is not None
        day = problem.next_on.isoformat()
        if day in _told(problem):
            continue
        record(keeping.about(problem), "fell_due", by=SYSTEM, at=now(), next_on=day)
        is_there = problem.owner_id is not None and answerer(problem.owner_id) is not None
        people = [problem.owner_id] if is_there else deciding_here(problem.community_id)
        for person in people:
            if person is not None:
                keeping.tell_staff("problem_due", problem, person, day)
    return found[-1].id if found else 0


def _told(problem: Problem) -> set[str]:
    """The days of which somebody was told that they had come."""
    return {
        str(step.facts["next_on"]) for step in steps_about("problem", problem.id) if step.what == "fell_due"
    }
