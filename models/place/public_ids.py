"""The ids by which the world knows a place of the register: no numbers of rows, and impossible to make up.

The mini-program calls it place_id, GeoReport v2 address_id. They hang on [server] secret_key and on nothing
else, so a place keeps its id through every import, and for as long as that key stays.
"""

from models.base.signed_ids import number_of, signed_id
from models.place.gazetteer import town
from models.place.spot import Spot

_ESTATE, _BUILDING = "places/estate", "places/building"


def place_id(estate_id: int, building_id: int | None = None) -> str:
    """Of the building where there is one, else of the estate."""
    return signed_id(_ESTATE, estate_id) if building_id is None else signed_id(_BUILDING, building_id)


def spot_at(place: str, unit: str = "", room: str = "", *, how: str = "said") -> Spot | None:
    """The place behind such an id, with `unit` and `room` of a building; None for none, or no more."""
    building, estate = number_of(_BUILDING, place), number_of(_ESTATE, place)
    if building is not None:
        return town().spot_of_building(building, unit, room, how=how)
    return town().spot_of_estate(estate, how=how) if estate is not None else None
