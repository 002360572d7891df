"""交接 (row 22): a building changes its keeper, and its unit, when both sides have said yes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update

from models.base.actor import By
from models.base.clock import now
from models.base.links import personal_path
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.duty.overseeing import decides, watches
from models.duty.tables import Keeper
from models.duty.terms import running
from models.grid.tables import HandOver
from models.history import record
from models.outbox.door import tell, withdraw
from models.person.arriving import staff_of
from models.place.tables import Building
from models.place.version import raise_version

ASKED, ENDED = "hand_over_asked", "hand_over_ended"
KEEPERS_PAGE = "/chain/keepers"  # below the desk's link


def ask(building_id: int, to: int, by: By, note: str = "") -> HandOver:
    """By who gives, who takes, or the desk; who asks has said yes for the own side already. A building that
    nobody keeps needs the taker's yes alone.

    Raises NotFound, NotAllowed, Invalid.
    """
    building = session().get(Building, building_id, with_for_update=True)
    if building is None or not building.active:
        raise NotFound("no_such_building")
    community = building.estate.community_id
    taker = staff_of(to)
    if taker is None or not watches(taker.community_id, community):
        raise Invalid("keeper_not_there")
    keepers = keepers_of(building_id)
    if to in keepers:
        raise Invalid("keeps_it_already")
    if by.id not in (*keepers, to) and not decides(by.id, community):
        raise NotAllowed("hand_over_not_yours")
    if _open_of(building_id) is not None:
        raise NotAllowed("hand_over_open")
    giver = by.id if by.id in keepers else next(iter(keepers), None)
    at = now()
    one = HandOver(
        building_id=building_id,
        from_person_id=giver,
        from_unit=_unit(building, giver),
        to_person_id=to,
        to_unit=taker.employer,
        note=note.strip(),
        by_id=by.id,
        asked_at=at,
        given_at=at if giver is None or by.id == giver else None,
        taken_at=at if by.id == to else None,
    )
    session().add(one)
    session().flush()
    record(_about(one), "hand_over_asked", by=by, at=at, building=building_id, to=to, giver=giver)
    _go_on(one, by, at)
    return one


def agree(number: int, by: By) -> HandOver:
    """Yes of the one side that `by` is; the same again changes nothing. For a giver who is no member of staff
    any more the desk says it."""
    one = _held(number)
    if by.id == one.to_person_id:
        said, side = one.taken_at, "taken"
    elif by.id == one.from_person_id or _for_the_gone(one, by):
        said, side = one.given_at, "given"
    else:
        raise NotAllowed("hand_over_not_yours")
    if said is None:
        at = now()
        setattr(one, f"{side}_at", at)
        record(_about(one), f"hand_over_{side}", by=by, at=at)
        _go_on(one, by, at)
    return one


def refuse(number: int, by: By, reason: str) -> HandOver:
    """No of either side, with its reason."""
    one = _held(number)
    if by.id not in (one.to_person_id, one.from_person_id) and not _for_the_gone(one, by):
        raise NotAllowed("hand_over_not_yours")
    return _end(one, "refused", by, reason)


def withdraw_one(number: int, by: By, reason: str) -> HandOver:
    """By whoever asked for it, or the desk."""
    one = _held(number)
    if by.id != one.by_id and not decides(by.id, _community(one)):
        raise NotAllowed("hand_over_not_yours")
    return _end(one, "withdrawn", by, reason)


def waiting_for(person_id: int) -> Sequence[HandOver]:
    """Those that need this person's yes."""
    query = select(HandOver).where(
        HandOver.ended_at.is_(None),
        or_(
            (HandOver.to_person_id == person_id) & HandOver.taken_at.is_(None),
            (HandOver.from_person_id == person_id) & HandOver.given_at.is_(None),
        ),
    )
    return session().scalars(query.order_by(HandOver.id)).all()


def listed(buildings: Sequence[int] | None = None, *, only_open: bool = False) -> Sequence[HandOver]:
    """The newest first."""
    query = select(HandOver).order_by(HandOver.id.desc())
    if buildings is not None:
        query = query.where(HandOver.building_id.in_(buildings))
    if only_open:
        query = query.where(HandOver.ended_at.is_(None))
    return session().scalars(query.limit(500)).all()


