"""Where something can be: by a door's code, words, or where somebody stands; and what words seem to mean."""

from typing import Annotated

import msgspec

from handlers.api.asking import Ask
from handlers.api.errors import Needed, not_there
from handlers.api.limits import GUESSES, WORDS
from handlers.api.routes import Need, Route, Runs
from handlers.api.shapes import Asked, Line, Shape, Text
from handlers.pages.filing import meaning
from handlers.wording.filters import place as said
from handlers.words import labels
from models.consent import consents
from models.joins.withdrawing import PLACE
from models.place.doors import door_of
from models.place.gazetteer import BuildingPlace, EstatePlace, town
from models.place.public_ids import place_id, spot_at
from models.place.spot import Spot
from models.understanding.sureness import kind_of

MOST = 50
Longitude = Annotated[float, msgspec.Meta(ge=73, le=136)]  # China's
Latitude = Annotated[float, msgspec.Meta(ge=3, le=54)]


class PlacesAsked(Asked):
    """One of: a door's code; words; where somebody stands (GCJ-02), which needs the consent precise_place."""

    door: Annotated[str, msgspec.Meta(max_length=64)] = ""
    q: Line = ""
    lat: Latitude | None = None
    lng: Longitude | None = None


class Place(Shape):
    """`label`: as people say it. `units`: of the building, where none is known yet. `metres`: how far, where
    that was asked."""

    place_id: str
    label: str
    estate: str
    building: str | None
    unit: str | None
    units: list[str]
    metres: int | None = None


class Places(Shape):
    items: list[Place]


class Words(Asked):
    text: Text


class Guess(Shape):
    """What the words seem to mean: a code of the categories with its label, null where nobody could say."""

    category: str | None
    label: str | None
    urgency: str
    place: Place | None


class Category(Shape):
    category: str
    label: str


class Categories(Shape):
    items: list[Category]


def found(ask: Ask, given: PlacesAsked) -> Places:
    """Places by a door's code, by words, or near where somebody stands."""
    if given.door:
        return Places(items=[place_of(behind(given.door))])
    if given.lat is not None and given.lng is not None:
        exactly(ask)
        near = town().near(given.lng, given.lat)[:MOST]
        return Places(items=[_estate(one, metres=round(metres)) for one, metres in near])
    return Places(items=_named(given.q.strip()))


def guess(ask: Ask, given: Words) -> Guess:
    """What kind of thing these words tell of, how pressing it is, and where."""
    u = meaning(given.text)
    spot, category = town().locate(Spot.said(u)).spot, kind_of(u)
    return Guess(
        category=category,
        label=category_label(category),
        urgency=u.urgency,
        place=place_of(spot) if spot.is_known else None,
    )


def categories(ask: Ask, given: None) -> Categories:
    """All categories with their labels, in the order in which people are shown them."""
    known = labels("categories")
    return Categories(items=[Category(category=code, label=one["label"]) for code, one in known.items()])


def category_label(code: str | None) -> str | None:
    return str(labels("categories")[code]["label"]) if code is not None else None


def behind(code: str) -> Spot:
    """The door of a printed code. Raises NotFound."""
    door = door_of(code)
    spot = town().spot_of_building(door.building_id, door.unit_name, how="door") if door else None
    if spot is None:
        raise not_there()
    return spot


def spot_of(place_id: str, unit: str = "", room: str = "", *, how: str = "said") -> Spot:
    """The place behind an id of ours. Raises NotFound."""
    found = spot_at(place_id, unit, room, how=how)
    if found is None:
        raise not_there()
    return found


def place_of(spot: Spot) -> Place:
    """A place that is known at least to its estate."""
    building = town().buildings.get(spot.building_id) if spot.building_id is not None else None
    facts = {"estate": spot.estate, "building": spot.building, "unit": spot.unit}
    return Place(
        place_id=place_id(spot.estate_id or 0, building.id if building else None),
        label=said(**facts),
        estate=spot.estate or "",
        building=spot.building,
        unit=spot.unit,
        units=list(building.units) if building is not None and not spot.unit else [],
    )


def exactly(ask: Ask) -> None:
    """Raises Needed: whoever has not agreed to it is not looked for to the metre (X02)."""
    if not consents.is_given(ask.me, PLACE):
        raise Needed("place_consent_needed", field="lat")


def _named(words: str) -> list[Place]:
    """What the words name: a building, the buildings of an estate, else estates whose names hold them."""
    if not words:
        return [_estate(one) for one in list(town().estates.values())[:MOST]]
    located = town().locate(Spot.said(meaning(words)))
    spot = located.spot
    if spot.building_id is not None:
        return [place_of(spot)]
    if spot.estate_id is not None:
        estate = town().estates[spot.estate_id]
        return [_building(estate, one) for one in town().buildings_of(estate.id)[:MOST]] or [_estate(estate)]
    known = located.choices or tuple(
        one
        for one in town().estates.values()
        if words in one.name or any(words in alias for alias in one.aliases)
    )
    return [_estate(one) for one in known[:MOST]]


def _estate(one: EstatePlace, *, metres: int | None = None) -> Place:
    return Place(
        place_id=place_id(one.id),
        label=one.name,
        estate=one.name,
        building=None,
        unit=None,
        units=[],
        metres=metres,
    )


def _building(estate: EstatePlace, one: BuildingPlace) -> Place:
    return Place(
        place_id=place_id(estate.id, one.id),
        label=said(estate=estate.name, building=one.name),
        estate=estate.name,
        building=one.name,
        unit=None,
        units=list(one.units),
    )


ROUTES = (
    Route("GET", "/places", Need.PERSON, found, takes=PlacesAsked, gives=Places, limit=GUESSES),
    Route("POST", "/guess", Need.PERSON, guess, takes=Words, gives=Guess, limit=WORDS, runs=Runs.READ),
    Route("GET", "/categories", Need.PERSON, categories, gives=Categories),
)
