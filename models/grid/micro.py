"""微网格 (row 20): exactly one cadre, at least one member, at least one household."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, update

from models.base.orm import Base, session
from models.duty.answering import Answerer, answerer
from models.grid import members
from models.grid.tables import MicroGrid, MicroGridHome, MicroGridPerson
from models.person.tables import Staff
from models.place.tables import Building, Community, Grid, Household

CADRE, MEMBER = "cadre", "member"
_AT_ONCE = 500


class Micro(NamedTuple):
    """`cadres` and `members` are the names of those who still have a post, and masked those of members
    without a 工号; `strayed` how many of its homes lie in a building of another grid."""

    id: int
    community: str
    grid: str
    name: str
    cadres: tuple[str, ...]
    members: tuple[str, ...]
    homes: int
    strayed: int

    @property
    def missing(self) -> tuple[str, ...]:
        """Codes of templates/labels/micro_faults.toml; empty where it is whole."""
        faults = {
            "no_cadre": not self.cadres,
            "several_cadres": len(self.cadres) > 1,
            "no_member": not self.members,
            "no_home": not self.homes,
            "strayed": self.strayed > 0,
        }
        return tuple(code for code, is_so in faults.items() if is_so)


def listed(community_id: int | None = None) -> list[Micro]:
    """All that are in use, by grid; those that are not whole first."""
    query = (
        select(MicroGrid.id, Community.name, Grid.name, MicroGrid.name, MicroGrid.grid_id)
        .join(Grid, Grid.id == MicroGrid.grid_id)
        .join(Community, Community.id == Grid.community_id)
        .where(MicroGrid.active)
    )
    if community_id is not None:
        query = query.where(Grid.community_id == community_id)
    people: dict[tuple[int, str], list[str]] = {}
    named = (
        select(MicroGridPerson.micro_grid_id, MicroGridPerson.role, Staff.name)
        .join(Staff, (Staff.person_id == MicroGridPerson.person_id) & Staff.active)
        .where(MicroGridPerson.until.is_(None))
        .order_by(MicroGridPerson.id)
    )
    for row in session().execute(named):
        people.setdefault((row.micro_grid_id, row.role), []).append(row.name)
    for micro, names in members.masked().items():
        people.setdefault((micro, MEMBER), []).extend(names)
    homes: dict[int, list[int | None]] = {}
    lying = (
        select(MicroGridHome.micro_grid_id, Building.grid_id)
        .join(Household, Household.id == MicroGridHome.household_id)
        .join(Building, Building.id == Household.building_id)
        .where(MicroGridHome.until.is_(None), Household.active)
    )
    for key, lies_in in session().execute(lying):
        homes.setdefault(key, []).append(lies_in)
    found = [
        Micro(
            key,
            community,
            grid,
            name,
            tuple(people.get((key, CADRE), ())),
            tuple(people.get((key, MEMBER), ())),
            len(homes.get(key, ())),
            sum(one != grid_id for one in homes.get(key, ())),
        )
        for key, community, grid, name, grid_id in session().execute(query)
    ]
    return sorted(found, key=lambda one: (not one.missing, one.community, one.grid, one.name))


def communities_of(person_id: int) -> set[int]:
    """Where this person is in a micro-grid."""
    query = (
        select(Grid.community_id)
        .join(MicroGrid, MicroGrid.grid_id == Grid.id)
        .join(MicroGridPerson, MicroGridPerson.micro_grid_id == MicroGrid.id)
        .where(MicroGridPerson.person_id == person_id, MicroGridPerson.until.is_(None), MicroGrid.active)
    )
    return set(session().scalars(query))


def cadres_of(building_id: int, unit: str | None = None, room: str | None = None) -> list[Answerer]:
    """The cadres of the micro-grids of a home, as far as it is known: of all homes of the unit, or of the
    building. With their duty phone alone, as all who answer."""
    query = (
        select(MicroGridPerson.person_id)
        .join(MicroGrid, MicroGrid.id == MicroGridPerson.micro_grid_id)
        .join(MicroGridHome, MicroGridHome.micro_grid_id == MicroGrid.id)
        .join(Household, Household.id == MicroGridHome.household_id)
        .where(
            Household.building_id == building_id,
            Household.active,
            MicroGrid.active,
            MicroGridHome.until.is_(None),
            MicroGridPerson.until.is_(None),
            MicroGridPerson.role == CADRE,
        )
        .distinct()
        .order_by(MicroGridPerson.person_id)
    )
    if unit:
        query = query.where(Household.unit_name == unit)
        if room:
            query = query.where(Household.room == room)
    people = session().scalars(query).all()
    return [found for one in people if (found := answerer(one)) is not None]


def put_people(wanted: Mapping[tuple[int, str], Collection[int]], at: datetime) -> set[int]:
    """(Micro-grid, role) → the persons who have that role there from now on; who is left out leaves. Gives
    the micro-grids where somebody came or went."""
    current: dict[tuple[int, str], dict[int, int]] = {}
    query = select(MicroGridPerson).where(MicroGridPerson.until.is_(None))
    for row in session().scalars(query):
        current.setdefault((row.micro_grid_id, row.role), {})[row.person_id] = row.id
    left: list[int] = []
    came: list[dict[str, object]] = []
    changed: set[int] = set()
    for (micro, role), people in wanted.items():
        before = current.get((micro, role), {})
        leaving = [key for person, key in before.items() if person not in people]
        coming = [person for person in people if person not in before]
        left += leaving
        came += [
            {"micro_grid_id": micro, "role": role, "person_id": one, "since": at, "until": None}
            for one in coming
        ]
        if leaving or coming:
            changed.add(micro)
    _end(MicroGridPerson, left, at)
    _begin(MicroGridPerson, came)
    return changed


def put_homes(wanted: Mapping[int, int | None], at: datetime) -> set[int]:
    """Household → its micro-grid from now on, None for none. Gives the households that changed."""
    keys = list(wanted)
    current: dict[int, tuple[int, int]] = {}
    for start in range(0, len(keys), _AT_ONCE):
        query = select(MicroGridHome.household_id, MicroGridHome.id, MicroGridHome.micro_grid_id).where(
            MicroGridHome.household_id.in_(keys[start : start + _AT_ONCE]), MicroGridHome.until.is_(None)
        )
        current |= {row[0]: (row[1], row[2]) for row in session().execute(query)}
    changed = {
        home for home, micro in wanted.items() if micro != (current[home][1] if home in current else None)
    }
    _end(MicroGridHome, [current[home][0] for home in changed if home in current], at)
    _begin(
        MicroGridHome,
        [
            {"micro_grid_id": micro, "household_id": home, "since": at, "until": None}
            for home, micro in wanted.items()
            if home in changed and micro is not None
        ],
    )
    return changed


def _end(model: type[MicroGridPerson] | type[MicroGridHome], keys: list[int], at: datetime) -> None:
    for start in range(0, len(keys), _AT_ONCE):
        ended = update(model).where(model.id.in_(keys[start : start + _AT_ONCE])).values(until=at)
        session().execute(ended, execution_options={"synchronize_session": False})


def _begin(model: type[Base], rows: Iterable[dict[str, object]]) -> None:
    several = list(rows)
    if several:
        session().connection().execute(model.__table__.insert(), several)  # type: ignore[attr-defined]
