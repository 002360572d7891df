"""Who answers for a place and a matter: the chain that every case goes down (row 17: it never ends unseen).

Who holds which duty is kept in memory until the town's version moves, so a case asks the
database for nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from sqlalchemy import select

from models.base.orm import session
from models.duty.tables import Department, Keeper, RungHolder
from models.person.tables import Staff
from models.place.gazetteer import Town, town
from models.place.version import Remembered

#: Roles of the rungs, nearest to the residents first; `RungHolder.rung` counts them.
RUNGS = ("grid_worker", "grid_head", "first_grid_head", "grid_chief")


class Where(Protocol):
    """What is asked of a place: a Spot, and a Case too."""

    @property
    def community_id(self) -> int | None: ...
    @property
    def estate_id(self) -> int | None: ...
    @property
    def building_id(self) -> int | None: ...
    @property
    def grid_id(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Answering:
    """`route`: keeper | grid_worker | department | desk | nobody (and transfer, which no chain gives).

    `people` are persons' ids, empty only for nobody; any of them may accept.
    """

    route: str
    people: tuple[int, ...] = ()
    department: str | None = None


NOBODY = Answering("nobody")


@dataclass(frozen=True, slots=True)
class Answerer:
    """Somebody who answers: `role` is a code of templates/labels/roles.toml.

    `phone` is the published duty phone or None, never the person's own: who has none is reached by the relay.
    """

    name: str
    role: str
    phone: str | None
    employer: str | None
    person_id: int = 0


@dataclass(frozen=True, slots=True)
class DepartmentDuty:
    """A department and the duty phone that it published."""

    name: str
    categories: tuple[str, ...]
    contact_id: int | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class _Post:
    name: str
    roles: tuple[str, ...]
    community_id: int | None
    employer: str | None
    phone: str | None


@dataclass(frozen=True)
class _Duties:
    """Immutable; shared by all threads. Only active staff are in it."""

    posts: dict[int, _Post]  # by person
    keepers: dict[int, tuple[int, ...]]  # by building
    rungs: dict[tuple[int, int], tuple[int, ...]]  # by grid and rung
    departments: dict[str, tuple[tuple[str, int], ...]]  # by category: (name, contact)
    offices: tuple[DepartmentDuty, ...]
    places: Town

    @cached_property
    def desks(self) -> dict[int | None, tuple[int, ...]]:
        """By community; under None those whose community nobody wrote down."""
        found: dict[int | None, list[int]] = {}
        for person, post in self.posts.items():
            if "community" in post.roles:
                found.setdefault(post.community_id, []).append(person)
        return {community: tuple(people) for community, people in found.items()}

    @cached_property
    def estate_workers(self) -> dict[int, tuple[int, ...]]:
        """The grid workers of all grids that an estate lies in."""
        found: dict[int, dict[int, None]] = {}
        for building in self.places.buildings.values():
            if building.grid_id is not None:
                workers = self.rungs.get((building.grid_id, 0), ())
                found.setdefault(building.estate_id, {}).update(dict.fromkeys(workers))
        return {estate: tuple(people) for estate, people in found.items()}

    def desk(self, community_id: int | None) -> tuple[int, ...]:
        return self.desks.get(community_id) or self.desks.get(None, ())

    def with_role(self, *roles: str) -> tuple[int, ...]:
        return tuple(person for person, post in self.posts.items() if not set(roles).isdisjoint(post.roles))


def answering(place: Where, category: str | None, *, except_for: frozenset[int] = frozenset()) -> Answering:
    """The first in the chain who may take it; `except_for` are those who gave it back.

    The building's keepers whatever the category, else the grid worker (without a building: those of the
    estate), else the contact of a department that takes the category, else the community's desk, else nobody.
    Somebody without any way to be reached still answers: the desk sees that the letter failed.
    """
    duties = _remembered.current()
    if place.building_id is not None:
        people = _without(duties.keepers.get(place.building_id, ()), except_for)
        if people:
            return Answering("keeper", people)
    grid_id = place.grid_id
    if grid_id is None and place.building_id is not None:
        building = duties.places.buildings.get(place.building_id)
        grid_id = building.grid_id if building else None
    if grid_id is not None:
        people = _without(duties.rungs.get((grid_id, 0), ()), except_for)
        if people:
            return Answering("grid_worker", people)
    elif place.building_id is None and place.estate_id is not None:
        people = _without(duties.estate_workers.get(place.estate_id, ()), except_for)
        if people:
            return Answering("grid_worker", people)
    for name, contact in duties.departments.get(category or "", ()):
        if contact not in except_for:
            return Answering("department", (contact,), name)
    people = _without(duties.desk(_community(duties, place)), except_for)
    return Answering("desk", people) if people else NOBODY


def duty_persons(community_id: int | None) -> tuple[int, ...]:
    """Who must hear of an emergency: the community's desk, else the lowest rung of its grids that somebody
    holds, else street and admins.

    Without a community (a place that nobody could tell): street and admins, else every desk.
    """
    duties = _remembered.current()
    if community_id is None and len(duties.places.communities) == 1:
        community_id = next(iter(duties.places.communities))
    if community_id is not None:
        if desk := duties.desk(community_id):
            return desk
        grids = [grid for grid, community in duties.places.grids.items() if community == community_id]
        for rung in range(len(RUNGS)):
            people = _joined(duties.rungs.get((grid, rung), ()) for grid in grids)
            if people:
                return people
    return duties.with_role("street", "admin") or _joined(duties.desks.values())


def everybody_on_duty() -> tuple[int, ...]:
    """Street, admins and every desk: for an emergency whose own duty persons cannot be reached at all."""
    duties = _remembered.current()
    return _joined((duties.with_role("street", "admin"), *duties.desks.values()))


def serves(person_id: int, community_id: int) -> bool:
    """Whether this person keeps a building or holds a rung there, whatever community the post names."""
    duties = _remembered.current()
    kept = (building for building, people in duties.keepers.items() if person_id in people)
    if any(
        duties.places.estates[duties.places.buildings[one].estate_id].community_id == community_id
        for one in kept
        if one in duties.places.buildings
    ):
        return True
    held = (grid for (grid, _), people in duties.rungs.items() if person_id in people)
    return any(duties.places.grids.get(grid) == community_id for grid in held)


def houses_of(person_id: int) -> frozenset[int]:
    """The buildings that this person keeps or of whose grids the person holds a rung."""
    duties = _remembered.current()
    kept = {building for building, people in duties.keepers.items() if person_id in people}
    grids = {grid for (grid, _), people in duties.rungs.items() if person_id in people}
    if grids:
        kept |= {one.id for one in duties.places.buildings.values() if one.grid_id in grids}
    return frozenset(kept)


def who_visits(building_id: int) -> tuple[int, ...]:
    """Who goes from door to door: the building's grid worker, else its keepers, else the community's desk,
    else street and admins."""
    duties = _remembered.current()
    building = duties.places.buildings[building_id]
    community = duties.places.estates[building.estate_id].community_id
    workers = duties.rungs.get((building.grid_id, 0), ()) if building.grid_id is not None else ()
    keepers = duties.keepers.get(building_id, ())
    return workers or keepers or duties.desk(community) or duties.with_role("street", "admin")


def who_answers(building_id: int) -> tuple[Answerer, ...]:
    """谁管我这栋: the building's keepers and its grid worker, else the community's desk (row 20)."""
    duties = _remembered.current()
    building = duties.places.buildings.get(building_id)
    if building is None:
        return ()
    found = [(person, "keeper") for person in duties.keepers.get(building_id, ())]
    if building.grid_id is not None:
        workers = duties.rungs.get((building.grid_id, 0), ())
        found += [(person, RUNGS[0]) for person in workers if (person, "keeper") not in found]
    if not found:
        community = duties.places.estates[building.estate_id].community_id
        found = [(person, "community") for person in duties.desk(community)]
    return tuple(_answerer(person, duties.posts[person], role) for person, role in found)


def desk_of(community_id: int | None) -> tuple[Answerer, ...]:
    """The community's desk."""
    duties = _remembered.current()
    people = duties.desk(community_id)
    return tuple(_answerer(person, duties.posts[person], "community") for person in people)


