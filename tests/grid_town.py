"""A community as the grid's tests want it: buildings, keepers of units, a desk."""

from datetime import datetime
from typing import NamedTuple

from factories import spot
from sqlalchemy import select

from models.base.clock import now
from models.base.orm import put, session
from models.duty.tables import Keeper, RungHolder
from models.grid import terms
from models.grid.tables import MicroGrid, MicroGridHome, MicroGridPerson
from models.person.tables import Person, Staff
from models.place.tables import Building, Community, Estate, Grid, Household
from models.place.version import raise_version

_made = iter(range(1, 1_000_000))


class Place(NamedTuple):
    community: int
    estate: int
    grids: list[int]
    houses: list[int]


def someone(name: str, *roles: str, employer: str | None = None, community: int | None = None) -> int:
    """A person with a post."""
    number = next(_made)
    person = put(Person, public_id=f"g{number}", is_rider=False)
    put(
        Staff, number=f"N{number}", person_id=person, name=name, roles=list(roles), employer=employer,
        community_id=community, active=True,
    )  # fmt: skip
    return person


def a_place(houses: int, *grids: str, since: datetime, name: str = "和美") -> Place:
    """One estate; all of its houses in the first grid since then."""
    community = put(Community, name=f"{name}社区")
    estate = put(Estate, name=f"{name}小区", community_id=community, aliases=[], tags=[], active=True)
    made = [put(Grid, name=f"{name}{one}", community_id=community) for one in grids]
    first = made[0] if made else None
    several = [
        put(Building, estate_id=estate, grid_id=first, name=str(n), tags=[], active=True)
        for n in range(1, houses + 1)
    ]
    terms.follow(since)
    raise_version()
    return Place(community, estate, made, several)


def keeps(person: int, *houses: int, since: datetime) -> None:
    for house in houses:
        put(Keeper, building_id=house, person_id=person, since=since)
    raise_version()


def works_in(person: int, grid: int, since: datetime) -> None:
    """As its grid worker."""
    put(RungHolder, grid_id=grid, rung=0, person_id=person, since=since)
    raise_version()


def a_micro_grid(cadre: int, building: str = "3", unit: str = "2", room: str = "501") -> int:
    """Of one home of 育英小区, which it puts into the register where it is not."""
    house = spot(building=building, unit=None)
    home = session().scalars(select(Household.id).where(Household.building_id == house.building_id)).first()
    home = home or put(
        Household, building_id=house.building_id, unit_name=unit, room=room, area=None, active=True
    )
    micro = put(MicroGrid, grid_id=house.grid_id, name="一号", active=True, made_at=now())
    put(MicroGridPerson, micro_grid_id=micro, person_id=cadre, role="cadre", since=now())
    put(MicroGridHome, micro_grid_id=micro, household_id=home, since=now())
    return micro
