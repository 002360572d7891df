"""/q/<code>: what a printed code on a unit door opens, in any browser and unregistered (rows 8, 20)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.house import House
from handlers.pages.desk_facts import picture_of
from handlers.pages.filing import Report, filed, meaning
from handlers.pages.forms import bare_number, from_our_own_page, typed, uploaded, words
from handlers.pages.front import Front, back_to, show
from handlers.pages.links import Done, once_key, only_once
from handlers.words import refusal
from models import praise
from models.base.actor import By
from models.base.clock import ago
from models.base.links import personal_path
from models.base.refusals import Invalid, NotFound, Refused
from models.duty.answering import Answerer, who_answers
from models.grid.micro import cadres_of
from models.inbox import once
from models.person.arriving import welcome
from models.person.portraits import published
from models.place.doors import Door, door_of, scanned, scene_of, taking_turns
from models.place.gazetteer import town
from models.place.spot import Spot
from models.understanding import Understanding

IN_WECHAT = "MicroMessenger"
_MOBILE = re.compile(r"1[0-9]{10}")


class TooMany(Refused):
    """More reports from one door than neighbours write."""

    status = 429


def shown(front: Front, code: str) -> Response:
    """The page of a door; each opening is counted as a scan."""
    return _page(front, front.database.write(_opened, code, True))


def report(front: Front, code: str) -> AnyResponse:
    """Something is wrong here: a case, and on to its own page."""
    from_our_own_page()
    with front.database.read():
        _must_be_open(code)
        _not_too_many(code, front.house)
    said = {name: words(name, limit) for name, limit in (("words", 1000), ("phone", 20), ("consent", 5))}
    try:
        key, phone = once_key(code), _phone(said)
        with uploaded(front) as files:
            done = front.database.write(_reported, code, said["words"], phone, files, key, front.house)
    except (NotFound, TooMany):
        raise
    except Refused as refused:
        facts = front.database.write(_opened, code, False)
        error = refusal(refused)
        return _page(front, facts, refused.status, error=error, typed=typed())
    if not done.fresh:
        front.files.drop(files)
    facts = dict(done.facts)
    return back_to(str(facts.pop("path", f"/q/{code}")), done.code, **facts)


def _page(
    front: Front,
    facts: Mapping[str, Any],
    status: int = 200,
    *,
    error: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    scene = facts["scene"] if IN_WECHAT in request.headers.get("User-Agent", "") else None
    chat = picture_of(scene) if scene else None
    return show("door.html", status, door=facts, chat=chat, error=error, typed=typed or {})


def _opened(code: str, count: bool) -> dict[str, Any]:
    door = scanned(code) if count else door_of(code)
    spot = _spot(door)
    return {
        "code": code,
        "place": spot.facts(),
        "people": _with_photos(who_answers(spot.building_id or 0)),
        "cadres": _with_photos(cadres_of(door.building_id, door.unit_name)) if door else [],
        "scene": scene_of(code),
    }


def _with_photos(people: Sequence[Answerer]) -> list[dict[str, Any]]:
    shown = published([one.person_id for one in people])
    return [{**asdict(one), "photo": shown.get(one.person_id)} for one in people]


def _spot(door: Door | None) -> Spot:
    spot = town().spot_of_building(door.building_id, door.unit_name, how="door") if door else None
    if spot is None:
        raise NotFound("door_revoked")
    return spot


def _must_be_open(code: str) -> None:
    _spot(door_of(code))


def _not_too_many(code: str, house: House) -> None:
    if once.count_from(code, "door", ago(hours=1)) >= house.door_reports_an_hour:
        raise TooMany("too_many")


def _phone(said: Mapping[str, str]) -> str:
    """The mobile number, only with consent. Raises Invalid."""
    phone = bare_number(said["phone"])
    if not phone:
        return ""
    if not _MOBILE.fullmatch(phone):
        raise Invalid("phone_wrong")
    if not said["consent"]:
        raise Invalid("consent_needed")
    return phone


def _reported(code: str, text: str, phone: str, files: list[str], key: str, house: House) -> Done:
    taking_turns(code)
    spot = _spot(door_of(code))

    def work() -> Done:
        if not text and not files:
            raise Invalid("text_missing")
        u = meaning(text)
        person = welcome()
        if u.praise and not files and u.category is None:
            praise.keep(text, by=person, for_id=None, case_id=None)
            return Done("praised", {})
        told = Report(text, "door", phone=phone, files=files)
        case = filed(told, u, named_or_door(u, spot), By.person(person), person, house)
        path = "/" + personal_path("case", person, case.id)
        return Done("reported", {"number": case.number, "path": path})

    _not_too_many(code, house)
    return only_once(key, code, "door", work)


def named_or_door(u: Understanding, door: Spot) -> Spot:
    """This door, unless the words name another one."""
    if u.building is None and u.estate in (None, door.estate):
        return replace(door, unit=u.unit or door.unit, floor=u.floor, room=u.room)
    found = town().locate(Spot.said(u), community_id=door.community_id, estate_id=door.estate_id).spot
    return found if found.building_id is not None else door