def property_of(community_id: int | None) -> tuple[Answerer, ...]:
    """物业: who has that post in the community."""
    duties = _remembered.current()
    found = (
        (person, duties.posts[person])
        for person in duties.with_role("property")
        if duties.posts[person].community_id in (None, community_id)
    )
    return tuple(_answerer(person, post, "property") for person, post in found)


def departments() -> tuple[DepartmentDuty, ...]:
    """The departments in the order in which they take cases."""
    return _remembered.current().offices


def asked_of(community_id: int | None, category: str | None) -> Answering:
    """Whom a question goes to that only a person can answer: the department that takes the category, else
    the community's desk, else whoever is on duty above it."""
    duties = _remembered.current()
    for name, contact in duties.departments.get(category or "", ()):
        return Answering("department", (contact,), name)
    if people := duties.desk(community_id):
        return Answering("desk", people)
    people = duty_persons(community_id)
    return Answering("desk", people) if people else NOBODY


def answerer(person_id: int) -> Answerer | None:
    """The post of one person, or None for somebody without one."""
    post = _remembered.current().posts.get(person_id)
    return _answerer(person_id, post, post.roles[0] if post.roles else "community") if post else None


def _answerer(person_id: int, post: _Post, role: str) -> Answerer:
    return Answerer(post.name, role, post.phone, post.employer, person_id)


