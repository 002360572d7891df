"""What is broken in a station: one tap makes it a case, and it counts as broken until that case is dealt with
or whoever looks after the station says that it works (row 80)."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.orm import aliased

from models.base.actor import By
from models.base.clock import now
from models.base.orm import put, session
from models.base.refusals import Invalid, NotFound
from models.case import reach, reporting
from models.case.case import Case
from models.case.lifecycle import UNFINISHED
from models.case.tables import TEXT_LIMIT
from models.duty.answering import Answering
from models.duty.overseeing import decides
from models.history import record
from models.person.arriving import staff_of
from models.place.gazetteer import town
from models.place.spot import Spot
from models.place.stations import Station
from models.station.tables import StationFault

CATEGORY = "facility"


class Fault(NamedTuple):
    """Something that is broken now, and since when."""

    id: int
    case_id: int
    since: datetime


def broken(stations: Collection[int]) -> Mapping[int, Mapping[str, Fault]]:
    """Station → kind of thing → what is wrong with it; only what does not work now."""
    into = aliased(Case)
    state = func.coalesce(into.state, Case.state)  # of the one with which it is dealt with
    query = (
        select(StationFault)
        .join(Case, Case.id == StationFault.case_id)
        .outerjoin(into, into.id == Case.merged_into_id)
        .where(
            StationFault.station_id.in_(sorted(stations)),
            StationFault.works_at.is_(None),
            state.in_(sorted(UNFINISHED)),
        )
        .order_by(StationFault.id.desc())
    )
    found: dict[int, dict[str, Fault]] = {}
    for one in session().scalars(query):
        found.setdefault(one.station_id, {})[one.kind] = Fault(one.id, one.case_id, one.at)
    return found


def found_broken(station_id: int, kind: str, text: str, by: By, *, source: str) -> tuple[Case, bool]:
    """Files `text`, which names station and thing, for whoever looks after the station, else for whoever
    answers for its place. Who finds what is known to be broken joins that case. Gives the case, and whether
    it is new. Raises NotFound; Invalid: not_there_at_station, text_missing.
    """
    # two taps of different people: the second finds the first one's case
    query = select(Station).where(Station.id == station_id, Station.active).with_for_update()
    station = session().scalars(query).first()
    if station is None:
        raise NotFound("station_not_found")
    if kind not in station.kinds:
        raise Invalid("not_there_at_station", field="item")
    if not text.strip():
        raise Invalid("text_missing")
    known = broken([station_id]).get(station_id, {}).get(kind)
    if known is not None:
        case = reach.hold(reach.followed(session().get_one(Case, known.case_id)).id)
        if by.kind == "person" and by.id is not None and by.id not in case.concerned():
            case.join(by.id)
        return case, False
    spot = _spot(station)
    case_id, _ = reporting.report(
        text=text[:TEXT_LIMIT],
        category=CATEGORY,
        urgency="normal",
        spot=spot,
        source=source,
        by=by,
        reporter=by.id if by.kind == "person" else None,
        answers=_caretaker(station),
    )
    put(StationFault, station_id=station_id, kind=kind, case_id=case_id, at=now())
    return session().get_one(Case, case_id), True


def works_again(station_id: int, kind: str, by: By) -> bool:
    """Said by whoever looks after the station, or decides there. The case goes its own way: it says who mends
    what. False when nothing was broken. Raises NotFound."""
    station = looked_after(station_id, by)
    fault = broken([station.id]).get(station.id, {}).get(kind)
    if fault is None:
        return False
    session().execute(
        update(StationFault)
        .where(
            StationFault.station_id == station.id,
            StationFault.kind == kind,
            StationFault.works_at.is_(None),
        )
        .values(works_at=now(), works_by=by.id)
    )
    record(("station", station.id), "station_works", by=by, at=now(), kind=kind, case=fault.case_id)
    return True


def looked_after(station_id: int, by: By) -> Station:
    """The station, its row ours, for its caretaker and for who decides there. Raises NotFound."""
    station = session().scalars(select(Station).where(Station.id == station_id).with_for_update()).first()
    if station is None or not (by.id == station.caretaker_id or decides(by.id, station.community_id)):
        raise NotFound("station_not_found")
    return station


def _spot(station: Station) -> Spot:
    spot = town().spot_of_estate(station.estate_id) if station.estate_id is not None else None
    spot = spot or Spot(community_id=station.community_id)
    return replace(spot.at(station.longitude, station.latitude), how="said")


def _caretaker(station: Station) -> Answering | None:
    """Handed to them by the matter, not by its place; None where nobody with a post looks after it."""
    if station.caretaker_id is None or staff_of(station.caretaker_id) is None:
        return None
    return Answering("transfer", (station.caretaker_id,))
