"""What the filters of the desk's list mean in the database, and by which index its rows are found.

Of all that is asked for one thing finds the rows, together with a stretch of numbers; everything else is
looked at in the rows found. The database is kept from choosing otherwise (`IS TRUE`), because without figures
of its own it takes the index with most rows, and sorts them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as hour

from sqlalchemy import (
    Boolean,
    ColumnElement,
    CompoundSelect,
    and_,
    false,
    literal_column,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased
from sqlalchemy.sql.util import ClauseAdapter

from models.base.clock import SHANGHAI, now
from models.case.case import Case
from models.case.lifecycle import ENDED, OPEN, UNFINISHED, WORKING, State
from models.case.reach import visible_to, ways_to
from models.case.tables import Offer
from models.duty.overseeing import overseen
from models.person.arriving import Visitor

ORDERS = ("newest", "oldest", "due")
#: What `state` may be: one of the states, or one of these.
STATES: dict[str, frozenset[State]] = {
    "open": OPEN,
    "working": WORKING,
    "ended": ENDED,
    **{str(state): frozenset({state}) for state in State},
}
Term = ColumnElement[bool]
Between = Callable[[int, int], Term]
# as their indexes say it: a database knows a part of a table by the same words only
_PRESSING: Term = literal_column("urgency <> 'normal'", Boolean)
_CLIMBED: Term = literal_column("rung > 0", Boolean)


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; each narrows. `rung`: at least so high; days are those of Shanghai, both counted."""

    words: str = ""
    state: str = ""
    category: str = ""
    urgency: str = ""
    community_id: int | None = None
    estate_id: int | None = None
    building_id: int | None = None
    grid_id: int | None = None
    holder_id: int | None = None  # whoever has it, or may accept it
    rung: int = 0
    overdue: bool = False
    source: str = ""
    since: date | None = None
    until: date | None = None
    order: str = "newest"


def wanted(visitor: Visitor, filters: Filters) -> Term:
    """All of it, and that this person may see the case."""
    return and_(visible_to(visitor), *_asked(filters))


def period(filters: Filters) -> list[Term]:
    found: list[Term] = []
    if filters.since is not None:
        found.append(Case.reported_at >= _midnight(filters.since))
    if filters.until is not None and filters.until < date.max:
        found.append(Case.reported_at < _midnight(filters.until + timedelta(days=1)))
    return found


def found_by(visitor: Visitor, filters: Filters) -> Between:
    """What is wanted among the cases whose numbers are from one to another."""
    term = wanted(visitor, filters).is_(true())
    if filters.building_id is None and filters.grid_id is None and filters.estate_id is None:
        if filters.holder_id is not None:
            holder = filters.holder_id
            return lambda low, high: and_(Case.id.in_(_in_hand(holder, low, high)), term)
        if not _sees_much(visitor):
            return _by_ways(visitor, filters)
    same = _same(filters)
    return lambda low, high: and_(Case.id.between(low, high), *same, term)


def _same(filters: Filters) -> list[Term]:
    """What all rows have in common that an index begins with; of several the one with fewest rows."""
    if filters.building_id is not None:
        # by its estate, which the index of matters begins with
        estate = [Case.estate_id == filters.estate_id] if filters.estate_id is not None else []
        return [*estate, Case.building_id == filters.building_id]
    if filters.grid_id is not None:
        return [Case.grid_id == filters.grid_id]
    if filters.estate_id is not None:
        return [Case.estate_id == filters.estate_id]
    if filters.urgency and filters.urgency != "normal":
        return [Case.urgency == filters.urgency, _PRESSING]
    if filters.rung > 0:
        return [Case.rung >= filters.rung, _CLIMBED]
    states = _states(filters)
    if states and states.isdisjoint({State.CLOSED, State.RATED}):
        return [Case.state.in_(sorted(states))]
    return [Case.category == filters.category] if filters.category else []


def _asked(filters: Filters) -> list[Term]:
    found: list[Term] = period(filters)
    same: tuple[tuple[InstrumentedAttribute[str | None], str], ...] = (
        (Case.category, filters.category),
        (Case.urgency, filters.urgency),
        (Case.source, filters.source),
    )
    found += [column == value for column, value in same if value]
    here: tuple[tuple[InstrumentedAttribute[int | None], int | None], ...] = (
        (Case.community_id, filters.community_id),
        (Case.estate_id, filters.estate_id),
        (Case.building_id, filters.building_id),
        (Case.grid_id, filters.grid_id),
    )
    found += [column == key for column, key in here if key is not None]
    if filters.state:
        found.append(Case.state.in_(sorted(STATES[filters.state])) if filters.state in STATES else false())
    if filters.rung > 0:
        found.append(Case.rung >= filters.rung)
    if filters.overdue:
        found += [Case.state.in_(sorted(UNFINISHED)), Case.finish_due < now(), Case.pause.is_(None)]
    if filters.holder_id is not None:
        offered = select(Offer.id).where(
            Offer.case_id == Case.id, Offer.person_id == filters.holder_id, Offer.ended_at.is_(None)
        )
        found.append(or_(Case.taker_id == filters.holder_id, offered.exists()))
    return found


def _states(filters: Filters) -> frozenset[State]:
    asked = STATES.get(filters.state, frozenset())
    if filters.overdue:
        return asked & UNFINISHED if asked else UNFINISHED
    return asked


def _in_hand(person: int, low: int, high: int) -> CompoundSelect[int]:
    mine = aliased(Case)
    return union_all(
        select(mine.id).where(mine.taker_id == person, mine.id.between(low, high)),
        select(Offer.case_id).where(
            Offer.person_id == person, Offer.ended_at.is_(None), Offer.case_id.between(low, high)
        ),
    )


def _sees_much(visitor: Visitor) -> bool:
    """Whoever oversees a community sees so much that its rows are found by going through them."""
    theirs = overseen(visitor)
    return theirs is None or bool(theirs)


def _by_ways(visitor: Visitor, filters: Filters) -> Between:
    """All that somebody who oversees no community may see: each way by its own index, because an OR of them
    is found by none."""
    ways, asked = ways_to(visitor), and_(true(), *_asked(filters)).is_(true())
    elsewhere = ClauseAdapter(_CASES)  # so that nothing of it is a condition on the row outside

    def between(low: int, high: int) -> Term:
        return Case.id.in_(
            union_all(
                *(
                    select(_CASES.c.id).where(elsewhere.traverse(and_(way.among(low, high), asked)))
                    for way in ways
                )
            )
        )

    return between


_CASES = Case.__table__.alias("ways")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, hour(), SHANGHAI)