def _community(duties: _Duties, place: Where) -> int | None:
    if place.community_id is not None:
        return place.community_id
    estate = duties.places.estates.get(place.estate_id) if place.estate_id is not None else None
    if estate is not None:
        return estate.community_id
    communities = duties.places.communities
    return next(iter(communities)) if len(communities) == 1 else None


def _without(people: tuple[int, ...], except_for: frozenset[int]) -> tuple[int, ...]:
    if not except_for:
        return people
    return tuple(person for person in people if person not in except_for)


def _joined(groups: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(person for group in groups for person in group))


def _build() -> _Duties:
    rows = session().connection().execute
    posts = {
        row.person_id: _Post(
            row.name,
            tuple(row.roles),
            row.community_id,
            row.employer,
            row.duty_phone,
        )
        for row in rows(
            select(
                Staff.person_id,
                Staff.name,
                Staff.roles,
                Staff.community_id,
                Staff.employer,
                Staff.duty_phone,
            )
            .where(Staff.active)
            .order_by(Staff.id)
        )
    }
    keepers: dict[int, list[int]] = {}
    for kept in rows(
        select(Keeper.building_id, Keeper.person_id).where(Keeper.until.is_(None)).order_by(Keeper.id)
    ):
        if kept.person_id in posts:
            keepers.setdefault(kept.building_id, []).append(kept.person_id)
    rungs: dict[tuple[int, int], list[int]] = {}
    for held in rows(
        select(RungHolder.grid_id, RungHolder.rung, RungHolder.person_id)
        .where(RungHolder.until.is_(None))
        .order_by(RungHolder.id)
    ):
        if held.person_id in posts:
            rungs.setdefault((held.grid_id, held.rung), []).append(held.person_id)
    departments: dict[str, list[tuple[str, int]]] = {}
    offices = []
    for taking in rows(
        select(Department.name, Department.categories, Department.contact_id, Department.phone)
        .where(Department.active)
        .order_by(Department.id)
    ):
        contact = taking.contact_id if taking.contact_id in posts else None
        offices.append(DepartmentDuty(taking.name, tuple(taking.categories), contact, taking.phone))
        if contact is not None:
            for category in taking.categories:
                departments.setdefault(category, []).append((taking.name, taking.contact_id))
    return _Duties(
        posts,
        {building: tuple(people) for building, people in keepers.items()},
        {rung: tuple(people) for rung, people in rungs.items()},
        {category: tuple(takers) for category, takers in departments.items()},
        tuple(offices),
        town(),
    )


_remembered = Remembered("duties", _build)
