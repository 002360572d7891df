"""A community as the grid's tests want it: buildings, keepers of units, a desk."""

from datetime import datetime
from typing import NamedTuple

from models.base.orm import put
from models.duty.tables import Keeper, RungHolder
from models.grid import terms
from models.person.tables import Person, Staff
from models.place.tables import Building, Community, Estate, Grid
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
