"""Something is wrong: told with a photo first, a place by door, list, home or where somebody stands.

A draft that was written without a network comes with an id of its own: however often it is sent, it is one
case.
"""

from dataclasses import replace
from typing import Annotated

import msgspec

from handlers.api.asking import Ask
from handlers.api.case_shapes import CaseShown, case_shown
from handlers.api.errors import not_there, wrong
from handlers.api.limits import GUESSES, REPORTS
from handlers.api.places import Latitude, Longitude, behind, exactly, spot_of
from handlers.api.routes import Need, Route
from handlers.api.shapes import Asked, Id, Moment, Name, Shape, Text, clock
from handlers.api.uploads import taken
from handlers.pages.door import named_or_door
from handlers.pages.filing import Report, filed, meaning
from handlers.pages.forms import MOST_PHOTOS
from handlers.wording.filters import place as said
from handlers.words import labels
from models.base.orm import session
from models.base.refusals import NotAllowed, NotFound
from models.base.resources import table
from models.case import reach
from models.case.case import Case
from models.case.lifecycle import State
from models.case.reporting import is_reporter
from models.inbox import once
from models.outbox.address import Channel
from models.person.living import homes_said
from models.place.gazetteer import town
from models.place.spot import Spot
from models.understanding import Understanding

SOURCES = {Channel.MINI: "mini", Channel.OFFICIAL: "page"}  # how it came in, by whose login
Photos = Annotated[list[Id], msgspec.Meta(max_length=MOST_PHOTOS)]


class Said(Asked):
    """Words or photos, and one of: `place_id`, `door` (a printed code), `home_id`, `lat` with `lng`; else the
    place that the words name, else the home. `draft_id`: made up by the program, one for each draft."""

    draft_id: Annotated[str, msgspec.Meta(min_length=8, max_length=64)]
    text: Text = ""
    category: Name | None = None
    place_id: Id | None = None
    door: Id | None = None
    home_id: Id | None = None
    lat: Latitude | None = None
    lng: Longitude | None = None
    unit: Name = ""
    floor: Name = ""
    room: Name = ""
    photos: Photos = msgspec.field(default_factory=list)


class SameAsked(Asked):
    place_id: Id
    category: Name


class SameShown(Shape):
    """What may be the same thing: nothing of who told it."""

    id: str
    number: str
    category_label: str
    place: str
    state_label: str
    reported_at: Moment
    people: int
    mine: bool


class Same(Shape):
    items: list[SameShown]


def report(ask: Ask, given: Said) -> CaseShown:
    """A new case; a copy of the same draft gives the case that it became."""
    key, known = _begun(ask.me, given.draft_id)
    if known is not None:
        return case_shown(reach.of_public(known, ask.visitor), ask.visitor)
    text = given.text.strip()
    if not text and not given.photos:
        raise wrong("text_missing", "text")
    if given.category is not None and given.category not in table("labels/categories.toml"):
        raise wrong("bad_field", "category")
    u = meaning(text)
    spot = _spot(ask, given, u)
    told = Report(
        text,
        SOURCES[Channel(ask.caller.way)],
        category=given.category or "",
        files=taken(ask.me, given.photos),
    )
    case = filed(told, u, spot, ask.by, ask.me, ask.office.house)
    once.answered(key, {"case": case.public_id})
    session().flush()
    return case_shown(case, ask.visitor)


def _begun(me: int, draft: str) -> tuple[str, str | None]:
    """The key under which this draft is kept, and the case that it has become.

    A draft's own name is its key, so that it stays one when its writer turns out to be somebody whom we knew
    already: the case goes to that record (models/joins/merging.py), and by the case we know whose it is. A
    name that somebody else's draft has had is kept apart by the person.
    """
    for key in (f"api-draft/{draft}", f"api-draft/{me}/{draft}"):
        if once.begin(key, f"api/p{me}", "api_draft"):
            return key, None
        case = str(once.answer_to(key).get("case", ""))
        if is_reporter(case, me):
            return key, case
    raise NotAllowed("still_at_it")


