"""Who has which post, kept in memory until the town's version moves. Only active staff are in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select

from models.base.clock import now
from models.base.orm import session
from models.duty import ladder
from models.duty.tables import Department, Keeper
from models.person.grants import Held, Term, terms, written
from models.person.tables import Staff
from models.place.gazetteer import Town, town
from models.place.version import Remembered


@dataclass(frozen=True, slots=True)
class DepartmentDuty:
    """A department and the duty phone that it published."""

    name: str
    categories: tuple[str, ...]
    contact_id: int | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class StaffPost:
    name: str
    roles: tuple[str, ...]
    community_id: int | None
    employer: str | None
    phone: str | None


@dataclass(frozen=True)
class Duties:
    """Immutable; shared by all threads. Only active staff are in it."""

    posts: dict[int, StaffPost]  # by person
    keepers: dict[int, tuple[int, ...]]  # by building
    departments: dict[str, tuple[tuple[str, int], ...]]  # by category: (name, contact)
    offices: tuple[DepartmentDuty, ...]
    places: Town
    terms: Mapping[int, tuple[Term, ...]]  # what was granted, by person

    @property
    def desks(self) -> dict[int | None, tuple[int, ...]]:
        """By community; under None those whose community nobody wrote down. With who was granted the post for
        a term, as long as it runs."""
        more = self._granted("community")
        if not more:
            return self._written_desks
        found = {community: dict.fromkeys(people) for community, people in self._written_desks.items()}
        for person, post in more:
            for community in (None,) if post.communities is None else sorted(post.communities):
                found.setdefault(community, {})[person] = None
        return {community: tuple(people) for community, people in found.items()}

    @cached_property
    def _written_desks(self) -> dict[int | None, tuple[int, ...]]:
        found: dict[int | None, list[int]] = {}
        for person, post in self.posts.items():
            if "community" in post.roles:
                found.setdefault(post.community_id, []).append(person)
        return {community: tuple(people) for community, people in found.items()}

    def _granted(self, *roles: str) -> list[tuple[int, Held]]:
        at = now()
        return [
            (person, one.held)
            for person, several in self.terms.items()
            for one in several
            if one.held.role in roles and not one.held.is_of_a_piece and one.runs(at)
            if person in self.posts
        ]

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
        return self.active(joined(self._workers(grid) for grid in grids))

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
        """Whoever has one of these roles over any part; of a term as long as it runs."""
        written = (person for person, post in self.posts.items() if not set(roles).isdisjoint(post.roles))
        return tuple(dict.fromkeys((*written, *(person for person, _ in self._granted(*roles)))))

    def holds(self, role: str, person_id: int, community_id: int | None) -> bool:
        """Whether this role is this person's over the community."""
        post = self.posts.get(person_id)
        posts = written(post.roles, post.community_id) if post is not None else ()
        granted = (one for person, one in self._granted(role) if person == person_id)
        return any(one.role == role and one.watches(community_id) for one in (*posts, *granted))


def present() -> Duties:
    """As this unit of work sees the town."""
    return _remembered.current()


def joined(groups: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(person for group in groups for person in group))


def _build() -> Duties:
    rows = session().connection().execute
    posts = {
        row.person_id: StaffPost(
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
    return Duties(
        posts,
        {building: tuple(people) for building, people in keepers.items()},
        {category: tuple(takers) for category, takers in departments.items()},
        tuple(offices),
        town(),
        terms(),
    )


_remembered = Remembered("duties", _build)
