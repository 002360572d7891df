"""Which community an address names, and which of its places may be named."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import func, select

from models.base.orm import session
from models.base.refusals import NotFound
from models.board.rules import rules
from models.place.gazetteer import BuildingPlace, EstatePlace, town
from models.place.tables import Community, Household

_LONGEST = 9  # digits of a number


class Where(NamedTuple):
    """A community as its board is headed."""

    id: int
    name: str
    street: str | None


def community_at(said: str) -> Where:
    """By its number, which is short enough for a code on paper, or by its name. Raises NotFound."""
    query = select(Community.id, Community.name, Community.street)
    if said.isascii() and said.isdecimal():
        if said.startswith("0") or len(said) > _LONGEST:  # one address is one board in the store
            raise NotFound("page_not_found")
        query = query.where(Community.id == int(said))
    else:
        query = query.where(Community.name == said)
    row = session().execute(query).first()
    if row is None:
        raise NotFound("page_not_found")
    return Where(*row)


def estates_of(community_id: int) -> list[EstatePlace]:
    """By name."""
    found = (one for one in town().estates.values() if one.community_id == community_id)
    return sorted(found, key=lambda one: (one.name, one.id))


def of_few_homes(buildings: Iterable[int]) -> frozenset[int]:
    """Those of which the register knows homes, but so few that the building says whose it is. Where it knows
    none nobody can tell, and groups read the building too."""
    several = sorted(set(buildings))
    count = func.count(Household.id)
    query = (
        select(Household.building_id)
        .where(Household.building_id.in_(several), Household.active)
        .group_by(Household.building_id)
        .having(count < rules().fewest_homes)
    )
    return frozenset(session().scalars(query)) if several else frozenset()


def building_named(building_id: int | None, few: frozenset[int]) -> BuildingPlace | None:
    if building_id is None or building_id in few:
        return None
    return town().buildings.get(building_id)
