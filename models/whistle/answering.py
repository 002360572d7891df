"""应哨: a department says whether it comes, and both sides note when it was there."""

from datetime import datetime, timedelta

from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed
from models.duty.tables import Department
from models.history import record
from models.outbox.door import withdraw
from models.whistle import climbing, telling
from models.whistle.blowing import TEXT
from models.whistle.departments import spoken_for_by
from models.whistle.reading import KIND, called_in, called_one, hold
from models.whistle.rights import is_on_whistlers_side, whistlers
from models.whistle.tables import Called, Whistle

SLACK = timedelta(minutes=5)  # a telephone's clock may be ahead of ours


def answer(whistle_id: int, department_id: int, by: int, comes: bool, reason: str = "") -> bool:
    """应 or 不应. The first answer is the one that counts as in time; the last one is what holds, until
    somebody is there. False when just that was said before.

    Raises NotAllowed for who does not speak for the department, when it is over, or after the arrival;
    Invalid: reason_needed for a no.
    """
    whistle = hold(whistle_id)
    called = called_one(whistle_id, department_id)
    if department_id not in spoken_for_by(by):
        raise NotAllowed("whistle_not_called")
    reason = "" if comes else reason.strip()[:TEXT]
    if called.comes == comes and (comes or not reason or called.reason == reason):
        return False
    if whistle.ended_at is not None or called.arrived_at is not None:
        raise NotAllowed("whistle_over")
    if not comes and not reason:
        raise Invalid("reason_needed")
    _answered(whistle, called, By.staff(by), comes, reason)
    return True


def arrive(whistle_id: int, department_id: int, by: int, at: datetime | None = None) -> bool:
    """到场: noted by the department, as of now, or by the whistler's side, as of a moment that they name. Who
    comes without a word has answered by coming. False when it was noted before.

    Raises NotAllowed; Invalid: whistle_arrival for a moment before the whistle or to come.
    """
    whistle = hold(whistle_id)
    called = called_one(whistle_id, department_id)
    is_theirs, mine = is_on_whistlers_side(by, whistle), department_id in spoken_for_by(by)
    if not mine and not is_theirs:
        raise NotAllowed("whistle_not_yours")
    if called.arrived_at is not None:
        return False
    if whistle.ended_at is not None:
        raise NotAllowed("whistle_over")
    noted = now()
    at = at if at is not None and not mine else noted  # nobody dates the own arrival back
    if not whistle.blown_at.replace(second=0, microsecond=0) <= at <= noted + SLACK:
        raise Invalid("whistle_arrival")
    if not called.comes:
        _answered(whistle, called, By.staff(by), True, "")
    called.arrived_at, called.arrived_by = max(at, whistle.blown_at), by
    department = session().get_one(Department, department_id)
    moment = called.arrived_at.isoformat()
    record(
        (KIND, whistle_id),
        "whistle_arrived",
        by=By.staff(by),
        at=noted,
        department=department_id,
        arrived=moment,
    )
    record(
        ("case", whistle.case_id),
        "department_came",
        by=By.staff(by),
        at=noted,
        whistle=whistle_id,
        department=department.name,
    )
    return True


def _answered(whistle: Whistle, called: Called, by: By, comes: bool, reason: str) -> None:
    at = now()
    climbing.catch_up(whistle, at)  # nobody answers past a time that ran out before
    step = record(
        (KIND, whistle.id),
        "whistle_answered",
        by=by,
        at=at,
        department=called.department_id,
        comes=comes,
        reason=reason or None,
    )
    called.comes, called.reason = comes, reason or None
    if called.answered_at is None:
        called.answered_at, called.answered_by = at, by.id
    session().flush()
    climbing.reckon(whistle)
    if all(one.answered_at is not None for one in called_in(whistle.id)):
        withdraw((KIND, whistle.id), telling.CLIMBED)
    name = session().get_one(Department, called.department_id).name
    more = {"department": name, "comes": comes, "reason": reason or None}
    for person in whistlers(whistle):
        if person != by.id:
            telling.tell_one(whistle, telling.ANSWERED, person, str(step), **more)
