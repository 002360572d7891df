"""共性 / 个性问题台账 (row 13): proposed, confirmed by a person, owned, and looked at again on a day.

Many cases may hang on one problem, a case on one at a time. What is not put right when its day passes must
be held by a yearly work before it gets another day.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from models.base.actor import By
from models.base.checkdigit import with_check, without_check
from models.base.clock import local, now
from models.base.links import personal_path
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.base.resources import table
from models.case import reach
from models.case.case import Case
from models.case.lifecycle import State as CaseState
from models.duty.overseeing import decides, oversees, watches
from models.history import record
from models.outbox.door import tell
from models.outbox.letter import Lane
from models.person.arriving import Visitor, staff_of
from models.place.gazetteer import town
from models.place.spot import Spot
from models.problem.figures import KINDS, is_due
from models.problem.tables import Problem, ProblemCase

TITLE, TEXT = 60, 1000
OPEN_STATES = ("proposed", "open")


def number_of(problem: Problem) -> str:
    return with_check(problem.id)


def about(problem: Problem) -> tuple[str, int]:
    return ("problem", problem.id)


def propose(
    person_id: int, kind: str, title: str, text: str, spot: Spot, category: str | None = None
) -> Problem:
    """By any staff who watch over the place's community."""
    staff = staff_of(person_id)
    if staff is None or spot.community_id is None or not watches(staff.community_id, spot.community_id):
        raise NotAllowed("problem_not_yours")
    title, text = title.strip()[:TITLE], text.strip()[:TEXT]
    if kind not in KINDS or (category is not None and category not in table("labels/categories.toml")):
        raise Invalid("not_possible")
    if not title:
        raise Invalid("problem_title")
    made = written(kind, title, text, spot, category, person_id)
    record(about(made), "proposed", by=By.staff(person_id), at=now())
    return made


def written(
    kind: str, title: str, text: str, spot: Spot, category: str | None, person_id: int | None
) -> Problem:
    """A row that waits to be confirmed; without a person it is hemei that proposes."""
    key = put(
        Problem,
        kind=kind,
        title=title[:TITLE],
        text=text,
        community_id=spot.community_id,
        estate_id=spot.estate_id,
        building_id=spot.building_id,
        category=category,
        state="proposed",
        proposed_by=person_id,
        proposed_at=now(),
    )
    return session().get_one(Problem, key)


def confirm(
    problem: Problem,
    person_id: int,
    *,
    owner_id: int,
    next_on: date,
    yearly_work: str = "",
    yearly_on: int | None = None,
    kind: str | None = None,
    title: str = "",
) -> bool:
    """By whoever decides there: with an owner and a day, and what it is called. False when it is open."""
    _must_decide(problem, person_id)
    if problem.state == "open":
        return False
    if problem.state != "proposed":
        raise NotAllowed("problem_over", number=number_of(problem))
    if kind is not None and kind not in KINDS:
        raise Invalid("not_possible")
    facts = _held_by(problem, owner_id, next_on, yearly_work, yearly_on)
    problem.state = "open"
    problem.kind = kind or problem.kind
    problem.title = title.strip()[:TITLE] or problem.title
    problem.confirmed_by, problem.confirmed_at = person_id, now()
    record(about(problem), "confirmed", by=By.staff(person_id), at=now(), kind=problem.kind, **facts)
    _tell_owner(problem, person_id)
    return True


def refuse(problem: Problem, person_id: int, reason: str) -> bool:
    """It is none: its cases hang on nothing again. False when that was said already."""
    _must_decide(problem, person_id)
    if problem.state == "refused":
        return False
    if problem.state != "proposed":
        raise NotAllowed("problem_over", number=number_of(problem))
    reason = reason.strip()[:TEXT]
    if not reason:
        raise Invalid("problem_reason", number=number_of(problem))
    at = now()
    problem.state = "refused"
    for row in hanging(problem):
        row.until = at
    record(about(problem), "refused", by=By.staff(person_id), at=at, reason=reason)
    return True


def keep(
    problem: Problem,
    person_id: int,
    *,
    owner_id: int,
    next_on: date,
    yearly_work: str = "",
    yearly_on: int | None = None,
) -> None:
    """Who owns it, when it is looked at again, which yearly work holds it. By its owner or whoever decides
    there. Past its day it needs the yearly work: Invalid work_needed_now."""
    if person_id != problem.owner_id:
        _must_decide(problem, person_id)
    if problem.state != "open":
        raise NotAllowed("problem_over", number=number_of(problem))
    if is_due(problem, local(now()).date()) and not yearly_work.strip():
        raise Invalid("work_needed_now", number=number_of(problem))
    owner = problem.owner_id
    facts = _held_by(problem, owner_id, next_on, yearly_work, yearly_on)
    record(about(problem), "kept", by=By.staff(person_id), at=now(), **facts)
    if owner_id != owner:
        _tell_owner(problem, person_id)


