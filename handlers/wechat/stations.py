"""找驿站: the nearest places to rest, warm up, drink, charge (row 80)."""

from collections.abc import Collection
from typing import Any

from handlers.wechat.answer import Answer, Text
from handlers.wechat.enquiring import WAITS, asked_where, may_ask, names_a_place_alone, note
from handlers.wechat.placing import door_of
from handlers.wechat.visit import Visit
from handlers.words import labels, say
from models.dialogue.question import Asked, ask, forget
from models.enquiry.asking import station_kinds
from models.joins.station_faults import broken
from models.place.gazetteer import town
from models.place.spot import Spot
from models.place.stations import Near, nearest, stations

SHOWN_KINDS = 5


def station(visit: Visit) -> Answer:
    """By the place in the words, the one just shared, or the writer's home; asks once when there is none."""
    kinds = station_kinds(visit.text)
    spot = _where(visit)
    if not stations():
        note(visit, spot)
        return Text(say("station_none"))
    if not spot.is_known and spot.longitude is None and may_ask(visit):
        ask(visit.person, visit.channel, Asked.STATION, lasts=WAITS, kinds=sorted(kinds), text=visit.text)
        return Text(say("station_where"))
    note(visit, spot)
    return Text(_told(visit, spot, kinds))


def place_said(visit: Visit) -> Answer | None:
    """The estate that we asked for."""
    kinds = _asked(visit)
    if kinds is None or not names_a_place_alone(visit):
        return None
    spot = visit.locate(visit.meaning).spot
    if not spot.is_known:
        return None
    asked = visit.saying(str(visit.question.facts["text"])) if visit.question is not None else visit
    note(asked, spot, "station")
    forget(visit.person, visit.channel)
    return Text(_told(visit, spot, kinds))


def place_shared(visit: Visit) -> Answer | None:
    """A shared location after we asked for one."""
    kinds, point = _asked(visit), visit.message.location
    if kinds is None or point is None:
        return None
    forget(visit.person, visit.channel)
    return Text(_told(visit, Spot(longitude=point.lng, latitude=point.lat), kinds))


def _asked(visit: Visit) -> frozenset[str] | None:
    question = visit.question
    if question is None or question.kind != Asked.STATION:
        return None
    return frozenset(question.facts.get("kinds", ()))


def _where(visit: Visit) -> Spot:
    shared = door_of(visit)
    if visit.meaning.estate is None and shared.is_known | (shared.longitude is not None):
        return shared
    return asked_where(visit)


def _told(visit: Visit, spot: Spot, kinds: frozenset[str]) -> str:
    at = visit.message.sent_at
    found = nearest(_point(spot), kinds, at=at, community_id=spot.community_id)
    missing = [] if found else [labels("stations")[kind]["label"] for kind in sorted(kinds)]
    if not found:
        found = nearest(_point(spot), frozenset(), at=at, community_id=spot.community_id)
    faults = broken([one.station.id for one in found])
    shown = [_facts(one, kinds, faults.get(one.station.id, {})) for one in found]
    return say("stations", stations=shown, missing=missing, at=at)


def _point(spot: Spot) -> tuple[float, float] | None:
    if spot.longitude is not None and spot.latitude is not None:
        return spot.longitude, spot.latitude
    estate = town().estates.get(spot.estate_id) if spot.estate_id is not None else None
    if estate is None or estate.longitude is None or estate.latitude is None:
        return None
    return estate.longitude, estate.latitude


def _facts(near: Near, kinds: frozenset[str], faults: Collection[str]) -> dict[str, Any]:
    """What was asked for stands first among what is there, and what is broken is said so."""
    one = near.station
    here = sorted(one.kinds, key=lambda kind: kind not in kinds)
    offered = [kind for kind in here if kind not in faults][:SHOWN_KINDS]
    return {
        "name": one.name,
        "address": one.address,
        "metres": near.metres,
        "hours": one.hours,
        "is_open": None if near.opening is None else near.opening.is_open,
        "changes_at": None if near.opening is None else near.opening.changes_at,
        "offers": [labels("stations")[kind]["label"] for kind in offered],
        "broken": [labels("stations")[kind]["label"] for kind in here if kind in faults],
    }
