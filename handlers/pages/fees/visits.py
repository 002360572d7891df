"""/console/fees/visits: the homes that somebody goes to about their bills, for whoever goes there.

Keepers and the rungs of a grid see their own buildings, the desk its community's, and nobody else any
(decision 0019). Rooms and periods, no names and no sums.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from flask import Response
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from handlers.house import House
from handlers.pages.access import Access
from handlers.pages.audit.noting import looked
from handlers.pages.desk import staff_arriving
from handlers.pages.fees.looking import list_looked_at
from handlers.pages.filing import Report, filed, meaning
from handlers.pages.forms import from_our_own_page, words
from handlers.pages.front import Front, back_to, show
from handlers.pages.links import Done, link_of, once_key, only_once
from handlers.pages.story import staff_name
from handlers.words import refusal
from models.base.actor import By
from models.base.clock import local, now
from models.base.links import Link
from models.base.orm import session
from models.base.refusals import NotFound, Refused
from models.duty.answering import houses_of
from models.duty.overseeing import OVERSEEING, decides, oversees
from models.fee import calendar, rates, visiting
from models.fee.visiting import Outcome, Stop
from models.joins.disputing import dispute
from models.outbox.fates import SECOND_THOUGHTS
from models.person.arriving import Visitor
from models.place.gazetteer import in_order, town
from models.place.spot import Spot
from models.place.tables import Household

SHOWN = 60  # buildings; those with the most homes to go to come first
UNDO = "undo"


def overview(front: Front, access: Access) -> Response:
    """The buildings in which somebody has to be visited; of a single one its homes at once."""
    link = link_of(access, "desk")
    with front.database.read():
        visitor = staff_arriving(link)
        mine = _buildings(visitor)
        if not mine and OVERSEEING.isdisjoint(visitor.roles):
            raise NotFound("page_not_found")
        rounds = visiting.rounds(mine)
        if len(mine) == 1 or len(rounds) == 1:
            facts = _house(visitor, next(iter(rounds or mine)))
        else:
            facts = {"house": None, "houses": _houses(rounds), "more": max(0, len(rounds) - SHOWN)}
        facts |= {"hardships": _hardships(visitor, mine), "staff": visitor.staff_name}
    if facts["house"] is not None:
        _house_looked_at(front, visitor, facts["house"])
    list_looked_at(front, visitor, homes=[one["home"] for one in facts["hardships"]])
    return show("fees/visits.html", access=access, error=None, typed={}, **facts)


def of_building(
    front: Front,
    access: Access,
    building: int,
    status: int = 200,
    *,
    error: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    link = link_of(access, "desk")
    with front.database.read():
        visitor = staff_arriving(link)
        facts = {**_house(visitor, building), "hardships": [], "staff": visitor.staff_name}
    _house_looked_at(front, visitor, facts["house"])
    return show("fees/visits.html", status, access=access, error=error, typed=typed or {}, **facts)


def act(front: Front, access: Access, building: int, verb: str) -> AnyResponse:
    """What came of a visit, or that it was a slip of the thumb."""
    from_our_own_page()
    link = link_of(access, "desk")
    if verb != UNDO and verb not in set(Outcome):
        raise NotFound("page_not_found")
    visit, said, day = words("visit", 16), words("words", visiting.WORDS), words("day", 10)
    number = int(visit) if visit.isascii() and visit.isdecimal() else 0
    try:
        done = front.database.write(
            _done, link, building, verb, number, said, _day(day), once_key(str(link.person_id)), front.house
        )
    except NotFound:
        raise
    except Refused as refused:
        typed = {"visit": visit, "verb": verb, "words": said, "day": day}
        return of_building(front, access, building, refused.status, error=refusal(refused), typed=typed)
    return back_to(f"{access.base}/fees/visits/{building}", done.code, **done.facts)


def _done(
    link: Link,
    building: int,
    verb: str,
    number: int,
    said: str,
    day: date | None,
    key: str,
    house: House,
) -> Done:
    visitor = staff_arriving(link)
    if not _may_tick(visitor, building):
        raise NotFound("page_not_found")
    by = By.staff(visitor.person_id)

    def work() -> Done:
        visit = visiting.held(number)
        home = session().get_one(Household, visit.household_id)
        if home.building_id != building:
            raise NotFound("visit_not_found")
        if verb == UNDO:
            return Done("fee_visit_undone" if visiting.take_back(visit.id, by) else "undone_too_late", {})
        visiting.finish(visit.id, verb, by, words=said, promised_on=day)
        spot = town().spot_of_building(building, home.unit_name, home.room, how="staff")
        if verb == Outcome.COMPLAINS and visit.case_id is None and spot is not None:
            case = filed(Report(said, "patrol"), meaning(said), spot, by, None, house)
            dispute(visit, case.id)
            return Done("fee_visit_case", {"number": case.number})
        return Done("fee_visited", {})

    return only_once(key, str(link.person_id), f"fee_visit_{verb}", work)


def _house_looked_at(front: Front, visitor: Visitor, house: Mapping[str, Any]) -> None:
    """One row for all its homes that owe something or that somebody goes to."""
    many = len(house["waiting"]) + len(house["visited"]) + sum(len(one["rooms"]) for one in house["unpaid"])
    if many:
        looked(front.database, visitor, "home_money", ("building", house["id"]), many=many)


def _buildings(visitor: Visitor) -> frozenset[int]:
    """Those that this person keeps or whose rungs the person holds, and for a desk all of its community."""
    mine = houses_of(visitor.person_id)
    if OVERSEEING.isdisjoint(visitor.roles):
        return mine
    places = town()
    return mine | {
        one.id
        for one in places.buildings.values()
        if visitor.community_id in (None, places.estates[one.estate_id].community_id)
    }


def _houses(rounds: Mapping[int, visiting.Round]) -> list[dict[str, Any]]:
    places = town()
    return [
        {"id": one, "place": spot.facts(), **found._asdict()}
        for one, found in list(rounds.items())[:SHOWN]
        if (spot := places.spot_of_building(one)) is not None
    ]


def _hardships(visitor: Visitor, buildings: Collection[int]) -> list[dict[str, Any]]:
    """Who asks for relief, for those who decide about it."""
    places = town()
    return [
        {
            "home": one.household_id,
            "place": {**spot.facts(), "unit": one.unit, "room": one.room},
            "words": one.words,
            "at": one.at,
        }
        for one in visiting.in_difficulty(buildings)
        if (spot := places.spot_of_building(one.building_id)) is not None
        and decides(visitor.person_id, spot.community_id)
    ]


def _house(visitor: Visitor, building: int) -> dict[str, Any]:
    spot = town().spot_of_building(building)
    is_own = building in houses_of(visitor.person_id)
    if spot is None or not (is_own or oversees(visitor.person_id, spot.community_id)):
        raise NotFound("page_not_found")
    stops, decides_here = visiting.stops(building), decides(visitor.person_id, spot.community_id)
    return {
        "houses": [],
        "more": 0,
        "house": {
            "id": building,
            "place": spot.facts(),
            "may_tick": _may_tick(visitor, building),
            "waiting": [_stop(one, decides_here) for one in stops if one.outcome is None],
            "visited": [_stop(one, decides_here) for one in stops if one.outcome is not None],
            "today": local(now()).date(),
            **_collected(spot, building, is_own=is_own),
        },
    }


def _collected(spot: Spot, building: int, *, is_own: bool) -> dict[str, Any]:
    """How far the quarter has come, and which rooms are missing: for the building's own people alone."""
    assert spot.estate_id is not None
    period = calendar.period_of(local(now()).date(), "quarter")
    rate = rates.by_households(spot.estate_id, period, building_id=building)
    rooms: dict[str, list[str]] = {}
    if is_own:
        query = select(Household.unit_name, Household.room)
        owing = query.where(Household.id.in_(rates.unpaid(building, spot.estate_id, period)))
        for unit, room in session().execute(owing):
            rooms.setdefault(unit, []).append(room)
    return {
        "rate": rate,
        "unpaid": [
            {"unit": unit, "rooms": sorted(rooms[unit], key=in_order)} for unit in sorted(rooms, key=in_order)
        ],
        "unpaid_count": sum(map(len, rooms.values())),
    }


def _stop(one: Stop, decides_here: bool) -> dict[str, Any]:
    """What somebody's difficulties are is for whoever decides about reliefs; others read that there are
    some."""
    is_private = one.outcome == Outcome.DIFFICULTY and not decides_here
    return {
        **one._asdict(),
        "words": None if is_private else one.words,
        "teller": staff_name(one.done_by) if one.done_by is not None else None,
        "may_undo": one.done_at is not None
        and one.done_by is not None
        and one.case_id is None
        and one.done_at > now() - SECOND_THOUGHTS,
    }


def _may_tick(visitor: Visitor, building: int) -> bool:
    spot = town().spot_of_building(building)
    if spot is None:
        return False
    return building in houses_of(visitor.person_id) or decides(visitor.person_id, spot.community_id)


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None
