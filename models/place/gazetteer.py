"""The town's places in memory, so that a message asks the database for none of them.

Households are not here: there may be 90 000. Built again whenever the town's version moves, so what another
process imports is seen by the next message.
"""

import math
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy import select

from models.base.orm import session
from models.place.spot import Spot
from models.place.tables import Building, Community, Estate, Grid, Unit
from models.place.version import Remembered
from models.understanding.gazetteer import Gazetteer

EARTH_RADIUS = 6_371_008.8  # metres, IUGG mean radius
NEAR = 2_000.0  # metres: farther away a location message names no estate of ours


@dataclass(frozen=True, slots=True)
class EstatePlace:
    id: int
    name: str
    aliases: tuple[str, ...]
    community_id: int
    community: str
    longitude: float | None
    latitude: float | None
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class BuildingPlace:
    id: int
    name: str
    estate_id: int
    grid_id: int | None
    units: tuple[str, ...]
    tags: frozenset[str]  # its own and its estate's


@dataclass(frozen=True, slots=True)
class Located:
    """What could be found of a place that somebody named, and what must still be asked.

    `missing` is "estate" (not named, or several have the name: they are the `choices`), "building" (not
    named), "no_such_building" (named, but the estate has none of that name; the spot is the estate) or None.
    """

    spot: Spot
    missing: str | None = None
    choices: tuple[EstatePlace, ...] = ()


@dataclass(frozen=True)
class Town:
    """Immutable; shared by all threads."""

    communities: dict[int, str]
    estates: dict[int, EstatePlace]
    buildings: dict[int, BuildingPlace]
    grids: dict[int, int]  # grid → community

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """For models.understanding."""
        return Gazetteer.of(
            ((estate.name, estate.aliases) for estate in self.estates.values()),
            # A name that two communities share tells nothing of either.
            {name: places[0].community for name, places in self._by_name.items() if len(places) == 1},
        )

    @cached_property
    def _by_name(self) -> dict[str, tuple[EstatePlace, ...]]:
        found: dict[str, list[EstatePlace]] = {}
        for estate in self.estates.values():
            found.setdefault(estate.name, []).append(estate)
        return {name: tuple(estates) for name, estates in found.items()}

    @cached_property
    def _by_number(self) -> dict[tuple[int, str], BuildingPlace]:
        return {
            (building.estate_id, spoken_key(building.name)): building for building in self.buildings.values()
        }

    @cached_property
    def _of_estate(self) -> dict[int, tuple[BuildingPlace, ...]]:
        found: dict[int, list[BuildingPlace]] = {}
        for building in self.buildings.values():
            found.setdefault(building.estate_id, []).append(building)
        return {
            estate: tuple(sorted(buildings, key=lambda building: in_order(building.name)))
            for estate, buildings in found.items()
        }

    def estates_named(self, name: str, community_id: int | None = None) -> tuple[EstatePlace, ...]:
        """All estates of this (canonical) name; only the community's own where it has one."""
        found = self._by_name.get(name, ())
        if len(found) > 1 and community_id is not None:
            return tuple(estate for estate in found if estate.community_id == community_id) or found
        return found

    def buildings_of(self, estate_id: int) -> tuple[BuildingPlace, ...]:
        """In the order in which people count."""
        return self._of_estate.get(estate_id, ())

    def building(self, estate_id: int, name: str) -> BuildingPlace | None:
        """`name` as people say it: "3", "03", "a3"."""
        return self._by_number.get((estate_id, spoken_key(name)))

    def spot_of_building(
        self, building_id: int, unit: str | None = None, room: str | None = None, *, how: str | None = None
    ) -> Spot | None:
        """None when there is no such building (any more)."""
        building = self.buildings.get(building_id)
        if building is None:
            return None
        estate = self.estates[building.estate_id]
        return Spot(
            community_id=estate.community_id,
            estate_id=estate.id,
            building_id=building.id,
            grid_id=building.grid_id,
            estate=estate.name,
            building=building.name,
            unit=unit or None,
            room=room or None,
            how=how,
        )

    def spot_of_estate(self, estate_id: int, *, how: str | None = None) -> Spot | None:
        estate = self.estates.get(estate_id)
        if estate is None:
            return None
        return Spot(community_id=estate.community_id, estate_id=estate.id, estate=estate.name, how=how)

    def locate(self, said: Spot, *, community_id: int | None = None, estate_id: int | None = None) -> Located:
        """Finds what a message names: the names of `said` are as understood, its ids are filled in.

        `community_id` and `estate_id` are the writer's own, used where the message says less. A town of one
        estate need not be told its name.
        """
        named = self.estates_named(said.estate, community_id) if said.estate else ()
        if len(named) > 1:
            named = tuple(place for place in named if place.id == estate_id) or named
        elif not named and not said.estate:
            own = self.estates.get(estate_id) if estate_id is not None else None
            if own is not None:
                named = (own,)
            elif len(self.estates) == 1:
                named = tuple(self.estates.values())
        if len(named) != 1:
            return Located(said, "estate", named)
        estate = named[0]
        spot = replace(said, community_id=estate.community_id, estate_id=estate.id, estate=estate.name)
        if not said.building:
            return Located(spot, "building")
        known = self.building(estate.id, said.building)
        if known is None:
            return Located(spot, "no_such_building")
        return Located(replace(spot, building_id=known.id, grid_id=known.grid_id, building=known.name))

    def near(
        self, longitude: float, latitude: float, within: float = NEAR
    ) -> tuple[tuple[EstatePlace, float], ...]:
        """Estates within so many metres, nearest first, each with its distance. Coordinates GCJ-02."""
        found = [
            (estate, metres)
            for estate in self.estates.values()
            if estate.longitude is not None and estate.latitude is not None
            if (metres := distance(longitude, latitude, estate.longitude, estate.latitude)) <= within
        ]
        return tuple(sorted(found, key=lambda pair: pair[1]))


