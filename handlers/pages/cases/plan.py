"""/console/plan: the estates as drawn blocks, each with its open cases. Drawn here, no map from anywhere."""

from typing import Any, NamedTuple

from flask import Response

from handlers.pages.access import Access
from handlers.pages.case_facts import estates
from handlers.pages.cases import asked
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.front import Front, show
from models.case.planning import Waiting, waiting_by_house
from models.person.arriving import Visitor
from models.place.gazetteer import in_order, town

ACROSS = 3  # houses in a row: as many as can be read on a phone
WIDE, HIGH, GAP = 92, 64, 12  # of a house, in units of the drawing
MANY = 5  # open cases
_NONE = Waiting(0, 0, 0)


class House(NamedTuple):
    name: str
    x: int
    y: int
    waiting: Waiting
    level: str  # "" | some | many | red
    address: str  # the query of the list


def shown(front: Front, access: Access) -> Response:
    with front.database.read():
        visitor = staff_of_link(access)
        drawn = _estates(visitor)
    return show("cases/plan.html", access=access, estates=drawn, size=(WIDE, HIGH))


def _estates(visitor: Visitor) -> list[dict[str, Any]]:
    """Those of this person first that have most to do."""
    waiting = waiting_by_house(visitor)
    seen = {one["id"]: one for one in estates(visitor)}
    for estate, _ in waiting:
        if estate not in seen and (there := town().estates.get(estate)) is not None:
            seen[estate] = {"id": estate, "name": there.name, "community": there.community}
    drawn = [_estate(one, waiting) for one in seen.values()]
    return sorted(drawn, key=lambda one: (-one["late"], -one["open"], one["name"]))


def _estate(estate: dict[str, Any], waiting: dict[tuple[int, int | None], Waiting]) -> dict[str, Any]:
    names = sorted(
        ((one.name, one.id) for one in town().buildings.values() if one.estate_id == estate["id"]),
        key=lambda one: in_order(one[0]),
    )
    houses = [
        _house(estate["id"], name, number, waiting.get((estate["id"], key), _NONE))
        for number, (name, key) in enumerate(names)
    ]
    all_of_it = [one for (key, _), one in waiting.items() if key == estate["id"]]
    rows = -(-len(houses) // ACROSS)
    return {
        **estate,
        "houses": houses,
        "open": sum(one.open for one in all_of_it),
        "late": sum(one.late for one in all_of_it),
        "outside": waiting.get((estate["id"], None), _NONE).open,
        "width": GAP + ACROSS * (WIDE + GAP),
        "height": GAP + rows * (HIGH + GAP),
        "address": asked.kept({"estate": str(estate["id"]), "state": "open"}),
    }


def _house(estate: int, name: str, number: int, waiting: Waiting) -> House:
    level = "red" if waiting.late else "many" if waiting.open >= MANY else "some" if waiting.open else ""
    place = {"estate": str(estate), "building": name, "state": "open"}
    x, y = number % ACROSS, number // ACROSS
    return House(name, GAP + x * (WIDE + GAP), GAP + y * (HIGH + GAP), waiting, level, asked.kept(place))
