"""The homes that the rows of a file name, found in the town together."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import select

from models.base.orm import session
from models.place.gazetteer import EstatePlace, town
from models.place.tables import Household
from models.town.cells import Fault, near

AT_ONCE = 500  # below the most parameters that a statement takes


class Place(NamedTuple):
    """As a row says it; `community` only where two have estates of one name."""

    community: str
    estate: str
    building: str = ""
    unit: str = ""
    room: str = ""

    @property
    def home(self) -> str:
        return "-".join(part for part in (self.building, self.unit, self.room) if part)


class Misplaced(Fault):
    """`column`: which part of the place nobody knows."""

    def __init__(self, column: str, code: str, **facts: Any) -> None:
        super().__init__(code, **facts)
        self.column = column


class Homes:
    """Of the estates of one community, or of all of them."""

    def __init__(self, places: Iterable[Place], community_id: int | None = None) -> None:
        self._community = community_id
        self._homes = self._read(places)

    def estate(self, place: Place) -> EstatePlace:
        """Raises Misplaced: unknown_estate, estate_ambiguous."""
        found = self._estates(place)
        if len(found) > 1:
            names = [one.community for one in found]
            raise Misplaced(
                "estate", "estate_ambiguous", value=place.estate, count=len(names), communities=names
            )
        if not found:
            known = {one.name for one in town().estates.values()}
            raise Misplaced("estate", "unknown_estate", value=place.estate, near=near(place.estate, known))
        return found[0]

    def building(self, place: Place) -> int:
        """Raises Misplaced: unknown_building and as `estate`."""
        building = town().building(self.estate(place).id, place.building)
        if building is None:
            raise Misplaced("building", "unknown_building", estate=place.estate, value=place.building)
        return building.id

    def household(self, place: Place) -> int:
        """Raises Misplaced: unknown_household and as `building`."""
        key = (self.building(place), place.unit.casefold(), place.room.casefold())
        if key not in self._homes:
            raise Misplaced("room", "unknown_household", value=place.home)
        return self._homes[key]

    def _estates(self, place: Place) -> list[EstatePlace]:
        found = town().estates_named(place.estate, self._community)
        return [one for one in found if place.community in ("", one.community)]

    def _read(self, places: Iterable[Place]) -> dict[tuple[int, str, str], int]:
        """(Building, unit, room) → household, of all buildings that are named."""
        named: set[int] = set()
        for place in {one._replace(unit="", room="") for one in places}:
            for estate in self._estates(place):
                known = town().building(estate.id, place.building)
                if known is not None:
                    named.add(known.id)
        found: dict[tuple[int, str, str], int] = {}
        numbers = sorted(named)
        for start in range(0, len(numbers), AT_ONCE):
            query = select(Household.id, Household.building_id, Household.unit_name, Household.room).where(
                Household.building_id.in_(numbers[start : start + AT_ONCE]), Household.active
            )
            for key, building, unit, room in session().connection().execute(query):
                found[building, unit.casefold(), room.casefold()] = key
        return found
