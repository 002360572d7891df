"""What the filters of the desk's list mean in the database; listing_rows.py finds it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as hour

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from models.base.clock import SHANGHAI, now
from models.case.case import Case
from models.case.lifecycle import ENDED, OPEN, UNFINISHED, WORKING, State
from models.case.reach import visible_to
from models.case.tables import Offer
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
    return and_(*asked(filters), visible_to(visitor))


def period(filters: Filters) -> list[Term]:
    found: list[Term] = []
    if filters.since is not None:
        found.append(Case.reported_at >= _midnight(filters.since))
    if filters.until is not None and filters.until < date.max:
        found.append(Case.reported_at < _midnight(filters.until + timedelta(days=1)))
    return found


def asked(filters: Filters) -> list[Term]:
    """What is asked for, of whoever asks."""
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


def states_of(filters: Filters) -> frozenset[State]:
    """The states that are asked for; none where all are."""
    among = STATES.get(filters.state, frozenset())
    if filters.overdue:
        return among & UNFINISHED if among else UNFINISHED
    return among


def _midnight(day: date) -> datetime:
    return datetime.combine(day, hour(), SHANGHAI)
