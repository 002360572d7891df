"""Danger to life (row 103): the duty person rings, by every channel, again until somebody acknowledges; who
stands above hears it too when nobody does."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from models.base.actor import SYSTEM, By
from models.base.clock import now
from models.base.orm import put, session
from models.base.refusals import NotAllowed
from models.case import offering
from models.case.alarm import quiet, ring, rung, rung_about, rung_by
from models.case.case import Case
from models.case.tables import Alarm
from models.duty.answering import called_on
from models.duty.ladder import top
from models.duty.overseeing import decides_on
from models.history import record
from models.place.spot import Spot

MANY = 40  # rings: two hours at three minutes
AFTER_MANY = timedelta(hours=1)  # then only so often, because by then the way to them is not the phone
RINGS_EACH = 3  # on one rung before it rings on the next one as well


def raise_alarm(
    case_id: int, number_to_call: str, *, community_id: int | None, facts: dict[str, Any], every_minutes: int
) -> None:
    """Starts ringing at once."""
    at = now()
    put(
        Alarm,
        case_id=case_id,
        number_to_call=number_to_call,
        raised_at=at,
        rings=1,
        next_ring_at=at + timedelta(minutes=every_minutes),
    )
    record(("case", case_id), "alarm_raised", by=SYSTEM, at=at, call=number_to_call)
    people = rung_by(Spot(community_id=community_id))
    ring(case_id, 1, number_to_call, people, facts, at)


def ring_again(
    *, every_minutes: int, rings_each: int = RINGS_EACH, phone: Sequence[str] = (), limit: int = 20
) -> int:
    """Rings what nobody has acknowledged: after every `rings_each` rings one rung higher as well, up to the
    top. `phone`: the telephone's ways that are on ("sms", "call"), for whom it has rung before. Returns how
    many rang: the clock calls until it is 0."""
    at = now()
    query = (
        select(Alarm)
        .where(Alarm.acknowledged_at.is_(None), Alarm.next_ring_at <= at)
        .order_by(Alarm.next_ring_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    alarms = session().scalars(query).all()
    for alarm in alarms:
        case = session().get_one(Case, alarm.case_id)
        alarm.rings += 1
        # From now, not from the last time: after a standstill it rings once, not once for every turn missed.
        alarm.next_ring_at = at + max(
            timedelta(minutes=every_minutes), AFTER_MANY if alarm.rings > MANY else timedelta(0)
        )
        if (alarm.rings - 1) // rings_each > alarm.rung < top(case.community_id, at):
            alarm.rung += 1
            above = list(called_on(case, alarm.rung))
            record(case.about, "alarm_climbed", by=SYSTEM, at=at, rung=alarm.rung, to=above)
        people = rung_by(case, alarm.rung)
        ring(case.id, alarm.rings, alarm.number_to_call, people, case.facts(), at, phone)
    return len(alarms)


def acknowledge(case_id: int, person_id: int) -> bool:
    """Somebody on duty, or whose building it is, has heard it. False when it was quiet already."""
    case = session().get_one(Case, case_id)
    hears = person_id in rung_about(case_id, case) or decides_on(person_id, case)
    if not hears and case.taker_id != person_id and not offering.is_offered(case_id, person_id):
        raise NotAllowed("not_yours", number=case.number)
    return quiet(case_id, By.staff(person_id))


def called(case_id: int) -> str | None:
    """The number that was told to be called."""
    return session().execute(select(Alarm.number_to_call).where(Alarm.case_id == case_id)).scalar()


def rings_at(case_id: int) -> datetime | None:
    """When the next turn rings; None once somebody has acknowledged."""
    query = select(Alarm.next_ring_at).where(Alarm.case_id == case_id, Alarm.acknowledged_at.is_(None))
    return session().execute(query).scalar()


def ringing() -> Sequence[Alarm]:
    """What nobody has acknowledged, the oldest first."""
    return session().scalars(select(Alarm).where(Alarm.acknowledged_at.is_(None)).order_by(Alarm.id)).all()


def ringing_for(person_id: int) -> Sequence[Alarm]:
    """Those that this person is being rung about, the newest first."""
    return [
        alarm
        for alarm in reversed(ringing())
        if person_id in rung(session().get_one(Case, alarm.case_id), alarm.rung)
    ]
