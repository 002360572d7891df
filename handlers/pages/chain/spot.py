"""/console/chain/spot: 当场解决, one form with one photo (row 10); asked in under half a minute."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from handlers.house import House
from handlers.pages.access import Access
from handlers.pages.case_facts import estates
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.filing import meaning, placed_by_words
from handlers.pages.forms import (
    PlaceSaid,
    bare_number,
    from_our_own_page,
    keep_photos,
    place_said,
    typed,
    uploaded,
    words,
)
from handlers.pages.front import Front, back_to, show
from handlers.pages.links import Done, once_key, only_once
from handlers.words import refusal
from models.base.refusals import Invalid, NotFound, Refused
from models.case import on_the_spot
from models.case.caller import keep_caller
from models.duty.answering import houses_of
from models.person.arriving import Visitor
from models.place.gazetteer import town
from models.place.spot import Spot

PAGE = "chain/spot"
MOST_HOUSES = 8  # of the own ones, to tap; more are looked for by name
_TELEPHONE = re.compile(r"0?[0-9]{7,12}")


@dataclass(frozen=True, slots=True)
class Told:
    """The form."""

    text: str
    house: str  # one of the own ones, "" for the place below
    place: PlaceSaid
    name: str
    phone: str


def shown(
    front: Front,
    access: Access,
    status: int = 200,
    *,
    error: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    with front.database.read():
        facts = overview(staff_of_link(access))
    return show("chain/spot.html", status, access=access, spot=facts, error=error, typed=typed or {})


def waiting(visitor: Visitor) -> int | None:
    """Nothing ever waits there."""
    return 0 if visitor.is_staff else None


def overview(visitor: Visitor) -> dict[str, Any]:
    """For templates/pages/chain/spot.html."""
    places = town()
    mine = [places.spot_of_building(key) for key in sorted(houses_of(visitor.person_id))]
    return {
        "name": visitor.staff_name,
        "houses": [
            {"id": one.building_id, "estate": one.estate, "building": one.building} for one in mine if one
        ][:MOST_HOUSES],
        "estates": estates(visitor),
    }


def act(front: Front, access: Access) -> AnyResponse:
    """Opened and said to be done, once; then ready for the next."""
    from_our_own_page()
    with front.database.read():
        me = staff_of_link(access).person_id
    told = Told(
        words("words", 1000),
        words("house", 12),
        place_said(),
        words("name", 30),
        bare_number(words("phone", 20)),
    )
    try:
        with uploaded(front) as files:
            key = once_key(str(me))

            def once() -> Done:
                visitor = staff_of_link(access)
                return only_once(key, str(me), "spot", lambda: _solved(visitor, told, files, front.house))

            done = front.database.write(once)
    except NotFound:
        raise
    except Refused as refused:
        return shown(front, access, refused.status, error=refusal(refused), typed=typed())
    if not done.fresh:
        front.files.drop(files)
    return back_to(f"{access.base}/{PAGE}", done.code, **done.facts)


def _solved(visitor: Visitor, told: Told, files: list[str], house: House) -> Done:
    if told.phone and not _TELEPHONE.fullmatch(told.phone):
        raise Invalid("phone_wrong")
    if not files:
        raise Invalid("spot_photo")
    u = meaning(told.text)
    case = on_the_spot.begin(
        text=told.text, category=u.category, spot=_place(visitor, told), by=visitor.person_id
    )
    keep_photos(files, case.id, "finish", visitor.person_id)
    keep_caller(case, told.name, told.phone)
    on_the_spot.solve(case, visitor.person_id, silence_days=house.silence_days)
    return Done("spot_done", {"number": case.number})


def _place(visitor: Visitor, told: Told) -> Spot:
    """One of the own houses, else what was chosen, else what the words say."""
    if told.house.isdecimal() and int(told.house) in houses_of(visitor.person_id):
        spot = town().spot_of_building(int(told.house), told.place.unit, told.place.room, how="staff")
        if spot is not None:
            return spot
    if told.place.estate:
        return told.place.spot("staff")
    return placed_by_words(meaning(told.text), visitor.community_id)
