"""上门告诉: the homes that nothing reached, for whoever goes there; a tick says that somebody was told."""

from typing import Any

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.forms import from_our_own_page, words
from handlers.pages.front import Front, back_to, show
from handlers.pages.links import Done, link_of, once_key, only_once
from handlers.pages.notice.receipts import Look, looking
from models.base.actor import By
from models.base.clock import now
from models.base.links import Link
from models.base.refusals import NotFound
from models.duty.answering import answerer
from models.duty.overseeing import decides
from models.joins.carrying import carried, not_carried
from models.notice import visiting
from models.notice.visiting import Stop
from models.outbox.fates import SECOND_THOUGHTS
from models.place.gazetteer import town

SHOWN = 60  # buildings; those with the most homes to go to come first
VERBS = ("told", "not_told")


def overview(front: Front, access: Access) -> Response:
    """The buildings in which somebody has to be visited; of a single one its homes at once."""
    link = link_of(access, "notice")
    with front.database.read():
        look = looking(link)
        rounds = look.rounds
        if not rounds and not (look.oversees or look.houses):
            raise NotFound("page_not_found")
        facts = _single(look, next(iter(rounds))) if len(rounds) == 1 else _overview(look)
    return show("notice/visits.html", access=access, **facts)


def of_building(front: Front, access: Access, building: int) -> Response:
    link = link_of(access, "notice")
    with front.database.read():
        facts = _single(looking(link), building)
    return show("notice/visits.html", access=access, **facts)


def act(front: Front, access: Access, building: int, verb: str) -> AnyResponse:
    """已上门告诉 of one home, or that it was a slip of the thumb."""
    from_our_own_page()
    link = link_of(access, "notice")
    if verb not in VERBS:
        raise NotFound("page_not_found")
    unit, room = words("unit", 20), words("room", 20)
    done = front.database.write(
        _done, link, building, verb, (unit, room or None), once_key(str(link.person_id))
    )
    return back_to(f"{access.base}/visits/{building}", done.code, **done.facts)


def _overview(look: Look) -> dict[str, Any]:
    places = town()
    rounds = look.rounds
    return {
        "title": look.notice.title,
        "over": look.is_over,
        "house": None,
        "houses": [
            {"id": one, "place": spot.facts(), **found._asdict()}
            for one, found in list(rounds.items())[:SHOWN]
            if (spot := places.spot_of_building(one)) is not None
        ],
        "more": max(0, len(rounds) - SHOWN),
    }


def _single(look: Look, building: int) -> dict[str, Any]:
    spot = town().spot_of_building(building)
    if spot is None or not _may_see(look, building):
        raise NotFound("page_not_found")
    homes = visiting.stops(look.notice.id, building)
    rooms = visiting.unknown_rooms(look.notice, building)
    return {
        "title": look.notice.title,
        "over": look.is_over,
        "houses": [],
        "more": 0,
        "house": {
            "id": building,
            "place": spot.facts(),
            "may_tick": not look.is_over and _may_tick(look, building),
            "waiting": [_stop(one) for one in homes if one.letters],
            "visited": [_stop(one) for one in homes if not one.letters],
            "unknown": [{"unit": unit, "rooms": found} for unit, found in rooms.items()],
            "unknown_count": sum(map(len, rooms.values())),
        },
    }


def _stop(one: Stop) -> dict[str, Any]:
    teller = answerer(one.told_by) if one.told_by is not None else None
    return {
        "unit": one.unit,
        "room": one.room,
        "people": one.people,
        "teller": teller.name if teller else None,
        "told_at": one.told_at,
        "may_undo": one.told_at is not None and one.told_at > now() - SECOND_THOUGHTS,
    }


def _done(link: Link, building: int, verb: str, home: tuple[str, str | None], key: str) -> Done:
    look = looking(link)
    if look.is_over or not _may_tick(look, building):
        raise NotFound("page_not_found")
    by = By.staff(look.visitor.person_id)

    def work() -> Done:
        stop = next((one for one in visiting.stops(look.notice.id, building) if one[:2] == home), None)
        if stop is None:
            raise NotFound("page_not_found")
        if verb == "told":
            fresh = [carried(one, by) for one in stop.letters]
            return Done("visited" if any(fresh) else "visited_already", {})
        fresh = [not_carried(one, by) for one in stop.told]
        return Done("not_visited" if any(fresh) else "undone_too_late", {})

    return only_once(key, str(link.person_id), f"visit_{verb}", work)


def _may_see(look: Look, building: int) -> bool:
    return building in look.houses or (look.oversees and building in look.rounds)


def _may_tick(look: Look, building: int) -> bool:
    place = town().spot_of_building(building)
    if place is None:
        return False
    return building in look.houses or decides(look.visitor.person_id, place.community_id)