def keepers_of(building_id: int) -> list[int]:
    query = select(Keeper.person_id).where(Keeper.building_id == building_id, running(Keeper, now()))
    return list(session().scalars(query.order_by(Keeper.id)))


def _held(number: int) -> HandOver:
    one = session().get(HandOver, number, with_for_update=True)
    if one is None:
        raise NotFound("hand_over_not_found", number=number)
    if one.ended_at is not None:
        raise NotAllowed("hand_over_over", number=number)
    return one


def _open_of(building_id: int) -> HandOver | None:
    query = select(HandOver).where(HandOver.building_id == building_id, HandOver.ended_at.is_(None))
    return session().scalars(query).first()


def _for_the_gone(one: HandOver, by: By) -> bool:
    """The desk speaks for a giver who has no post any more."""
    gone = one.from_person_id is not None and staff_of(one.from_person_id) is None
    return gone and decides(by.id, _community(one))


def _community(one: HandOver) -> int:
    return session().get_one(Building, one.building_id).estate.community_id


def _unit(building: Building, giver: int | None) -> str | None:
    staff = staff_of(giver) if giver is not None else None
    return building.keeper_unit or (staff.employer if staff is not None else None)


def _about(one: HandOver) -> tuple[str, int]:
    return ("hand_over", one.id)


def _go_on(one: HandOver, by: By, at: datetime) -> None:
    """Done when both have said yes; else whoever has not is asked."""
    if one.given_at is not None and one.taken_at is not None:
        if staff_of(one.to_person_id) is None:
            raise Invalid("keeper_not_there")
        _change_hands(one, at)
        _end(one, "done", by, "", at)
        return
    missing = one.from_person_id if one.given_at is None else one.to_person_id
    if missing is not None:
        tell(ASKED, missing, about=_about(one), occasion=f"asked{one.id}", **_facts(one, missing))


def _change_hands(one: HandOver, at: datetime) -> None:
    """From one unit to another the whole building goes; within a unit only who gives it leaves."""
    leaving = update(Keeper).where(Keeper.building_id == one.building_id, running(Keeper, at))
    if one.from_unit == one.to_unit:
        leaving = leaving.where(Keeper.person_id == one.from_person_id)
    session().execute(leaving.values(until=at), execution_options={"synchronize_session": False})
    session().add(Keeper(building_id=one.building_id, person_id=one.to_person_id, since=at))
    if one.to_unit:
        session().get_one(Building, one.building_id).keeper_unit = one.to_unit
    raise_version()


def _end(one: HandOver, how: str, by: By, reason: str, at: datetime | None = None) -> HandOver:
    reason = reason.strip()
    if how != "done" and not reason:
        raise Invalid("reason_needed")
    one.ended_at, one.ended_how = at or now(), how
    record(_about(one), f"hand_over_{how}", by=by, at=one.ended_at, reason=reason)
    withdraw(_about(one), ASKED)
    for person in dict.fromkeys((one.from_person_id, one.to_person_id, one.by_id)):
        if person is not None and person != by.id and staff_of(person) is not None:
            facts = _facts(one, person) | {"how": how, "reason": reason}
            tell(ENDED, person, about=_about(one), occasion=f"ended{one.id}", **facts)
    return one


def _facts(one: HandOver, reader: int) -> dict[str, Any]:
    building = session().get_one(Building, one.building_id)
    giver = staff_of(one.from_person_id) if one.from_person_id is not None else None
    taker = staff_of(one.to_person_id)
    return {
        "number": str(one.id),
        "estate": building.estate.name,
        "building": building.name,
        "giver": giver.name if giver is not None else None,
        "from_unit": one.from_unit,
        "taker": taker.name if taker is not None else None,
        "to_unit": one.to_unit,
        "note": one.note,
        "at": one.asked_at.isoformat(),
        "path": personal_path("desk", reader) + KEEPERS_PAGE,
    }
