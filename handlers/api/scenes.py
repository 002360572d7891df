"""What a scanned code opens: a door, a bill, a case, a notice in a building's group. It says nothing of
anybody, and gives no right (A10)."""

from handlers.api.asking import Ask
from handlers.api.errors import not_there
from handlers.api.limits import GUESSES
from handlers.api.places import Place, place_of
from handlers.api.routes import Need, Route
from handlers.api.shapes import Shape
from models.base.orm import session
from models.base.signed_ids import signed_id
from models.case.case import Case
from models.client import scenes
from models.notice import reading
from models.place.doors import door_of
from models.place.gazetteer import town


class SceneShown(Shape):
    """`kind`: door, bill, case or notice; `door` with its place, or the `id` under which whoever may see it
    finds the bill or the case. A notice has neither: /q/CODE shows it to whoever holds the code."""

    kind: str
    door: str | None
    id: str | None
    place: Place | None


def shown(ask: Ask, given: None) -> SceneShown:
    """What a code opens, for anybody."""
    code = ask.args["scene"]
    door = door_of(code)
    if door is not None:
        spot = town().spot_of_building(door.building_id, door.unit_name, how="door")
        if spot is None:
            raise not_there()
        return SceneShown(kind="door", door=code, id=None, place=place_of(spot))
    found = scenes.behind(code)
    if found is None:
        if reading.by_code(code) is None:
            raise not_there()
        return SceneShown(kind="notice", door=None, id=None, place=None)
    kind, number = found
    if kind == "case":
        case = session().get(Case, number)
        return SceneShown(kind=kind, door=None, id=case.public_id if case else "", place=None)
    return SceneShown(kind=kind, door=None, id=signed_id("bills", number), place=None)


ROUTES = (Route("GET", "/scenes/<scene>", Need.ANYBODY, shown, gives=SceneShown, limit=GUESSES),)
