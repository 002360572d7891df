"""A place as far as it is known: ids to answer by, names to say."""

from dataclasses import dataclass, replace

from models.understanding import Place, Understanding


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something is. `how` says how we know: said, home, door, location, answer, staff."""

    community_id: int | None = None
    estate_id: int | None = None
    building_id: int | None = None
    grid_id: int | None = None
    estate: str | None = None
    building: str | None = None
    unit: str | None = None
    floor: str | None = None
    room: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    how: str | None = None

    @classmethod
    def said(cls, u: Understanding | Place) -> "Spot":
        """As the words name it; `town().locate` finds it."""
        return cls(estate=u.estate, building=u.building, unit=u.unit, floor=u.floor, room=u.room, how="said")

    @property
    def is_known(self) -> bool:
        """Somebody could walk there."""
        return self.estate_id is not None

    def facts(self) -> dict[str, str | None]:
        """The names alone, as letters and steps freeze them."""
        return {
            "estate": self.estate,
            "building": self.building,
            "unit": self.unit,
            "floor": self.floor,
            "room": self.room,
        }

    def columns(self) -> dict[str, object]:
        """As a case keeps it."""
        return {
            "community_id": self.community_id,
            "estate_id": self.estate_id,
            "building_id": self.building_id,
            "grid_id": self.grid_id,
            "estate_name": self.estate,
            "building_name": self.building,
            "unit_name": self.unit,
            "floor": self.floor,
            "room": self.room,
            "longitude": self.longitude,
            "latitude": self.latitude,
            "place_from": self.how,
        }

    def filled_by(self, other: "Spot", *, how: str) -> "Spot":
        """What the other one says, and this one where it says nothing."""
        said = {name: value for name in self.__slots__ if (value := getattr(other, name)) is not None}
        return replace(self, **{**said, "how": how})

    def at(self, longitude: float | None, latitude: float | None) -> "Spot":
        return replace(self, longitude=longitude, latitude=latitude)


NOWHERE = Spot()
