"""谁管我这栋: who answers for a building, with photo, duty phone and card (rows 20, 21). Whoever has no duty
phone is reached by the relay: words that hemei hands on, so that no private number is given out."""

from typing import Annotated

import msgspec

from handlers.api.asking import Ask, missing
from handlers.api.case_shapes import photo_shown
from handlers.api.errors import wrong
from handlers.api.limits import WORDS
from handlers.api.places import behind, spot_of
from handlers.api.routes import Need, Route
from handlers.api.shapes import Asked, Done, Id, Shape
from handlers.wording.filters import link
from handlers.words import labels
from models.base.signed_ids import signed_id
from models.duty.answering import Answerer, Answering, answerer, desk_of, who_answers
from models.enquiry import keeping
from models.grid.micro import cadres_of
from models.media.keeping import item_of
from models.person.living import homes_said
from models.person.portraits import published
from models.place.doors import code_of_building
from models.place.spot import NOWHERE, Spot

TABLE = "answerers"


class PeopleAsked(Asked):
    """One of: a home of mine, a place, a door's code; without any of them my home."""

    home_id: Id | None = None
    place_id: Id | None = None
    door: Id | None = None


class Keeper(Shape):
    """`phone`: the duty phone, never the person's own. `photo`: a path, null unless it is published. Words
    can be sent to each of them here, who answers without giving a number."""

    id: str
    name: str
    role: str
    employer: str | None
    phone: str | None
    photo: str | None


class Keepers(Shape):
    """`card`: the address that the printed cards of the building open (A5, by its QR code)."""

    items: list[Keeper]
    card: str | None


class Message(Asked):
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


def listed(ask: Ask, given: PeopleAsked) -> Keepers:
    """Who answers for my building, or for a place."""
    spot = _where(ask, given)
    if spot.building_id is None:
        return Keepers(items=_shown([(one, one.role) for one in desk_of(spot.community_id)]), card=None)
    people = [(one, one.role) for one in who_answers(spot.building_id)]
    known = {one.person_id for one, _ in people}
    cadres = cadres_of(spot.building_id, spot.unit, spot.room)
    people += [(one, "cadre") for one in cadres if one.person_id not in known]
    code = code_of_building(spot.building_id)
    return Keepers(items=_shown(people), card=link(f"/q/{code}") if code is not None else None)


def message(ask: Ask, given: Message) -> Done:
    """带话: words for one of them, who answers here or in WeChat without giving a number."""
    words = given.text.strip()
    if not words:
        raise wrong("text_missing", "text")
    person = ask.number(TABLE)
    if answerer(person) is None:
        missing()
    homes = homes_said(ask.me)
    keeping.keep(
        words,
        asker=ask.me,
        intent="human",
        category=None,
        spot=homes[-1].spot if homes else NOWHERE,
        answers=Answering("relay", (person,)),
    )
    return Done()


def _where(ask: Ask, given: PeopleAsked) -> Spot:
    if given.door is not None:
        return behind(given.door)
    if given.place_id is not None:
        return spot_of(given.place_id)
    homes = homes_said(ask.me)
    if given.home_id is None:
        return homes[-1].spot if homes else NOWHERE
    number = ask.number("homes", given.home_id)
    return next((one.spot for one in homes if one.home_id == number), None) or missing()


def _shown(people: list[tuple[Answerer, str]]) -> list[Keeper]:
    faces = published([one.person_id for one, _ in people])
    words = labels("roles")
    cards = labels("card_sheet")
    found = []
    for one, role in people:
        item = item_of(faces[one.person_id]) if one.person_id in faces else None
        label = cards[role] if role in cards else words.get(role, {}).get("label", "")
        found.append(
            Keeper(
                id=signed_id(TABLE, one.person_id),
                name=one.name,
                role=str(label),
                employer=one.employer,
                phone=one.phone,
                photo=photo_shown(item).url if item is not None else None,
            )
        )
    return found


ROUTES = (
    Route("GET", "/people", Need.PERSON, listed, takes=PeopleAsked, gives=Keepers),
    Route(
        "POST",
        "/people/<id>/message",
        Need.PERSON,
        message,
        takes=Message,
        gives=Done,
        once=True,
        limit=WORDS,
    ),
)
