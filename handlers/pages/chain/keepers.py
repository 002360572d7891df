"""/console/chain/keepers: a keeper's buildings with one tap for a visit; for the desk the cover check."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.case_facts import estates
from handlers.pages.chain.acting import Work, acted, excel, once_more
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.forms import PlaceSaid, place_said, words
from handlers.pages.front import Front, show
from handlers.pages.links import Done
from handlers.pages.story import staff_name
from handlers.wording.rows import in_a_row
from handlers.words import labels
from models.base.actor import By
from models.base.clock import local, now
from models.base.refusals import Invalid, NotFound
from models.base.spreadsheet import Value
from models.duty.overseeing import DECIDING, OVERSEEING
from models.grid import handing_over, keepers
from models.grid.keepers import AMBER, GREEN, RED, Kept, Standing
from models.grid.tables import HandOver
from models.person.arriving import Visitor
from models.person.colleagues import called
from models.place.gazetteer import town

PAGE = "chain/keepers"
NUMBER = 20


def shown(
    front: Front,
    access: Access,
    status: int = 200,
    *,
    error: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    with front.database.read():
        facts = overview(_sight(access), front)
    return show("chain/keepers.html", status, access=access, keepers=facts, error=error, typed=typed or {})


def waiting(visitor: Visitor) -> int | None:
    """Hand-overs that need a yes; None for who keeps nothing and oversees nothing."""
    several = len(handing_over.waiting_for(visitor.person_id))
    return several if several or _may(visitor) else None


def act(front: Front, access: Access, verb: str) -> AnyResponse:
    """到楼了, and what belongs to a hand-over."""
    verbs: dict[str, Callable[[], Work]] = {
        "visit": _visit,
        "ask": _ask,
        "agree": _agree,
        "refuse": lambda: _ended("hand_over_refused", handing_over.refuse),
        "withdraw": lambda: _ended("hand_over_withdrawn", handing_over.withdraw_one),
    }
    if verb not in verbs:
        raise NotFound("page_not_found")

    again = once_more(shown, front, access)
    return acted(front, access, PAGE, f"keepers_{verb}", verbs[verb](), again)


def as_excel(front: Front, access: Access) -> Response:
    """Units, buildings with their colours, hand-overs."""
    with front.database.read():
        visitor = _sight(access)
        if OVERSEEING.isdisjoint(visitor.roles):
            raise NotFound("page_not_found")
        titles, colours = labels("chain_sheets"), labels("visit_colours")
        register = keepers.kept(visitor.community_id)
        found = keepers.cover(register)
        standing = {one.kept.building_id: one for one in _standings(register, front)}
        units: list[Sequence[Value]] = [
            titles["units"],
            *found.units,
            [titles["sum"], found.total, sum(one.homes for one in found.units), None],
            [titles["register"], found.register, sum(one.homes for one in register), None],
        ]
        buildings: list[Sequence[Value]] = [
            titles["buildings"],
            *(_row(one, standing.get(one.building_id), colours) for one in register),
        ]
        changes: list[Sequence[Value]] = [
            titles["hand_overs"],
            *(_change_row(one) for one in handing_over.listed([one.building_id for one in register])),
        ]
    names = titles["sheets"]
    return excel(front, access, titles["keepers"], zip(names, (units, buildings, changes), strict=True))


def overview(visitor: Visitor, front: Front) -> dict[str, Any]:
    """For templates/pages/chain/keepers.html."""
    me, overseeing = visitor.person_id, not OVERSEEING.isdisjoint(visitor.roles)
    mine = set(keepers.kept_by(me))
    register = keepers.kept(visitor.community_id) if overseeing else keepers.kept(buildings=mine)
    standing = _standings(register, front)
    late = [one for one in standing if one.colour != GREEN]
    found = keepers.cover(register) if overseeing else None
    theirs = [one.building_id for one in register] if overseeing else list(mine)
    asked = handing_over.waiting_for(me)
    running = [one for one in handing_over.listed(theirs, only_open=True) if one not in asked]
    return {
        "name": visitor.staff_name,
        "overseeing": overseeing,
        "deciding": not DECIDING.isdisjoint(visitor.roles),
        "asked": [_hand_over(one, me) for one in asked],
        "mine": [_standing(one) for one in standing if one.kept.building_id in mine],
        "open": [_hand_over(one, me) for one in running],
        "late": [_standing(one) for one in late] if overseeing else [],
        "red": sum(one.colour == RED for one in late),
        "amber": sum(one.colour == AMBER for one in late),
        "kept": len(standing),
        "cover": found,
        "twice": [_kept(one) for one in found.twice] if found else [],
        "forgotten": [_kept(one) for one in found.forgotten] if found else [],
        "nobody": [_kept(one) for one in found.without_person] if found else [],
        "amber_days": front.house.keeper_amber_days,
        "red_days": front.house.keeper_red_days,
        "estates": estates(visitor) if overseeing else [],
    }


def _sight(access: Access) -> Visitor:
    visitor = staff_of_link(access)
    if waiting(visitor) is None:
        raise NotFound("page_not_found")
    return visitor


def _may(visitor: Visitor) -> bool:
    return not OVERSEEING.isdisjoint(visitor.roles) or bool(keepers.kept_by(visitor.person_id))


def _standings(register: list[Kept], front: Front) -> list[Standing]:
    house = front.house
    return keepers.standings(
        register, now(), amber_days=house.keeper_amber_days, red_days=house.keeper_red_days
    )


# Each reads its form and gives what is to be done with it: the transaction has a thread of its own.


def _visit() -> Work:
    said, note = place_said(), words("note", 200)

    def work(visitor: Visitor) -> Done:
        building = _building(said)
        fresh = keepers.visit(building, visitor.person_id, note)
        return Done("visit_noted" if fresh else "visit_noted_before", _named(building))

    return work


def _ask() -> Work:
    said, to, note = place_said(), words("to", 30), words("note", 200)

    def work(visitor: Visitor) -> Done:
        building = _building(said)
        place = town().spot_of_building(building)
        found = called(to, place.community_id if place else None)
        if len(found) != 1:
            raise Invalid("keeper_unclear")
        one = handing_over.ask(building, found[0].person_id, By.staff(visitor.person_id), note)
        return Done("hand_over_done" if one.ended_at else "hand_over_asked", _named(building))

    return work


def _agree() -> Work:
    number = _number()

    def work(visitor: Visitor) -> Done:
        one = handing_over.agree(number, By.staff(visitor.person_id))
        return Done("hand_over_done" if one.ended_at else "hand_over_agreed", _named(one.building_id))

    return work


def _ended(code: str, verb: Callable[[int, By, str], HandOver]) -> Work:
    number, reason = _number(), words("reason", 200)

    def work(visitor: Visitor) -> Done:
        return Done(code, _named(verb(number, By.staff(visitor.person_id), reason).building_id))

    return work


def _number() -> int:
    said = words("item", NUMBER)
    if not said.isdecimal() or len(said) > 9:
        raise NotFound("page_not_found")
    return int(said)


def _building(said: PlaceSaid) -> int:
    spot = said.spot("staff")
    if spot.building_id is None:
        raise Invalid("place_missing")
    return spot.building_id


def _named(building: int) -> dict[str, str]:
    spot = town().spot_of_building(building)
    return {"estate": spot.estate or "", "building": spot.building or ""} if spot else {}


def _kept(one: Kept) -> dict[str, Any]:
    return {
        "estate": one.estate,
        "building": one.building,
        "estate_id": _estate_of(one.building_id),
        "units": [unit for unit in one.units if unit],
        "people": [name for _, name, _ in one.keepers],
    }


def _estate_of(building: int) -> int | None:
    place = town().buildings.get(building)
    return place.estate_id if place else None


def _standing(one: Standing) -> dict[str, Any]:
    return _kept(one.kept) | {"days": one.days, "colour": one.colour, "visited_at": one.visited_at}


def _hand_over(one: HandOver, me: int) -> dict[str, Any]:
    return {
        "id": one.id,
        "estate": _named(one.building_id).get("estate"),
        "building": _named(one.building_id).get("building"),
        "giver": staff_name(one.from_person_id),
        "from_unit": one.from_unit,
        "taker": staff_name(one.to_person_id),
        "to_unit": one.to_unit,
        "note": one.note,
        "asked_at": one.asked_at,
        "given": one.given_at is not None,
        "taken": one.taken_at is not None,
        "mine": one.by_id == me,
    }


def _row(one: Kept, standing: Standing | None, colours: Mapping[str, str]) -> list[Value]:
    visited = standing.visited_at if standing else None
    return [
        one.community,
        one.estate,
        one.building,
        one.unit,
        in_a_row(name for _, name, _ in one.keepers),
        one.homes,
        local(visited).date() if visited else None,
        standing.days if standing else None,
        colours[standing.colour] if standing else None,
    ]


def _change_row(one: HandOver) -> list[Value]:
    place = _named(one.building_id)
    ends = labels("hand_overs")
    return [
        place.get("estate"),
        place.get("building"),
        staff_name(one.from_person_id),
        one.from_unit,
        staff_name(one.to_person_id),
        one.to_unit,
        local(one.asked_at).date(),
        local(one.ended_at).date() if one.ended_at else None,
        ends.get(one.ended_how or ""),
    ]
