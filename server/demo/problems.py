"""The demo's ledger of problems, and two closed cases that were drawn for a supervisor."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import session
from models.base.resources import table
from models.case import sampling
from models.case.case import Case
from models.case.lifecycle import CLAIMED
from models.person.tables import Staff
from models.place.gazetteer import town
from models.problem import keeping, putting_right
from models.problem.tables import Problem
from server.database import Database

DESK, SUPERVISOR = "C01", "J01"
HANGING, SAMPLES = 4, 2


def furnish(database: Database) -> None:
    """What a desk and its grid workers would have entered before."""
    database.write(_enter)


def _enter() -> None:
    numbered = {one.number: one.person_id for one in session().scalars(select(Staff))}
    for one in table("demo/problems.toml")["problem"]:
        _problem(one, numbered[DESK], numbered[one["owner"]])
    sampling.draw_for(numbered[SUPERVISOR], SAMPLES)


def _problem(one: dict[str, Any], desk: int, owner: int) -> None:
    places, today = town(), local(now()).date()
    (estate,) = places.estates_named(one["estate"])
    building = places.building(estate.id, one["building"]) if one["building"] else None
    spot = places.spot_of_building(building.id) if building else places.spot_of_estate(estate.id)
    assert spot is not None
    made = keeping.propose(desk, one["kind"], one["title"], one["text"], spot, one["category"])
    work = one.get("work", "")
    keeping.confirm(
        made,
        desk,
        owner_id=owner,
        next_on=today + timedelta(days=one["days"]),
        yearly_work=work,
        yearly_on=today.year + 1 if work else None,
    )
    _hang(made, desk)
    if outcome := one.get("outcome"):
        putting_right.put_right(made, owner, outcome)


def _hang(problem: Problem, desk: int) -> None:
    """Past cases of its place and kind."""
    query = select(Case).where(
        Case.estate_id == problem.estate_id,
        Case.category == problem.category,
        Case.state.in_(tuple(CLAIMED)),
    )
    if problem.building_id is not None:
        query = query.where(Case.building_id == problem.building_id)
    for case in session().scalars(query.order_by(Case.id.desc()).limit(HANGING)):
        keeping.hung(problem, case.id, By.staff(desk))
