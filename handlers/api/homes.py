"""Where I live: said with a proof, agreed to by whoever lives there already, given up again (A9)."""

from dataclasses import replace
from typing import Literal

from handlers.api.asking import Ask
from handlers.api.errors import Needed, wrong
from handlers.api.limits import HOMES, TAPS
from handlers.api.me import HomeShown, home_shown
from handlers.api.places import behind, spot_of
from handlers.api.routes import Need, Route
from handlers.api.shapes import Asked, Done, Id, Moment, Name, Shape, clock
from handlers.wording.filters import place
from handlers.words import labels
from models.base.orm import session
from models.base.refusals import NotFound
from models.base.resources import table
from models.base.signed_ids import signed_id
from models.joins import home_sharing
from models.joins.home_sharing import ASKED, PHONE, SCANNED, Request
from models.person.living import homes_said
from models.person.proving import has_phone
from models.place.spot import Spot

PROOFS = {"phone": PHONE, "door": SCANNED, "member": ASKED}


class HomeAsked(Asked):
    """Its door's code, or the `place_id` of its building with the unit, and its room. `proof`: phone (mine is
    the register's), door (a code that hangs there; staff look), member (somebody who lives there agrees)."""

    room: Name
    proof: Literal["phone", "door", "member"]
    door: Id | None = None
    building_id: Id | None = None
    unit: Name = ""


class Homes(Shape):
    items: list[HomeShown]


class RequestShown(Shape):
    """`name`: how whoever asks can be known: the telephone, masked, and the mark that they read out."""

    id: str
    label: str
    name: str
    mark: str
    since: Moment


class Requests(Shape):
    items: list[RequestShown]


class Answer(Asked):
    agree: bool


def listed(ask: Ask, given: None) -> Homes:
    """My homes; those that wait for a word are among them."""
    return Homes(items=[home_shown(one) for one in homes_said(ask.me)])


def bind(ask: Ask, given: HomeAsked) -> HomeShown:
    """I live there. Bound at once where the telephone proves it, else it waits."""
    if given.proof == "phone" and not has_phone(ask.me):
        raise Needed("phone_needed")
    home = home_sharing.claim(ask.me, _spot(given), PROOFS[given.proof])
    session().flush()
    return next(home_shown(one) for one in homes_said(ask.me) if one.home_id == home.id)


def leave(ask: Ask, given: None) -> Done:
    """I do not live there any more; from now on its money is nothing of mine."""
    home_sharing.leave(ask.me, ask.number("homes"))
    return Done()


def requests(ask: Ask, given: None) -> Requests:
    """Who says to live where I live."""
    return Requests(items=[_request(one) for one in home_sharing.requests_for(ask.me)])


def answer(ask: Ask, given: Answer) -> Done:
    """Yes, they do; or no."""
    why = str(labels("api_words")["not_of_the_home"])
    home_sharing.answer(ask.me, ask.number("homes"), given.agree, why)
    return Done()


def _spot(given: HomeAsked) -> Spot:
    """Raises Invalid: place_missing."""
    try:
        if given.door is not None:
            spot = behind(given.door)
        elif given.building_id is not None and given.proof != "door":
            spot = spot_of(given.building_id, _bare(given.unit, "unit"))
        else:
            raise wrong("door_needed", "door")
    except NotFound:
        raise wrong("place_missing", "building_id" if given.door is None else "door") from None
    return replace(spot, room=_bare(given.room, "room") or None)


def _bare(written: str, kind: str) -> str:
    """Without the ending that people write behind a number."""
    for ending in table("labels/workbook.toml")["suffixes"].get(kind, ()):
        written = written.strip().removesuffix(ending)
    return written.strip()


def _request(one: Request) -> RequestShown:
    unknown = str(labels("api_words")["no_phone"])
    return RequestShown(
        id=signed_id("homes", one.home_id),
        label=place(**one.spot.facts()),
        name=one.phone or unknown,
        mark=one.mark,
        since=clock(one.since),
    )


ROUTES = (
    Route("GET", "/homes", Need.PERSON, listed, gives=Homes),
    Route("POST", "/homes", Need.PERSON, bind, takes=HomeAsked, gives=HomeShown, once=True, limit=HOMES),
    Route("DELETE", "/homes/<id>", Need.PERSON, leave, gives=Done),
    Route("GET", "/homes/requests", Need.PERSON, requests, gives=Requests),
    Route("POST", "/homes/requests/<id>", Need.PERSON, answer, takes=Answer, gives=Done, limit=TAPS),
)