def hang(problem: Problem, case: Case, person_id: int) -> bool:
    """The caller holds the case. False when it hangs there already."""
    may_work_on(problem, person_id)
    before = held_by(case.id)
    if before is not None and before.id == problem.id:
        return False
    if before is not None:
        raise NotAllowed("case_hangs", number=case.number, on=number_of(before))
    if problem.state not in OPEN_STATES:
        raise NotAllowed("problem_over", number=number_of(problem))
    if case.community_id != problem.community_id:
        raise Invalid("case_of_other_place", number=case.number)
    if case.state in (CaseState.COLLECTED, CaseState.VOID):
        raise NotAllowed("case_over", number=case.number)
    hung(problem, case.id, By.staff(person_id))
    return True


def hung(problem: Problem, case_id: int, by: By) -> None:
    put(ProblemCase, problem_id=problem.id, case_id=case_id, by_id=by.id, since=now())
    record(("case", case_id), "hung", by=by, at=now(), problem=number_of(problem), title=problem.title)


def take_off(problem: Problem, case: Case, person_id: int) -> bool:
    """It was another thing. False when it does not hang there."""
    may_work_on(problem, person_id)
    row = next((one for one in hanging(problem) if one.case_id == case.id), None)
    if row is None:
        return False
    row.until = now()
    number = number_of(problem)
    record(case.about, "taken_off", by=By.staff(person_id), at=row.until, problem=number, title=problem.title)
    return True


def hanging(problem: Problem) -> Sequence[ProblemCase]:
    """Rows of its cases, oldest case first."""
    query = select(ProblemCase).where(ProblemCase.problem_id == problem.id, ProblemCase.until.is_(None))
    return session().scalars(query.order_by(ProblemCase.case_id)).all()


def held_by(case_id: int) -> Problem | None:
    """The problem on which a case hangs."""
    query = (
        select(Problem)
        .join(ProblemCase, ProblemCase.problem_id == Problem.id)
        .where(ProblemCase.case_id == case_id, ProblemCase.until.is_(None))
    )
    return session().scalars(query).first()


def find(number: str, visitor: Visitor, *, hold: bool = False) -> Problem:
    """The problem of this number, for its owner and for whoever oversees the community. Raises NotFound."""
    key = without_check(number)
    problem = None
    if key is not None:
        query = select(Problem).where(Problem.id == key)
        if hold:
            query = query.with_for_update().execution_options(populate_existing=True)
        problem = session().scalars(query).first()
    if problem is None or not may_see(problem, visitor.person_id):
        raise NotFound("problem_not_found", number=number)
    return problem


def may_see(problem: Problem, person_id: int) -> bool:
    return problem.owner_id == person_id or oversees(person_id, problem.community_id)


def may_work_on(problem: Problem, person_id: int) -> None:
    """Raises NotAllowed for whoever neither owns it nor decides there."""
    if person_id != problem.owner_id:
        _must_decide(problem, person_id)


def case_for(number: str, visitor: Visitor) -> Case:
    """A case that hangs or shall hang on a problem, its row ours."""
    return reach.find(number, visitor, hold=True)


def _must_decide(problem: Problem, person_id: int) -> None:
    if not decides(person_id, problem.community_id):
        raise NotAllowed("problem_not_yours")


def _held_by(
    problem: Problem, owner_id: int, next_on: date, yearly_work: str, yearly_on: int | None
) -> dict[str, Any]:
    """Puts into the row who owns it and what holds it; gives the facts of the step."""
    number, today = number_of(problem), local(now()).date()
    dates = table("rules/problems.toml")["dates"]
    owner = staff_of(owner_id)
    if owner is None or not watches(owner.community_id, problem.community_id):
        raise Invalid("problem_owner", number=number)
    if not today < next_on <= today + timedelta(days=dates["longest_days"]):
        raise Invalid("problem_day", number=number)
    work = yearly_work.strip()[:TITLE] or None
    year = yearly_on if work is not None else None
    if work is not None and (year is None or not today.year <= year <= today.year + dates["years_ahead"]):
        raise Invalid("problem_year", number=number)
    problem.owner_id, problem.next_on = owner_id, next_on
    problem.yearly_work, problem.yearly_on = work, year
    return {"owner": owner_id, "next_on": next_on.isoformat(), "yearly_work": work, "yearly_on": year}


def _tell_owner(problem: Problem, by: int) -> None:
    if problem.owner_id is not None and problem.owner_id != by:
        tell_staff("problem_yours", problem, problem.owner_id, now().isoformat())


def tell_staff(kind: str, problem: Problem, person_id: int, occasion: str) -> None:
    """A letter about a problem to somebody who answers for it."""
    place, number = place_of(problem), number_of(problem)
    facts: dict[str, Any] = {
        "path": f"{personal_path('desk', person_id)}/chain/problems/{number}",
        "number": number,
        "title": problem.title,
        "estate": place.estate if place else None,
        "building": place.building if place else None,
        "next_on": problem.next_on.isoformat() if problem.next_on else None,
        "yearly_work": problem.yearly_work,
        "yearly_on": problem.yearly_on,
    }
    tell(kind, person_id, about=about(problem), occasion=occasion, lane=Lane.NEWS, **facts)


def place_of(problem: Problem) -> Spot | None:
    if problem.building_id is not None:
        return town().spot_of_building(problem.building_id)
    return town().spot_of_estate(problem.estate_id) if problem.estate_id is not None else None
