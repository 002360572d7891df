"""/console/print: sheets for unit doors and cards of cadres, as PDF; a lost sticker opens nothing any more;
the photo of somebody with a post, and whether residents see it."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.audit.noting import here, who
from handlers.pages.chain.acting import acted
from handlers.pages.chain.said import number_said, person_called
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.forms import from_our_own_page, uploaded, words
from handlers.pages.front import Front, back_to, download, show
from handlers.pages.links import Done, once_key, only_once, sent_medium
from handlers.wording.filters import label
from handlers.words import labels, refusal
from models.audit.noting import note
from models.base.actor import By
from models.base.refusals import Invalid, NotFound, Refused
from models.duty.answering import Answerer, answerer, houses_of, who_answers
from models.duty.overseeing import DECIDING, decides
from models.grid.micro import cadres_of, communities_of
from models.media.keeping import item_of
from models.person import portraits
from models.person.arriving import Visitor
from models.place import doors
from models.place.gazetteer import EstatePlace, town

PAGE = "print"
PDF = "application/pdf"
MOST_CARDS = 400
SIZES = ("A5", "A4")


class DoorFacts(NamedTuple):
    """What one sheet for a unit door says; `code` is what its address ends with."""

    code: str
    community: str
    estate: str
    building: str
    unit: str
    people: tuple[Answerer, ...]


class CardFacts(NamedTuple):
    """What one card says. `code` opens who answers for the building; `photo` is a JPEG, or None."""

    name: str
    role: str
    employer: str | None
    phone: str | None
    community: str
    estate: str
    building: str
    code: str
    photo: bytes | None


class Paper(NamedTuple):
    """What makes PDFs of them."""

    doors: Callable[[Sequence[DoorFacts]], bytes]
    cards: Callable[[Sequence[CardFacts], str], bytes]  # with one of SIZES


def shown(front: Front, access: Access, status: int = 200, *, error: str | None = None) -> Response:
    with front.database.read():
        visitor = _desk(access)
        estates = _estates(visitor)
        chosen = next((one for one in estates if str(one.id) == request.values.get("estate", "")), None)
        if chosen is None and len(estates) == 1:
            chosen = estates[0]
        facts: dict[str, Any] = {
            "estates": [{"id": one.id, "name": one.name, "community": one.community} for one in estates],
            "chosen": {"id": chosen.id, "name": chosen.name} if chosen is not None else None,
            "doors": _doors(chosen) if chosen is not None else [],
            "people": _people(chosen) if chosen is not None else [],
            "sizes": SIZES,
        }
    return show("people/print.html", status, access=access, page=facts, error=error)


def door_sheets(front: Front, access: Access, paper: Paper) -> AnyResponse:
    """A code for each door that has none, and all sheets of an estate, or of one building."""
    from_our_own_page()
    try:
        facts = front.database.write(
            _door_facts, access, number_said("estate"), words("building", 20), here()
        )
    except Invalid as refused:
        return shown(front, access, refused.status, error=refusal(refused))
    return download(paper.doors(facts), PDF, f"{labels('card_sheet')['doors']} {facts[0].estate}.pdf")


def cards(front: Front, access: Access, paper: Paper) -> AnyResponse:
    """A card for everybody who answers for a building of the estate."""
    from_our_own_page()
    size = words("size", 2)
    try:
        if size not in SIZES:
            raise Invalid("not_possible")
        facts = front.database.write(_card_facts, front, access, number_said("estate"), here())
    except Refused as refused:
        if isinstance(refused, NotFound):
            raise
        return shown(front, access, refused.status, error=refusal(refused))
    name = f"{labels('card_sheet')['cards']} {facts[0].estate}.pdf"
    return download(paper.cards(facts, size), PDF, name)


def act(front: Front, access: Access, verb: str) -> AnyResponse:
    """A sticker opens nothing any more; a photo is published, or taken back, or away."""
    code, person, estate = words("code", 40), number_said("person"), words("estate", 12)

    def revoke(visitor: Visitor) -> Done:
        door = doors.door_of(code)
        if door is None or not _decides_on(visitor, door.building_id):
            raise NotFound("page_not_found")
        doors.revoke(code)
        return Done("door_code_revoked", {})

    def publish(visitor: Visitor) -> Done:
        _must_decide(visitor, person)
        portraits.publish(person, By.staff(visitor.person_id), shown=is_public)
        return Done("portrait_shown" if is_public else "portrait_hidden", {})

    def take_away(visitor: Visitor) -> Done:
        _must_decide(visitor, person)
        portraits.take_away(person, By.staff(visitor.person_id))
        return Done("portrait_gone", {})

    is_public = words("shown", 5) == "yes"
    verbs = {"revoke": revoke, "publish": publish, "take_away": take_away}
    if verb not in verbs:
        raise NotFound("page_not_found")

    def again(refused: Refused) -> AnyResponse:
        return shown(front, access, refused.status, error=refusal(refused))

    page = f"{PAGE}?estate={estate}" if estate.isdecimal() else PAGE
    return acted(front, access, page, f"print_{verb}", verbs[verb], again)


def portrait(front: Front, access: Access) -> AnyResponse:
    """The photo of somebody with a post, who has agreed to it."""
    from_our_own_page()
    said, agrees = words("who", 30), words("agrees", 5) == "yes"
    with front.database.read():
        _desk(access)
    files: list[str] = []
    try:
        if not agrees:
            raise Invalid("portrait_consent")
        key = once_key(str(access.link.person_id))
        with uploaded(front) as files:
            if len(files) != 1:
                raise Invalid("portrait_one")
            done = front.database.write(partial(_entered, access, said, files[0], key, here()))
    except NotFound:
        raise
    except Refused as refused:
        return shown(front, access, refused.status, error=refusal(refused))
    if not done.fresh:
        front.files.drop(files)
    return back_to(f"{access.base}/{PAGE}", done.code)


def photo(front: Front, access: Access, public: str) -> Response:
    """The photo of a colleague, before it is published."""
    with front.database.read():
        visitor, item = _desk(access), item_of(public)
        if item is None or item.about_kind != portraits.ABOUT:
            raise NotFound("media_not_found")
        _must_decide(visitor, item.about_id)
        return sent_medium(front, item)


def door_photo(front: Front, code: str, public: str) -> Response:
    """/q/<code>/people/<public>: of somebody who answers for this door, as long as it is published."""
    with front.database.read():
        door = doors.door_of(code)
        people = [one.person_id for one in _answering(door.building_id)] if door is not None else []
        item = item_of(public)
        if item is None or public not in portraits.published(people).values():
            raise NotFound("media_not_found")
        return sent_medium(front, item)


def _answering(building_id: int) -> list[Answerer]:
    return [*who_answers(building_id), *cadres_of(building_id)]


def _desk(access: Access) -> Visitor:
    visitor = staff_of_link(access)
    if DECIDING.isdisjoint(visitor.roles):
        raise NotFound("page_not_found")
    return visitor


def _estates(visitor: Visitor) -> list[EstatePlace]:
    several = [one for one in town().estates.values() if decides(visitor.person_id, one.community_id)]
    return sorted(several, key=lambda one: (one.community, one.name))


def _estate(visitor: Visitor, estate_id: int) -> EstatePlace:
    found = next((one for one in _estates(visitor) if one.id == estate_id), None)
    if found is None:
        raise NotFound("page_not_found")
    return found


def _decides_on(visitor: Visitor, building_id: int) -> bool:
    building = town().buildings.get(building_id)
    return building is not None and decides(
        visitor.person_id, town().estates[building.estate_id].community_id
    )


def _must_decide(visitor: Visitor, person_id: int) -> None:
    """About somebody with a post: whoever decides where that person answers for a building."""
    places = town()
    houses = (places.buildings[one] for one in houses_of(person_id) if one in places.buildings)
    where = {places.estates[one.estate_id].community_id for one in houses} | communities_of(person_id)
    if not any(decides(visitor.person_id, one) for one in where):
        raise NotFound("page_not_found")


def _doors(estate: EstatePlace) -> list[dict[str, Any]]:
    found = []
    for building in town().buildings_of(estate.id):
        several = doors.codes_of(building.id)
        found.append({"name": building.name, "codes": [one._asdict() for one in several]})
    return found


def _people(estate: EstatePlace) -> list[dict[str, Any]]:
    """Everybody who answers for a building of the estate, once each."""
    found: dict[int, dict[str, Any]] = {}
    for building in town().buildings_of(estate.id):
        for one in _answering(building.id):
            line = found.setdefault(
                one.person_id,
                {
                    "id": one.person_id,
                    "name": one.name,
                    "employer": one.employer,
                    "phone": None,
                    "buildings": [],
                },
            )
            line["buildings"].append(building.name)
    known = portraits.all_of(list(found))
    for key, line in found.items():
        line["photo"], line["is_shown"] = known.get(key, (None, False))
    return list(found.values())


def _door_facts(access: Access, estate_id: int, building: str, origin: str | None) -> list[DoorFacts]:
    visitor = _desk(access)
    estate, places = _estate(visitor, estate_id), town()
    chosen = [one for one in places.buildings_of(estate.id) if not building or one.name == building]
    found = [
        DoorFacts(
            door.code,
            estate.community,
            estate.name,
            places.buildings[door.building_id].name,
            door.unit_name,
            who_answers(door.building_id),
        )
        for door in doors.issue([one.id for one in chosen])
    ]
    if not found:
        raise Invalid("no_such_building")
    note("print", who(visitor, origin), ("estate", estate.id), many=len(found), facts={"what": "doors"})
    return found


def _card_facts(front: Front, access: Access, estate_id: int, origin: str | None) -> list[CardFacts]:
    visitor = _desk(access)
    estate = _estate(visitor, estate_id)
    found: list[CardFacts] = []
    buildings = town().buildings_of(estate.id)
    codes = {door.building_id: door.code for door in reversed(doors.issue([one.id for one in buildings]))}
    for building in buildings:
        people = {one.person_id: (one, one.role) for one in who_answers(building.id)}
        people |= {one.person_id: (one, "cadre") for one in cadres_of(building.id)}
        shown_ = portraits.published(list(people))
        for person, (one, role) in people.items():
            found.append(
                CardFacts(
                    one.name,
                    labels("card_sheet").get(role) or label(role, "roles"),
                    one.employer,
                    one.phone,
                    estate.community,
                    estate.name,
                    building.name,
                    codes[building.id],
                    _bytes(front, shown_.get(person)),
                )
            )
    if not found:
        raise Invalid("cards_nobody")
    del found[MOST_CARDS:]
    note("print", who(visitor, origin), ("estate", estate.id), many=len(found), facts={"what": "cards"})
    return found


def _bytes(front: Front, public: str | None) -> bytes | None:
    item = item_of(public) if public is not None else None
    file = front.files.path(item.file) if item is not None and item.file else None
    return file.read_bytes() if file is not None else None


def _entered(access: Access, said: str, file: str, key: str, origin: str | None) -> Done:
    visitor = _desk(access)

    def work() -> Done:
        person = person_called(said, visitor.community_id)
        _must_decide(visitor, person)
        portraits.enter(person, file, By.staff(visitor.person_id))
        name = answerer(person)
        note("person", who(visitor, origin), ("portrait", person), facts={"said": name.name if name else ""})
        return Done("portrait_entered", {})

    return only_once(key, str(visitor.person_id), "print_portrait", work)
