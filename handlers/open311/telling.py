"""A case as GeoReport v2 writes it, and with `extensions` what the specification has no field for."""

from typing import Any

from handlers.open311 import services
from handlers.open311.moments import written
from handlers.wording.filters import label, link, place, span
from handlers.words import labels
from models.case.lifecycle import State
from models.partner.reading import Told
from models.place.datum import to_wgs
from models.place.gazetteer import town

DIGITS = 6  # of a degree: a decimetre


def told(one: Told, *, extended: bool) -> dict[str, Any]:
    """Needs a session, for the names of places."""
    longitude, latitude = _point(one)
    media = _pictures(one)
    found: dict[str, Any] = {
        "service_request_id": one.public_id,
        "status": one.status,
        "status_notes": _notes(one),
        "service_name": services.name_of(one.category),
        "service_code": one.category,
        "description": one.text,
        "agency_responsible": one.department or town().communities.get(one.community_id or 0),
        "service_notice": _notice(one.number) if one.number is not None else None,
        "requested_datetime": written(one.requested_at),
        "updated_datetime": written(one.updated_at),
        "expected_datetime": written(one.expected_at) if one.expected_at is not None else None,
        "address": _address(one),
        "address_id": one.address_id,
        "zipcode": None,
        "lat": latitude,
        "long": longitude,
        "media_url": media[0] if media else None,
    }
    if extended:
        found["extended_attributes"] = {
            "title": _words("title").format(place=_address(one), service=found["service_name"]),
            "state": str(one.state),
            "phase": label(one.state, "case_states"),
            "precision": "second" if one.is_own else "month",
            "days_waiting": one.days,
            "minutes_to_mend": one.minutes if one.status == "closed" else None,
            "photos": [{"media_url": each} for each in media],
        }
        notes = labels("open311")["notes"]
        found["notes"] = [
            {"datetime": written(each.at), "description": notes[each.what], "type": each.what}
            for each in one.moments
        ]
    return found


def taken(public_id: str, number: str, account_id: str | None) -> dict[str, Any]:
    """What a report is answered with."""
    return {"service_request_id": public_id, "service_notice": _notice(number), "account_id": account_id}


def _notice(number: str) -> str:
    return _words("service_notice").format(number=number)


def _notes(one: Told) -> str:
    words = labels("open311")["closed"]
    if one.state is State.VOID:
        return str(words["void"])
    if one.status == "closed":
        if one.is_own:
            return str(words["over"])
        if one.minutes is None:
            return str(words["mended_untimed"])
        return str(words["mended"]).format(minutes=span(one.minutes))
    if one.why is None:
        return label(one.state, "case_phases")
    until = _words("until").format(day=one.expected_at.date().isoformat()) if one.expected_at else ""
    return label(one.why, "board_waits") + until


def _address(one: Told) -> str:
    return place(one.estate, one.building, one.unit, one.floor, one.room)


def _point(one: Told) -> tuple[float | None, float | None]:
    if one.longitude is None or one.latitude is None:
        return None, None
    point = to_wgs(one.longitude, one.latitude)
    return round(point.longitude, DIGITS), round(point.latitude, DIGITS)


def _pictures(one: Told) -> list[str]:
    """Addresses at which the board shows them, until somebody takes them down."""
    return [link(f"/board/{one.community_id}/photo/{each}") for each in one.photos]


def _words(name: str) -> str:
    return str(labels("open311")[name])
