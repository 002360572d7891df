"""Who answers for a place and a matter: the chain that every case goes down (row 17: it never ends unseen).

Who holds which duty is kept in memory until the town's version moves, so a case asks the
database for nothing. Who is away is stood in for, as the ladder says (ladder.py).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from sqlalchemy import select

from models.base.clock import now
from models.base.orm import session
from models.duty import ladder, shifts
from models.duty.tables import Department, Keeper
from models.person.tables import Staff
from models.place.gazetteer import Town, town
from models.place.version import Remembered


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
    def estate_grids(self) -> dict[int, tuple[int, ...]]:
        """All grids that an estate lies in."""
        found: dict[int, dict[int, None]] = {}
        for building in self.places.buildings.values():
            if building.grid_id is not None:
                found.setdefault(building.estate_id, {})[building.grid_id] = None
        return {estate: tuple(grids) for estate, grids in found.items()}

    def desk(self, community_id: int | None) -> tuple[int, ...]:
        return self.here(self.desks.get(community_id) or self.desks.get(None, ()))

    def keepers_of(self, building_id: int) -> tuple[int, ...]:
        return self.here(self.keepers.get(building_id, ()))

    def workers(self, *grids: int) -> tuple[int, ...]:
        """Who does the grid workers' work: who is there of them, else a deputy; where all are on leave and
        have none, whoever stands one rung up. A grid without one has nobody here (design 4.5-5)."""
        return self.active(_joined(self._workers(grid) for grid in grids))

    def _workers(self, grid_id: int) -> tuple[int, ...]:
        at = now()
        there = ladder.chain().there(grid_id, 0, at)
        if there.people or there.how == "vacant":
            return there.people
        above = ladder.standing(grid_id, self.places.grids.get(grid_id), 1, at)
        return above.people if above is not None else ()

    def here(self, people: tuple[int, ...]) -> tuple[int, ...]:
        """These people, or who stands in for those who are away."""
        return self.active(ladder.chain().here(people, now()))

    def active(self, people: Iterable[int]) -> tuple[int, ...]:
        return tuple(person for person in people if person in self.posts)

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
        people = _without(duties.keepers_of(place.building_id), except_for)
        if people:
            return Answering("keeper", people)
    grid_id = place.grid_id
    if grid_id is None and place.building_id is not None:
        building = duties.places.buildings.get(place.building_id)
        grid_id = building.grid_id if building else None
    if grid_id is not None:
        people = _without(duties.workers(grid_id), except_for)
        if people:
            return Answering("grid_worker", people)
    elif place.building_id is None and place.estate_id is not None:
        people = _without(duties.workers(*duties.estate_grids.get(place.estate_id, ())), except_for)
        if people:
            return Answering("grid_worker", people)
    for name, contact in duties.departments.get(category or "", ()):
        if people := _without(duties.here((contact,)), except_for):
            return Answering("department", people, name)
    people = _without(duties.desk(_community(duties, place)), except_for)
    return Answering("desk", people) if people else NOBODY


def duty_persons(community_id: int | None) -> tuple[int, ...]:
    """Who must hear of an emergency: who is on shift on the community's lowest rung that has a rota now, else
    the community's desk, else the lowest rung of its grids that somebody holds, else who is on shift for the
    town, else street and admins.

    Without a community (a place that nobody could tell): the town's shift, street and admins, else every
    desk.
    """
    return _duty_persons(_remembered.current(), community_id, shifts.all_on_shift(now()))


def duties_of(person_id: int) -> list[int | None]:
    """The communities (None: what nobody could place) whose emergencies this person must hear of."""
    duties, on_shift = _remembered.current(), shifts.all_on_shift(now())
    return [
        one for one in (*duties.places.communities, None) if person_id in _duty_persons(duties, one, on_shift)
    ]


def _duty_persons(
    duties: _Duties, community_id: int | None, on_shift: Mapping[tuple[int | None, int], tuple[int, ...]]
) -> tuple[int, ...]:
    if community_id is None and len(duties.places.communities) == 1:
        community_id = next(iter(duties.places.communities))
    if community_id is not None:
        if people := _on_lowest_shift(duties, community_id, on_shift):
            return people
        if desk := duties.desk(community_id):
            return desk
        at, known = now(), ladder.chain()
        grids = [grid for grid, community in duties.places.grids.items() if community == community_id]
        for rung in range(ladder.top(community_id, at) + 1):
            people = duties.active(_joined(known.there(grid, rung, at).people for grid in grids))
            if people:
                return people
    return (
        _on_lowest_shift(duties, None, on_shift)
        or duties.here(duties.with_role("street", "admin"))
        or duties.with_role("street", "admin")
        or _joined(duties.desks.values())
    )


def _on_lowest_shift(
    duties: _Duties, community_id: int | None, on_shift: Mapping[tuple[int | None, int], tuple[int, ...]]
) -> tuple[int, ...]:
    for _, rung in sorted((key for key in on_shift if key[0] == community_id), key=lambda key: key[1]):
        if people := duties.here(on_shift[community_id, rung]):
            return people
    return ()


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
    if person_id not in duties.posts:
        return False
    return any(duties.places.grids.get(grid) == community_id for grid in ladder.subtree(person_id))


def houses_of(person_id: int) -> frozenset[int]:
    """The buildings that this person keeps or of whose grids the person holds a rung."""
    duties = _remembered.current()
    kept = {building for building, people in duties.keepers.items() if person_id in people}
    grids = ladder.subtree(person_id) if person_id in duties.posts else frozenset()
    if grids:
        kept |= {one.id for one in duties.places.buildings.values() if one.grid_id in grids}
    return frozenset(kept)


def who_visits(building_id: int) -> tuple[int, ...]:
    """Who goes from door to door: the building's grid worker, else its keepers, else the community's desk,
    else street and admins."""
    duties = _remembered.current()
    building = duties.places.buildings[building_id]
    community = duties.places.estates[building.estate_id].community_id
    workers = duties.workers(building.grid_id) if building.grid_id is not None else ()
    keepers = duties.keepers_of(building_id)
    return workers or keepers or duties.desk(community) or duties.with_role("street", "admin")


def who_answers(building_id: int) -> tuple[Answerer, ...]:
    """谁管我这栋: the building's keepers and its grid worker, else the community's desk (row 20)."""
    duties = _remembered.current()
    building = duties.places.buildings.get(building_id)
    if building is None:
        return ()
    found = [(person, "keeper") for person in duties.keepers_of(building_id)]
    if building.grid_id is not None:
        workers, role = duties.workers(building.grid_id), ladder.roles()[0]
        found += [(person, role) for person in workers if (person, "keeper") not in found]
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
        if people := duties.here((contact,)):
            return Answering("department", people, name)
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
        {category: tuple(takers) for category, takers in departments.items()},
        tuple(offices),
        town(),
    )


_remembered = Remembered("duties", _build)
