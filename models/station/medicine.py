"""The medicine of a station, batch by batch: what is there, until when, and what is to be replaced."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, or_, select, update

from models.base.actor import By
from models.base.clock import local, now
from models.base.links import personal_path
from models.base.orm import session
from models.base.refusals import Invalid, NotFound
from models.base.resources import table
from models.duty.overseeing import deciding_here
from models.history import record
from models.outbox.door import tell
from models.outbox.letter import Lane
from models.person.arriving import staff_of
from models.place.stations import Station
from models.place.tables import Community
from models.station.tables import StationMedicine

KIND = "station_medicine"
NAME_LIMIT, MOST = 40, 999
AT_ONCE = 20


class Batch(NamedTuple):
    """`days`: until its last day, below nothing once it is over. `is_near`: it is to be replaced."""

    id: int
    station_id: int
    name: str
    amount: int
    expires_on: date
    days: int
    is_near: bool

    @property
    def is_over(self) -> bool:
        return self.days < 0


def near_days() -> int:
    return int(table("rules/stations.toml")["near_days"])


def there(stations: Collection[int]) -> Mapping[int, Sequence[Batch]]:
    """Station → its batches, the first to expire first."""
    today = local(now()).date()
    query = (
        select(StationMedicine)
        .where(StationMedicine.station_id.in_(sorted(stations)), StationMedicine.gone_at.is_(None))
        .order_by(StationMedicine.expires_on, StationMedicine.id)
    )
    found: dict[int, list[Batch]] = {}
    for one in session().scalars(query):
        found.setdefault(one.station_id, []).append(_batch(one, today))
    return found


def put_in(station: Station, name: str, amount: int, expires_on: date, by: By) -> int:
    """A batch; of one that is there already, how much is left. Raises Invalid: medicine_name,
    medicine_amount."""
    name = name.strip()
    if not name or len(name) > NAME_LIMIT:
        raise Invalid("medicine_name")
    if not 1 <= amount <= MOST:
        raise Invalid("medicine_amount", limit=MOST)
    query = select(StationMedicine).where(
        StationMedicine.station_id == station.id,
        StationMedicine.name == name,
        StationMedicine.expires_on == expires_on,
    )
    batch = session().scalars(query.with_for_update()).first()
    if batch is None:
        batch = StationMedicine(station_id=station.id, name=name, expires_on=expires_on)
        session().add(batch)
    batch.amount, batch.by_id, batch.at, batch.gone_at = amount, by.id, now(), None
    session().flush()
    facts = {"name": name, "amount": amount, "expires_on": expires_on.isoformat()}
    record(("station", station.id), "medicine_put_in", by=by, at=now(), **facts)
    return batch.id


def take_out(station: Station, batch_id: int, by: By) -> bool:
    """It is used up or thrown away. False when it was gone already. Raises NotFound."""
    query = select(StationMedicine).where(
        StationMedicine.id == batch_id, StationMedicine.station_id == station.id
    )
    batch = session().scalars(query.with_for_update()).first()
    if batch is None:
        raise NotFound("medicine_not_found")
    if batch.gone_at is not None:
        return False
    batch.gone_at = now()
    record(("station", station.id), "medicine_taken_out", by=by, at=now(), name=batch.name)
    return True


def tell_of_some() -> bool:
    """Whoever looks after a station, else its community's desk, hears what nears its last day, and once more
    when that is over. False when nobody has to hear anything."""
    today = local(now()).date()
    query = (
        select(StationMedicine.station_id)
        .join(Station, Station.id == StationMedicine.station_id)
        .where(*_untold(today), Station.active)
        .distinct()
        .limit(AT_ONCE)
    )
    stations = session().scalars(query).all()
    for key in stations:
        _tell(key, today)
    return bool(stations)


def _tell(station_id: int, today: date) -> None:
    # because two clocks may come at once
    station = session().scalars(select(Station).where(Station.id == station_id).with_for_update()).one()
    due = session().scalars(
        select(StationMedicine).where(StationMedicine.station_id == station_id, *_untold(today))
    )
    keys = {one.id for one in due}
    near = [one for one in there([station_id]).get(station_id, ()) if one.is_near]
    if not keys or not near:
        return
    mine = station.caretaker_id is not None and staff_of(station.caretaker_id) is not None
    people = [station.caretaker_id] if mine else deciding_here(station.community_id)
    for person in people:
        assert person is not None
        tell(
            KIND,
            person,
            about=("station", station_id),
            occasion=f"{today.isoformat()}/{max(keys)}",
            lane=Lane.NEWS,
            path=f"{personal_path('desk', person)}/stations",
            station=station.name,
            community=session().get_one(Community, station.community_id).name,
            address=station.address,
            medicines=[_facts(one) for one in near],
        )
    session().execute(
        update(StationMedicine).where(StationMedicine.id.in_(keys)).values(told_on=today),
        execution_options={"synchronize_session": False},
    )


def _untold(today: date) -> tuple[ColumnElement[bool], ...]:
    near = date.fromordinal(today.toordinal() + near_days())
    fresh = StationMedicine.told_on.is_(None) & (StationMedicine.expires_on <= near)
    over = (StationMedicine.expires_on < today) & (StationMedicine.told_on <= StationMedicine.expires_on)
    return (StationMedicine.gone_at.is_(None), or_(fresh, over))


def _facts(one: Batch) -> dict[str, object]:
    return {"name": one.name, "amount": one.amount, "until": one.expires_on.isoformat(), "days": one.days}


def _batch(one: StationMedicine, today: date) -> Batch:
    days = (one.expires_on - today).days
    return Batch(one.id, one.station_id, one.name, one.amount, one.expires_on, days, days <= near_days())
