"""How many homes somebody was at, and to which nobody has gone yet (row 30).

A home counts as visited by any result, because absent and refused are results too; `met` says at how many
somebody was spoken to. Both stand over all homes of the register that are in use.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, exists, func, select

from models.base.clock import SHANGHAI, local, now
from models.base.orm import session
from models.place.tables import Household
from models.visit.tables import HomeVisit, VisitOpinion
from models.visit.visiting import ABSENT, MET, REFUSED

UNVISITED, VISITED, ALL = "unvisited", "visited", "all"
STATES = (UNVISITED, VISITED, MET, ABSENT, REFUSED, ALL)


class Cover(NamedTuple):
    """`visited` and `met` of `homes`, since a day."""

    visited: int
    met: int
    homes: int

    def __add__(self, other: object) -> "Cover":
        assert isinstance(other, Cover)
        return Cover(self.visited + other.visited, self.met + other.met, self.homes + other.homes)


class HomeSeen(NamedTuple):
    """A home of the list; `result` and what follows are of its last visit, None for none."""

    household_id: int
    building_id: int
    unit: str
    room: str
    result: str | None
    visited_at: datetime | None
    words: str | None


def this_year() -> date:
    """From which day on visits count where nobody says another one: the first of the year."""
    return local(now()).date().replace(month=1, day=1)


def homes(
    buildings: Collection[int], state: str, since: date, *, after: int | None = None, limit: int = 50
) -> Sequence[HomeSeen]:
    """Homes of these buildings in the register's order, those behind the home `after`; `state` is one of
    STATES: by the last result since that day, of which `visited` is any and `unvisited` none."""
    last = _last(since)
    query = (
        select(
            Household.id, Household.building_id, Household.unit_name, Household.room,
            HomeVisit.result, HomeVisit.visited_at,
            HomeVisit.words,
        )
        .outerjoin(HomeVisit, HomeVisit.id == last)
        .where(Household.active, Household.building_id.in_(sorted(buildings)))
        .order_by(Household.id)
        .limit(limit)
    )  # fmt: skip
    if after is not None:
        query = query.where(Household.id > after)
    return [HomeSeen(*row) for row in session().execute(_in_state(query, state))]


def cover(buildings: Collection[int], since: date) -> Mapping[int, Cover]:
    """Building → its cover; those without a home in the register are left out."""
    visited = exists().where(*_since(since))
    met = exists().where(*_since(since), HomeVisit.result == MET)
    of = Household.active & Household.building_id.in_(sorted(buildings))
    count = select(Household.building_id, func.count()).where(of).group_by(Household.building_id)

    def counted(query: Select[*tuple[Any, ...]]) -> dict[int, int]:
        return {row[0]: row[1] for row in session().execute(query)}

    all_, some, spoken = counted(count), counted(count.where(visited)), counted(count.where(met))
    return {one: Cover(some.get(one, 0), spoken.get(one, 0), several) for one, several in all_.items()}


def opinions(buildings: Collection[int], since: date) -> Mapping[str, tuple[int, int]]:
    """Class → how many were said there since that day, and how many of them became a case."""
    query = (
        select(VisitOpinion.kind, func.count(), func.count(VisitOpinion.case_id))
        .join(HomeVisit, HomeVisit.id == VisitOpinion.visit_id)
        .join(Household, Household.id == HomeVisit.household_id)
        .where(Household.building_id.in_(sorted(buildings)), HomeVisit.visited_at >= moment_of(since))
        .group_by(VisitOpinion.kind)
    )
    return {row[0]: (row[1], row[2]) for row in session().execute(query)}


def _in_state(query: Select[*tuple[Any, ...]], state: str) -> Select[Any]:
    if state == ALL:
        return query
    if state == UNVISITED:
        return query.where(HomeVisit.id.is_(None))
    return query.where(HomeVisit.id.is_not(None) if state == VISITED else HomeVisit.result == state)


def _last(since: date) -> ColumnElement[int]:
    """The last visit of a household; the row with the largest number among those of one moment."""
    other = HomeVisit.__table__.alias("other")
    query = (
        select(other.c.id)
        .where(other.c.household_id == Household.id, other.c.visited_at >= moment_of(since))
        .order_by(other.c.visited_at.desc(), other.c.id.desc())
        .limit(1)
        .correlate(Household)
    )
    return query.scalar_subquery()


def _since(since: date) -> tuple[ColumnElement[bool], ...]:
    return HomeVisit.household_id == Household.id, HomeVisit.visited_at >= moment_of(since)


def moment_of(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
