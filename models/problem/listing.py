"""The ledger as others read it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from models.base.clock import local, now
from models.base.orm import session
from models.case.case import Case
from models.duty.answering import answerer
from models.history import steps_about
from models.problem import keeping
from models.problem.figures import is_due
from models.problem.tables import Problem, ProblemCase


def listed(
    community_id: int | None = None, *, owner_id: int | None = None, state: str | None = None
) -> Sequence[Problem]:
    """Of one community or all, oldest first."""
    query = select(Problem).order_by(Problem.id)
    if community_id is not None:
        query = query.where(Problem.community_id == community_id)
    if owner_id is not None:
        query = query.where(Problem.owner_id == owner_id)
    if state is not None:
        query = query.where(Problem.state == state)
    return session().scalars(query).all()


def waiting_in(community_id: int | None) -> int:
    """How many of a community, or of all, wait for whoever decides: proposed, or their day has come."""
    query = select(func.count(Problem.id)).where(or_(Problem.state == "proposed", _due()))
    if community_id is not None:
        query = query.where(Problem.community_id == community_id)
    return session().execute(query).scalar_one()


def waiting_for_owner(person_id: int) -> tuple[int, int]:
    """How many this person owns, and of how many the day has come."""
    count = func.count(Problem.id)
    query = select(count, count.filter(_due())).where(Problem.owner_id == person_id)
    owned, late = session().execute(query).one()
    return owned, late


def _due() -> ColumnElement[bool]:
    return and_(Problem.state == "open", Problem.next_on <= local(now()).date())


def counts(problems: Sequence[Problem]) -> dict[int, int]:
    """How many cases ever hung on each and were not taken off before it was put right."""
    query = (
        select(ProblemCase.problem_id, func.count())
        .where(ProblemCase.problem_id.in_([one.id for one in problems]))
        .group_by(ProblemCase.problem_id)
    )
    return dict(session().execute(query).all()) if problems else {}


def line(problem: Problem, cases: int, today: date | None = None) -> dict[str, Any]:
    """As `hemei problem list` prints it."""
    place = keeping.place_of(problem)
    owner = answerer(problem.owner_id) if problem.owner_id is not None else None
    today = today or local(now()).date()
    return {
        "number": keeping.number_of(problem),
        "kind": problem.kind,
        "state": problem.state,
        "title": problem.title,
        "estate": place.estate if place else None,
        "building": place.building if place else None,
        "category": problem.category,
        "cases": cases,
        "owner": owner.name if owner else None,
        "next_on": problem.next_on.isoformat() if problem.next_on else None,
        "yearly_work": problem.yearly_work,
        "yearly_on": problem.yearly_on,
        "due": is_due(problem, today),
        "outcome": problem.outcome,
        "proposed_at": problem.proposed_at.isoformat(),
        "confirmed_at": problem.confirmed_at.isoformat() if problem.confirmed_at else None,
        "put_right_at": problem.put_right_at.isoformat() if problem.put_right_at else None,
    }


def whole(problem: Problem) -> dict[str, Any]:
    """With its cases and its steps."""
    cases = cases_of(problem)
    steps = [
        {"what": step.what, "at": step.at.isoformat(), "by": _name(step.by_id), **dict(step.facts)}
        for step in steps_about("problem", problem.id)
    ]
    told = [{"number": case.number, "state": case.state} for case in cases]
    return line(problem, len(cases)) | {"text": problem.text, "hanging": told, "steps": steps}


def cases_of(problem: Problem) -> Sequence[Case]:
    """All that ever hung on it, those that were taken off before it was put right aside."""
    ended = problem.put_right_at
    query = (
        select(Case)
        .join(ProblemCase, ProblemCase.case_id == Case.id)
        .where(ProblemCase.problem_id == problem.id)
        .order_by(Case.id)
    )
    if ended is None:
        query = query.where(ProblemCase.until.is_(None))
    else:
        query = query.where((ProblemCase.until.is_(None)) | (ProblemCase.until >= ended))
    return session().scalars(query).all()


def _name(person_id: int | None) -> str | None:
    found = answerer(person_id) if person_id is not None else None
    return found.name if found else None
