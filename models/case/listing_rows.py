"""By which index the rows of the desk's list are found.

Of all that is asked for one thing finds the rows, together with a stretch of numbers; everything else is
looked at in the rows found. The database is kept from choosing otherwise (`IS TRUE`), because without figures
of its own it takes the index with most rows, and sorts them.
"""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import and_, false, func, literal_column, select, true, union_all
from sqlalchemy.orm import aliased
from sqlalchemy.sql.util import ClauseAdapter

from models.base.orm import session
from models.case.case import Case
from models.case.lifecycle import OPEN, State
from models.case.listing_terms import Filters, Term, asked, period, states_of, wanted
from models.case.reach import ways_to
from models.case.tables import Offer
from models.duty.overseeing import overseen
from models.person.arriving import Visitor

Between = Callable[[int, int], Term]
FEW = 3_000  # rows that are sooner looked through than all that somebody may see
# as their indexes say it: a database knows a part of a table by the same words only. Without their type,
# because a Boolean is written with "= 1" behind it on SQLite, and those are other words
_PRESSING: Term = literal_column("urgency <> 'normal'")
_CLIMBED: Term = literal_column("rung > 0")
_CASES = Case.__table__.alias("ways")


def found_by(visitor: Visitor, filters: Filters) -> Between:
    """What is wanted among the cases whose numbers are from one to another."""
    if _has_own_rows(visitor, filters):
        if filters.holder_id is not None:
            return _in_hand(visitor, filters, filters.holder_id)
        if not _are_few(_same(filters)):
            return _by_ways(visitor, filters)
    elif _sees_only_own(visitor) and filters.holder_id is None:
        return _by_ways_to_a_place(visitor, filters)
    same, term = _same(filters), wanted(visitor, filters).is_(true())
    return lambda low, high: and_(Case.id.between(low, high), *same, term)


def with_limit(visitor: Visitor, filters: Filters) -> Term:
    """What is wanted of all that has a limit. Only what is open has one, so its index holds no more than
    that."""
    limited = Case.due_at.is_not(None)
    if not _has_own_rows(visitor, filters):
        return and_(limited, wanted(visitor, filters).is_(true()))
    if not (states_of(filters) or OPEN) & OPEN:
        return false()
    low, high = ends(visitor, replace(filters, state=filters.state or "open"))
    return and_(limited, found_by(visitor, filters)(low, high))


def ends(visitor: Visitor, filters: Filters) -> tuple[int, int]:
    """The lowest and the highest number that may be among them; (1, 0) when there is none."""
    first: int | None
    last: int | None
    narrow = period(filters)
    if _has_own_rows(visitor, filters):  # as they are few among all, and are looked for to the end
        narrow += _of_states(filters)
    if narrow:
        # + 0, because PostgreSQL would go through the numbers from their end until one is so
        first, last = (
            session().execute(select(func.min(Case.id + 0), func.max(Case.id + 0)).where(*narrow)).one()
        )
    else:  # each by itself, because both at once pass over the whole table on SQLite
        first = session().execute(select(func.min(Case.id))).scalar()
        last = session().execute(select(func.max(Case.id))).scalar()
    return (1, 0) if first is None or last is None else (first, last)


def _has_own_rows(visitor: Visitor, filters: Filters) -> bool:
    """Whether there is something nearer than a place: what is in somebody's hands, or what whoever looks may
    see."""
    if any(one is not None for one in (filters.building_id, filters.grid_id, filters.estate_id)):
        return False
    return filters.holder_id is not None or _sees_only_own(visitor)


def _sees_only_own(visitor: Visitor) -> bool:
    """Who oversees a community sees so much that its rows are found by going through them."""
    theirs = overseen(visitor)
    return theirs is not None and not theirs


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
    return _of_states(filters) or ([Case.category == filters.category] if filters.category else [])


def _of_states(filters: Filters) -> list[Term]:
    """The states, where they are not those that most cases have."""
    states = states_of(filters)
    is_little = states and states.isdisjoint({State.CLOSED, State.RATED})
    return [Case.state.in_(sorted(states))] if is_little else []


def _are_few(same: list[Term]) -> bool:
    if not same:
        return False
    some = select(Case.id).where(*same).limit(FEW + 1).subquery()
    return session().execute(select(func.count()).select_from(some)).scalar_one() <= FEW


def _in_hand(visitor: Visitor, filters: Filters, person: int) -> Between:
    mine, term = aliased(Case), wanted(visitor, filters).is_(true())
    offered = and_(Offer.person_id == person, Offer.ended_at.is_(None))

    def between(low: int, high: int) -> Term:
        numbers = union_all(
            select(mine.id).where(mine.taker_id == person, mine.id.between(low, high)),
            select(Offer.case_id).where(offered, Offer.case_id.between(low, high)),
        )
        return and_(Case.id.in_(numbers), term)

    return between


def _by_ways(visitor: Visitor, filters: Filters) -> Between:
    """Each way to a case by its own index, because an OR of them is found by none."""
    ways, term = ways_to(visitor), and_(true(), *asked(filters)).is_(true())
    elsewhere = ClauseAdapter(_CASES)  # so that nothing of it is a condition on the row outside

    def between(low: int, high: int) -> Term:
        return Case.id.in_(
            union_all(
                *(
                    select(_CASES.c.id).where(elsewhere.traverse(and_(way.among(low, high), term)))
                    for way in ways
                )
            )
        )

    return between


def _by_ways_to_a_place(visitor: Visitor, filters: Filters) -> Between:
    """What somebody may see and what lies in a place are each told by an index alone, so that only cases that
    are in both are read: the others, thousands of them, may have to come from a disk."""
    ways, same, term = ways_to(visitor), _same(filters), wanted(visitor, filters).is_(true())
    elsewhere = ClauseAdapter(_CASES)

    def between(low: int, high: int) -> Term:
        there = select(_CASES.c.id).where(*map(elsewhere.traverse, same), _CASES.c.id.between(low, high))
        mine = union_all(*(way.numbers(_CASES, low, high) for way in ways))
        return and_(Case.id.in_(mine), Case.id.in_(there), term)

    return between
