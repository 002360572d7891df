"""/console/stations: what is broken in a station and which medicine expires, then each of them (row 80)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from flask import Response, request
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access, case_at
from handlers.pages.case_facts import estates
from handlers.pages.chain.acting import Work, acted, once_more
from handlers.pages.chain.said import number_said, person_called
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.forms import words
from handlers.pages.front import Front, show
from handlers.pages.links import Done
from handlers.words import labels, say
from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import session
from models.base.refusals import Invalid, NotFound, Refused
from models.duty.answering import answerer
from models.duty.overseeing import DECIDING, OVERSEEING, decides
from models.joins.station_faults import Fault, broken, found_broken, looked_after, works_again
from models.person.arriving import Visitor
from models.person.tables import Staff
from models.place.gazetteer import town
from models.place.stations import Station
from models.station import keeping, medicine
from models.station.keeping import Said
from models.station.medicine import Batch

PAGE, SOURCE = "stations", "patrol"


def shown(
    front: Front,
    access: Access,
    status: int = 200,
    *,
    error: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    with front.database.read():
        facts = overview(_sight(staff_of_link(access)))
    return show("stations.html", status, access=access, page=facts, error=error, typed=typed or {})


def act(front: Front, access: Access, verb: str) -> AnyResponse:
    """What is broken, what works again, medicine in and out; how a station is written down."""
    verbs: dict[str, Callable[[], Work]] = {
        "broken": _broken,
        "works": _works,
        "put-in": _put_in,
        "take-out": _take_out,
        "keep": _keep,
    }
    if verb not in verbs:
        raise NotFound("page_not_found")
    again = once_more(shown, front, access)
    try:
        work = verbs[verb]()
    except Refused as refused:
        return again(refused)
    return acted(front, access, PAGE, f"stations_{verb}", work, again)


def overview(visitor: Visitor) -> dict[str, Any]:
    """For templates/pages/stations.html."""
    me = visitor.person_id
    rows = keeping.seen_by(_communities(visitor), me)
    keys = [one.id for one in rows]
    faults, boxes = broken(keys), medicine.there(keys)
    lines = [_station(one, me, faults.get(one.id, {}), boxes.get(one.id, ())) for one in rows]
    deciding = not DECIDING.isdisjoint(visitor.roles)
    return {
        "stations": lines,
        "broken": [(one, thing) for one in lines for thing in one["things"] if thing["broken"]],
        "near": [(one, batch) for one in lines for batch in one["medicines"] if batch["near"]],
        "near_days": medicine.near_days(),
        "deciding": deciding,
        "estates": estates(visitor) if deciding else [],
        "kinds": [(code, one["label"]) for code, one in labels("stations").items()],
        "today": local(now()).date(),
    }


def _communities(visitor: Visitor) -> list[int] | None:
    """Whose stations are seen beside the own ones; None: everybody's."""
    if OVERSEEING.isdisjoint(visitor.roles):
        return []
    return None if visitor.community_id is None else [visitor.community_id]


def _station(one: Station, me: int, faults: Mapping[str, Fault], batches: Sequence[Batch]) -> dict[str, Any]:
    caretaker = answerer(one.caretaker_id) if one.caretaker_id is not None else None
    estate = town().estates.get(one.estate_id) if one.estate_id is not None else None
    deciding = decides(me, one.community_id)
    return {
        "id": one.id,
        "name": one.name,
        "community": town().communities.get(one.community_id),
        "estate": estate.name if estate is not None else None,
        "estate_id": one.estate_id,
        "address": one.address,
        "hours": one.hours,
        "longitude": one.longitude,
        "latitude": one.latitude,
        "kinds": one.kinds,
        "active": one.active,
        "caretaker": caretaker.name if caretaker is not None else None,
        "caretaker_number": _number_of(one.caretaker_id) if caretaker is not None else None,
        "mine": deciding or one.caretaker_id == me,
        "deciding": deciding,
        "things": [_thing(kind, faults.get(kind)) for kind in one.kinds],
        "medicines": [{**batch._asdict(), "near": batch.is_near, "over": batch.is_over} for batch in batches],
    }


def _thing(kind: str, fault: Fault | None) -> dict[str, Any]:
    return {
        "code": kind,
        "label": labels("stations")[kind]["label"],
        "broken": fault is not None,
        "since": fault.since if fault is not None else None,
        "path": case_at(fault.case_id) if fault is not None else None,
    }


def _number_of(person_id: int | None) -> str | None:
    return session().scalars(select(Staff.number).where(Staff.person_id == person_id)).first()


def _sight(visitor: Visitor) -> Visitor:
    """Raises NotFound for who neither oversees a community nor looks after a station."""
    if OVERSEEING.isdisjoint(visitor.roles) and not keeping.looks_after_any(visitor.person_id):
        raise NotFound("page_not_found")
    return visitor


def _by(visitor: Visitor) -> By:
    return By.staff(_sight(visitor).person_id)


def _broken() -> Work:
    key, kind, said = number_said("station"), words("item", 20), words("words", 300)

    def work(visitor: Visitor) -> Done:
        by = _by(visitor)
        station = looked_after(key, by)
        label = str(labels("stations").get(kind, {}).get("label", ""))
        text = say("station_broken", station=station.name, address=station.address, thing=label, words=said)
        case, is_new = found_broken(key, kind, text, by, source=SOURCE)
        return Done("station_broken" if is_new else "station_broken_already", {"number": case.number})

    return work


def _works() -> Work:
    key, kind = number_said("station"), words("item", 20)

    def work(visitor: Visitor) -> Done:
        done = works_again(key, kind, _by(visitor))
        return Done("station_works" if done else "station_works_already", {})

    return work


def _put_in() -> Work:
    key, name, amount = number_said("station"), words("name", 60), number_said("amount")
    until = _day(words("until", 10))

    def work(visitor: Visitor) -> Done:
        by = _by(visitor)
        medicine.put_in(looked_after(key, by), name, amount, until, by)
        return Done("medicine_put_in", {"name": name})

    return work


def _take_out() -> Work:
    key, batch = number_said("station"), number_said("batch")

    def work(visitor: Visitor) -> Done:
        by = _by(visitor)
        done = medicine.take_out(looked_after(key, by), batch, by)
        return Done("medicine_taken_out" if done else "medicine_gone_already", {})

    return work


def _keep() -> Work:
    key, caretaker = number_said("station"), words("caretaker", 30)
    estate = number_said("estate") or None
    known = labels("stations")
    said = Said(
        name=words("name", 60),
        kinds=[kind for kind in request.form.getlist("kind") if kind in known],
        address=words("address", keeping.ADDRESS_LIMIT),
        hours=words("hours", keeping.HOURS_LIMIT),
        point=_point(words("longitude", 20), words("latitude", 20)),
        estate_id=estate,
        active=words("active", 3) != "no",
    )

    def work(visitor: Visitor) -> Done:
        by = _by(visitor)
        who = person_called(caretaker, visitor.community_id) if caretaker else None
        written = said._replace(caretaker_id=who)
        if key:
            keeping.change(key, written, by)
        else:
            keeping.add(written, by)
        return Done("station_kept", {"name": said.name})

    return work


def _day(said: str) -> date:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        raise Invalid("day_wrong") from None
    if not 2000 <= day.year <= 2200:
        raise Invalid("day_wrong")
    return day


def _point(longitude: str, latitude: str) -> tuple[float, float] | None:
    if not longitude and not latitude:
        return None
    try:
        return float(longitude), float(latitude)
    except ValueError:
        raise Invalid("station_point") from None
