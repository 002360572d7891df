"""The codes on unit doors: issued once, printed as often as needed, revocable, replaced, counted (row 8)."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import ColumnElement, insert, select, update

from models.base.clock import now
from models.base.orm import public_id, session
from models.place.gazetteer import town
from models.place.tables import DoorCode


class Door(NamedTuple):
    """One printed code and the door it belongs to; `unit_name` is "" where a building has no units."""

    code: str
    building_id: int
    unit_name: str


_DOOR = (DoorCode.code, DoorCode.building_id, DoorCode.unit_name)


def scanned(code: str) -> Door | None:
    """The door behind a code, and one more scan counted. None when it was revoked or never issued."""
    row = session().execute(
        update(DoorCode)
        .where(DoorCode.code == code, DoorCode.revoked_at.is_(None))
        .values(scans=DoorCode.scans + 1)
        .returning(*_DOOR)
        .execution_options(synchronize_session=False)
    )
    found = row.first()
    return Door(*found) if found else None


def door_of(code: str) -> Door | None:
    """As `scanned`, counting nothing."""
    row = (
        session().execute(select(*_DOOR).where(DoorCode.code == code, DoorCode.revoked_at.is_(None))).first()
    )
    return Door(*row) if row else None


def taking_turns(code: str) -> None:
    """What happens at this door from now until the commit happens one after the other."""
    session().execute(select(DoorCode.id).where(DoorCode.code == code).with_for_update())


def scene_of(code: str) -> str | None:
    """What the platform gave for this door's scene: scanned in WeChat it opens the service account."""
    return session().scalars(select(DoorCode.scene_url).where(DoorCode.code == code)).first()


class Issued(NamedTuple):
    """A code that opens its door's page, with how often it was scanned."""

    code: str
    unit_name: str
    scans: int


def codes_of(building_id: int) -> list[Issued]:
    query = select(DoorCode.code, DoorCode.unit_name, DoorCode.scans)
    query = query.where(DoorCode.building_id == building_id, DoorCode.revoked_at.is_(None))
    return [Issued(*row) for row in session().execute(query.order_by(DoorCode.unit_name, DoorCode.id))]


def code_of_building(building_id: int) -> str | None:
    """One code that opens this building's page, for a picture in its group."""
    query = select(DoorCode.code).where(DoorCode.building_id == building_id, DoorCode.revoked_at.is_(None))
    return session().scalars(query.order_by(DoorCode.unit_name, DoorCode.id).limit(1)).first()


def issue(building_ids: Iterable[int], *, unit: str | None = None, replace: bool = False) -> list[Door]:
    """A code for every unit door of these buildings, in that order: the one it has, or a new one.

    With `unit` only for doors of that name. With `replace` every door gets a new code and the stickers that
    hang there open nothing any more.
    """
    places = town()
    wanted = [
        (building, name)
        for building in building_ids
        if building in places.buildings
        for name in places.buildings[building].units or ("",)
        if unit is None or name == unit
    ]
    if replace:
        for building, name in wanted:
            _revoke((DoorCode.building_id == building) & (DoorCode.unit_name == name))
    known: dict[tuple[int, str], Door] = {}
    for row in session().execute(select(*_DOOR).where(DoorCode.revoked_at.is_(None)).order_by(DoorCode.id)):
        known[row.building_id, row.unit_name] = Door(*row)
    at = now()
    new = {place: Door(public_id(), *place) for place in dict.fromkeys(wanted) if place not in known}
    if new:
        session().execute(insert(DoorCode), [{**door._asdict(), "issued_at": at} for door in new.values()])
    return [known.get(place) or new[place] for place in wanted]


def revoke(code: str) -> bool:
    """A sticker was lost or moved. False when it opened nothing before."""
    return _revoke(DoorCode.code == code) > 0


def _revoke(which: ColumnElement[bool]) -> int:
    statement = (
        update(DoorCode)
        .where(DoorCode.revoked_at.is_(None), which)
        .values(revoked_at=now())
        .returning(DoorCode.id)
        .execution_options(synchronize_session=False)
    )
    return len(session().execute(statement).all())
