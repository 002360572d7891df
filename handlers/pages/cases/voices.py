"""/console/voices: what nobody has heard yet, one after the other: play, write down, next."""

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.house import House
from handlers.pages.access import Access, case_at
from handlers.pages.audit.masks import masked_place
from handlers.pages.case_facts import estates, found
from handlers.pages.chain.acting import acted
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.filing import meaning, placed_by_words, ring
from handlers.pages.forms import PlaceSaid, place_said, words
from handlers.pages.front import Front, show
from handlers.pages.links import Done
from handlers.words import refusal
from models.base.actor import By
from models.base.refusals import NotFound, Refused
from models.case import reach
from models.case.listening import to_hear, written_down
from models.media.keeping import item_of
from models.person.arriving import Visitor

LISTED = 30


def shown(front: Front, access: Access, status: int = 200, *, error: str | None = None) -> Response:
    with front.database.read():
        visitor = staff_of_link(access)
        voices = [
            {
                "id": one.item.public_id,
                "kind": "voice",
                "state": one.item.state,
                "at": one.item.at,
                "heard_at": None,
                "number": one.case.number,
                "path": case_at(one.case.id),
                "place": masked_place(one.case.spot.facts()),
                "needs_place": one.case.building_id is None,
            }
            for one in to_hear(visitor, LISTED)
        ]
        choices = estates(visitor)
    return show(
        "cases/voices.html",
        status,
        access=access,
        voices=voices,
        estates=choices,
        error=error,
        typed=request.form,
    )


def act(front: Front, access: Access) -> AnyResponse:
    """What was heard is written into its case."""
    key, text, place = words("item", 40), words("words", 1000), place_said()

    def work(visitor: Visitor) -> Done:
        return _heard(visitor, key, text, place, front.house)

    def again(refused: Refused) -> AnyResponse:
        return shown(front, access, refused.status, error=refusal(refused))

    return acted(front, access, "voices", "voices", work, again)


def _heard(visitor: Visitor, key: str, text: str, place: PlaceSaid, house: House) -> Done:
    item = item_of(key)
    if item is None or item.about_kind != "case":
        raise NotFound("media_not_found")
    case = reach.hold(found(item.about_id, visitor).id)
    u = meaning(text)
    spot = place.spot("staff") if place.estate else placed_by_words(u, case.community_id)
    by = By.staff(visitor.person_id)
    written_down(case, item.public_id, by, text, u, spot if spot.is_known else None)
    ring(case, u, house)
    return Done("heard", {"number": case.number})