def distance(longitude: float, latitude: float, to_longitude: float, to_latitude: float) -> float:
    """Metres along the great circle (haversine)."""
    here, there = math.radians(latitude), math.radians(to_latitude)
    a = (
        math.sin((there - here) / 2) ** 2
        + math.cos(here) * math.cos(there) * math.sin(math.radians(to_longitude - longitude) / 2) ** 2
    )
    return 2 * EARTH_RADIUS * math.asin(math.sqrt(min(1.0, a)))


def spoken_key(name: str) -> str:
    """Names that people do not tell apart when they speak have one key: "03" and "3", "a3" and "A3"."""
    return name.casefold().lstrip("0") or "0"


def in_order(name: str) -> tuple[int, str]:
    """Sorts 2 before 10, and names without a number last."""
    digits = "".join(filter(str.isdigit, name))
    return (int(digits[:9]) if digits else 1 << 40, name)


def town() -> Town:
    """The town as this unit of work sees it."""
    return _remembered.current()


def _build() -> Town:
    """What is inside before what holds it: another process may commit between two of these queries."""
    rows = session().connection().execute
    units: dict[int, list[str]] = {}
    for row in rows(select(Unit.building_id, Unit.name)):
        units.setdefault(row.building_id, []).append(row.name)
    found_buildings = rows(select(*_BUILDING).where(Building.active).order_by(Building.id)).all()
    found_estates = rows(select(*_ESTATE).where(Estate.active).order_by(Estate.id)).all()
    grids = {row.id: row.community_id for row in rows(select(Grid.id, Grid.community_id))}
    communities = {row.id: row.name for row in rows(select(Community.id, Community.name))}
    estates = {
        row.id: EstatePlace(
            row.id,
            row.name,
            tuple(row.aliases),
            row.community_id,
            communities[row.community_id],
            row.longitude,
            row.latitude,
            frozenset(row.tags),
        )
        for row in found_estates
    }
    buildings = {
        row.id: BuildingPlace(
            row.id,
            row.name,
            row.estate_id,
            row.grid_id,
            tuple(sorted(units.get(row.id, ()), key=in_order)),
            estates[row.estate_id].tags.union(row.tags),
        )
        for row in found_buildings
        if row.estate_id in estates
    }
    return Town(communities, estates, buildings, grids)


_ESTATE = (
    Estate.id,
    Estate.name,
    Estate.aliases,
    Estate.community_id,
    Estate.longitude,
    Estate.latitude,
    Estate.tags,
)
_BUILDING = (Building.id, Building.name, Building.estate_id, Building.grid_id, Building.tags)
_remembered = Remembered("places", _build)