def same(ask: Ask, given: SameAsked) -> Same:
    """Open cases there of this kind, one of which it may be; none of what is one household's own matter."""
    try:
        spot = spot_of(given.place_id)
    except NotFound:
        raise wrong("place_missing", "place_id") from None
    if given.category not in table("labels/categories.toml"):
        raise wrong("bad_field", "category")
    found = reach.same_matter(spot, given.category)
    is_offered = found is not None and reach.is_common(found) and found.state != State.FINISHED
    return Same(items=[_same(found, ask.me)] if found is not None and is_offered else [])


def _same(case: Case, me: int) -> SameShown:
    people = case.concerned()
    return SameShown(
        id=case.public_id,
        number=case.number,
        category_label=str(labels("categories")[case.category]["label"]) if case.category else "",
        place=said(**{**case.spot.facts(), "room": None}),
        state_label=str(labels("case_progress")[case.state]),
        reported_at=clock(case.reported_at),
        people=len(people),
        mine=me in people,
    )


def _spot(ask: Ask, given: Said, u: Understanding) -> Spot:
    """What was chosen stands above what the words name. Raises Invalid: place_missing."""
    spot, field = _chosen(ask, given, u)
    if spot is None or not spot.is_known:
        raise wrong("place_missing", field)
    return replace(
        spot,
        unit=given.unit or spot.unit,
        floor=given.floor or spot.floor,
        room=given.room or spot.room,
        longitude=given.lng if given.lat is not None else None,
        latitude=given.lat if given.lng is not None else None,
    )


def _chosen(ask: Ask, given: Said, u: Understanding) -> tuple[Spot | None, str]:
    if given.lat is not None and given.lng is not None:
        exactly(ask)
    try:
        if given.door is not None:
            return named_or_door(u, behind(given.door)), "door"
        if given.place_id is not None:
            return _closer(spot_of(given.place_id), u), "place_id"
    except NotFound:
        return None, "door" if given.door is not None else "place_id"
    homes = homes_said(ask.me)
    if given.home_id is not None:
        number = ask.number("homes", given.home_id)
        home = next((one.spot for one in homes if one.home_id == number), None)
        return home if home is not None else _nothing(), "home_id"
    point = (given.lng, given.lat) if given.lng is not None and given.lat is not None else None
    near = town().near(*point) if point else ()
    here = town().spot_of_estate(near[0][0].id, how="location") if near else None
    if here is not None and u.estate is None:
        return _closer(here, u), "lat"
    base = homes[-1].spot if homes else None
    if u.estate or u.building:
        community, estate = (base.community_id, base.estate_id) if base else (None, None)
        named = town().locate(Spot.said(u), community_id=community, estate_id=estate).spot
        if named.is_known:
            return named, "place_id"
    return (here, "lat") if point else (base, "place_id")


def _closer(spot: Spot, u: Understanding) -> Spot:
    """The place that was chosen, with what the words add to it: the building of an estate, the unit and floor
    of a building. Words that name another place change nothing."""
    if u.estate not in (None, spot.estate):
        return spot
    if spot.building_id is None and u.building is not None:
        named = Spot.said(u)
        found = town().locate(named, community_id=spot.community_id, estate_id=spot.estate_id).spot
        return found if found.building_id is not None and found.estate_id == spot.estate_id else spot
    if spot.building_id is None or u.building not in (None, spot.building):
        return spot
    return replace(spot, unit=u.unit or spot.unit, floor=u.floor or spot.floor, room=u.room or spot.room)


def _nothing() -> Spot:
    raise not_there()


ROUTES = (
    Route("POST", "/reports", Need.PERSON, report, takes=Said, gives=CaseShown, once=True, limit=REPORTS),
    Route("GET", "/reports/same", Need.PERSON, same, takes=SameAsked, gives=Same, limit=GUESSES),
)
