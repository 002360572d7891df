"""How many open cases every building has, for the plan of an estate."""

from typing import NamedTuple

from sqlalchemy import and_, case, func, select, true

from models.base.clock import now
from models.base.orm import session
from models.case.case import Case
from models.case.lifecycle import OPEN, UNFINISHED
from models.case.listing_terms import Filters, wanted
from models.person.arriving import Visitor


class Waiting(NamedTuple):
    """`late` of them are past what was promised, `pressing` are urgent or worse."""

    open: int
    late: int
    pressing: int


def waiting_by_house(visitor: Visitor) -> dict[tuple[int, int | None], Waiting]:
    """By estate and building (None: of the estate, no building), as far as this person sees them."""
    late = and_(Case.state.in_(sorted(UNFINISHED)), Case.finish_due < now(), Case.pause.is_(None))
    query = (
        select(
            Case.estate_id,
            Case.building_id,
            func.count(Case.id),
            func.sum(case((late, 1), else_=0)),
            func.sum(case((Case.urgency != "normal", 1), else_=0)),
        )
        # by their states, because what is open is little beside what is over
        .where(Case.state.in_(sorted(OPEN)), Case.estate_id.is_not(None))
        .where(wanted(visitor, Filters()).is_(true()))
        .group_by(Case.estate_id, Case.building_id)
    )
    return {
        (estate, building): Waiting(many, red, pressing)
        for estate, building, many, red, pressing in session().execute(query)
        if estate is not None
    }
