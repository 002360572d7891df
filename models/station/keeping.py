"""A station as its community's desk writes it down (row 80); the workbook writes the same columns."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import or_, select, true

from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.base.resources import table
from models.duty.overseeing import decides
from models.history import record
from models.person.arriving import staff_of
from models.place.gazetteer import town
from models.place.hours import Hours
from models.place.stations import Station
from models.place.version import raise_version

KINDS = "labels/stations.toml"
NAME_LIMIT, ADDRESS_LIMIT, HOURS_LIMIT = 40, 60, 80
EAST, NORTH = (73.0, 136.0), (3.0, 54.0)  # China's


class Said(NamedTuple):
    """What is written down; `point` is (longitude, latitude), GCJ-02."""

    name: str
    kinds: Sequence[str] = ()
    address: str = ""
    hours: str = ""
    point: tuple[float, float] | None = None
    estate_id: int | None = None
    caretaker_id: int | None = None
    active: bool = True


def add(said: Said, by: By) -> int:
    """A new one, of the community of its estate. Raises Invalid: place_missing without an estate."""
    estate = town().estates.get(said.estate_id) if said.estate_id is not None else None
    if estate is None:
        raise Invalid("place_missing")
    if not decides(by.id, estate.community_id):
        raise NotFound("station_not_found")
    station = Station(community_id=estate.community_id, name="")
    return _write(station, said, by, "station_added")


def change(station_id: int, said: Said, by: By) -> int:
    """By who decides there. Raises NotFound; Invalid: station_name, station_hours, station_point,
    not_possible; NotAllowed: station_twice."""
    station = session().scalars(select(Station).where(Station.id == station_id).with_for_update()).first()
    if station is None or not decides(by.id, station.community_id):
        raise NotFound("station_not_found")
    return _write(station, said, by, "station_changed")


def seen_by(communities: Collection[int] | None, person_id: int) -> Sequence[Station]:
    """Those of these communities (None: all) and those that this person looks after, in use first."""
    there = true() if communities is None else Station.community_id.in_(sorted(communities))
    query = select(Station).where(or_(there, Station.caretaker_id == person_id))
    return session().scalars(query.order_by(Station.active.desc(), Station.community_id, Station.id)).all()


def looks_after_any(person_id: int) -> bool:
    query = select(Station.id).where(Station.caretaker_id == person_id, Station.active).limit(1)
    return session().execute(query).first() is not None


def _write(station: Station, said: Said, by: By, what: str) -> int:
    name, hours, address = said.name.strip(), said.hours.strip(), said.address.strip()
    if not name or len(name) > NAME_LIMIT:
        raise Invalid("station_name")
    if hours and (len(hours) > HOURS_LIMIT or Hours.read(hours) is None):
        raise Invalid("station_hours")
    known = table(KINDS)
    if any(kind not in known for kind in said.kinds):
        raise Invalid("not_possible")
    if said.point is not None and not _in_china(said.point):
        raise Invalid("station_point")
    estate = town().estates.get(said.estate_id) if said.estate_id is not None else None
    if said.estate_id is not None and (estate is None or estate.community_id != station.community_id):
        raise Invalid("place_missing")
    if said.caretaker_id is not None and staff_of(said.caretaker_id) is None:
        raise Invalid("keeper_unclear")
    same = select(Station.id).where(Station.community_id == station.community_id, Station.name == name)
    if any(key != station.id for key in session().scalars(same)):
        raise NotAllowed("station_twice", name=name)
    station.name, station.hours, station.address = name, hours or None, address[:ADDRESS_LIMIT] or None
    station.kinds = [kind for kind in known if kind in said.kinds]
    station.longitude, station.latitude = said.point or (None, None)
    station.estate_id, station.caretaker_id = said.estate_id, said.caretaker_id
    station.active = said.active
    session().add(station)
    session().flush()
    record(("station", station.id), what, by=by, at=now(), name=name, active=said.active)
    raise_version()
    return station.id


def _in_china(point: tuple[float, float]) -> bool:
    longitude, latitude = point
    return EAST[0] <= longitude <= EAST[1] and NORTH[0] <= latitude <= NORTH[1]
