"""附近驿站: the nearest three with their hours and what is there now; what is broken in one tap (row 80)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from handlers.api.asking import Ask
from handlers.api.case_shapes import CaseShown, case_shown
from handlers.api.errors import Needed
from handlers.api.limits import REPORTS
from handlers.api.places import Latitude, Longitude, spot_of
from handlers.api.reports import SOURCES
from handlers.api.routes import Need, Route
from handlers.api.shapes import Asked, Id, Moment, Name, Shape, Text, maybe_clock
from handlers.words import labels, say
from models.base.clock import now
from models.base.orm import session
from models.base.signed_ids import signed_id
from models.consent import consents
from models.joins.station_faults import broken, found_broken
from models.joins.withdrawing import PLACE
from models.outbox.address import Channel
from models.person.living import homes_said
from models.place.gazetteer import town
from models.place.spot import NOWHERE
from models.place.stations import Near, StationPlace, nearest, stations
from models.station.medicine import Batch, there

TABLE = "stations"


class StationsAsked(Asked):
    """Where somebody stands (GCJ-02), or a place; else the home. `kind`: only those that have this thing."""

    lat: Latitude | None = None
    lng: Longitude | None = None
    place_id: Id | None = None
    kind: Name | None = None


class Thing(Shape):
    """Something of a station; `broken` since then."""

    code: str
    label: str
    broken: bool
    since: Moment | None


class MedicineShown(Shape):
    """What of it may still be used, the first to expire first."""

    name: str
    amount: int
    expires_on: date


class StationShown(Shape):
    """`hours` as they were written down; `open` now, null where nobody wrote them down; `changes_at`: when
    it opens or closes next. `metres` is null where a point is missing."""

    id: str
    name: str
    address: str | None
    hours: str | None
    open: bool | None
    changes_at: Moment | None
    lat: float | None
    lng: float | None
    metres: int | None
    items: list[Thing]
    medicines: list[MedicineShown]


class Stations(Shape):
    items: list[StationShown]


class Broken(Asked):
    """`item`: the code of a thing that the station has."""

    item: Name
    text: Text = ""


def near(ask: Ask, given: StationsAsked) -> Stations:
    """The nearest three, the open ones first, with what is there now."""
    point, community = _from(ask, given)
    kinds = frozenset({given.kind}) if given.kind is not None else frozenset()
    found = nearest(point, kinds, at=now(), community_id=community)
    keys = [one.station.id for one in found]
    faults, medicines = broken(keys), there(keys)
    return Stations(
        items=[
            _shown(
                one,
                {kind: fault.since for kind, fault in faults.get(one.station.id, {}).items()},
                medicines.get(one.station.id, ()),
            )
            for one in found
        ]
    )


def report(ask: Ask, given: Broken) -> CaseShown:
    """Something there is broken: a case in one tap; whoever finds the same thing joins it."""
    number = ask.number(TABLE)
    station = next((one for one in stations() if one.id == number), None)
    known = labels("stations")
    name, thing = (station.name if station else ""), str(known.get(given.item, {}).get("label", ""))
    words = say(
        "station_broken",
        station=name,
        address=station.address if station else None,
        thing=thing,
        words=given.text.strip(),
    )
    case, _ = found_broken(number, given.item, words, ask.by, source=SOURCES[Channel(ask.caller.way)])
    session().flush()
    return case_shown(case, ask.visitor)


def _from(ask: Ask, given: StationsAsked) -> tuple[tuple[float, float] | None, int | None]:
    """Where it is near to. Nothing of it is kept; still, of somebody who is known a precise place needs the
    consent (X02)."""
    if given.lat is not None and given.lng is not None:
        me = ask.caller.visitor
        if me is not None and not consents.is_given(me.person_id, PLACE):
            raise Needed("place_consent_needed", field="lat")
        return (given.lng, given.lat), None
    if given.place_id is not None:
        spot = spot_of(given.place_id)
    else:
        homes = homes_said(ask.me) if ask.caller.visitor is not None and ask.caller.has_consented else []
        spot = homes[-1].spot if homes else NOWHERE
    estate = town().estates.get(spot.estate_id) if spot.estate_id is not None else None
    if estate is None or estate.longitude is None or estate.latitude is None:
        return None, spot.community_id
    return (estate.longitude, estate.latitude), spot.community_id


def _shown(near: Near, faults: Mapping[str, datetime], medicines: Sequence[Batch]) -> StationShown:
    one: StationPlace = near.station
    opening = near.opening
    return StationShown(
        id=signed_id(TABLE, one.id),
        name=one.name,
        address=one.address,
        hours=one.hours,
        open=opening.is_open if opening is not None else None,
        changes_at=maybe_clock(opening.changes_at) if opening is not None else None,
        lat=one.point[1] if one.point is not None else None,
        lng=one.point[0] if one.point is not None else None,
        metres=near.metres,
        items=[
            Thing(
                code=kind,
                label=str(labels("stations")[kind]["label"]),
                broken=kind in faults,
                since=maybe_clock(faults.get(kind)),
            )
            for kind in one.kinds
        ],
        medicines=[
            MedicineShown(name=batch.name, amount=batch.amount, expires_on=batch.expires_on)
            for batch in medicines
            if not batch.is_over
        ],
    )


ROUTES = (
    Route("GET", "/stations", Need.ANYBODY, near, takes=StationsAsked, gives=Stations),
    Route(
        "POST",
        "/stations/<id>/broken",
        Need.PERSON,
        report,
        takes=Broken,
        gives=CaseShown,
        once=True,
        limit=REPORTS,
    ),
)
