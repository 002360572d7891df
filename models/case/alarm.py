"""The bell of an emergency by itself: who is rung, and how.

When it rings, and who may stop it, is in emergency.py.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from models.base.actor import By
from models.base.checkdigit import with_check
from models.base.clock import now
from models.base.orm import session
from models.case.tables import Alarm
from models.duty.answering import Where, called_on, duty_persons, everybody_on_duty
from models.history import record
from models.outbox.address import addresses_of
from models.outbox.door import tell
from models.outbox.letter import Lane


def alarm_of(case_id: int) -> Alarm | None:
    """The alarm of a case, its row ours until the commit."""
    query = select(Alarm).where(Alarm.case_id == case_id).with_for_update()
    return session().scalars(query.execution_options(populate_existing=True)).first()


def quiet(case_id: int, by: By) -> bool:
    """Stops the ringing. False when it was quiet already or never rang."""
    alarm = alarm_of(case_id)
    if alarm is None or alarm.acknowledged_at is not None:
        return False
    alarm.acknowledged_at = now()
    alarm.acknowledged_by = by.id
    record(("case", case_id), "alarm_acknowledged", by=by, at=alarm.acknowledged_at)
    return True


def tell_place(case_id: int, place: Where, facts: dict[str, Any]) -> None:
    """The place has become known: whoever is rung there hears it at once, not at the next turn."""
    alarm = alarm_of(case_id)
    if alarm is not None and alarm.acknowledged_at is None:
        alarm.rings += 1
        ring(case_id, alarm.rings, alarm.number_to_call, rung(place, alarm.rung), facts, now(), alarm.rung)


def ring(
    case_id: int,
    turn: int,
    number_to_call: str,
    people: Iterable[int],
    facts: dict[str, Any],
    at: datetime,
    level: int = 0,
) -> None:
    """The letters of one turn, by every channel that is alive. `level`: how many rungs up it rings."""
    for person in people:
        for channel in _channels(person) or [None]:
            tell(
                "case_emergency",
                person,
                about=("case", case_id),
                occasion=f"ring{turn}",
                lane=Lane.EMERGENCY,
                via=channel,
                ring=turn,
                rung_at=at.isoformat(),
                call=number_to_call,
                level=level,
                **{**facts, "number": with_check(case_id)},
            )


def rung(place: Where, level: int = 0) -> tuple[int, ...]:
    """Who is on duty there and so many rungs above, and everybody on duty anywhere when no platform can reach
    one of those."""
    groups = (duty_persons(place.community_id), *(called_on(place, one) for one in range(1, level + 1)))
    people = tuple(dict.fromkeys(person for group in groups for person in group))
    if any(_channels(person) for person in people):
        return people
    return tuple(dict.fromkeys((*people, *everybody_on_duty())))


def rung_about(case_id: int, place: Where) -> tuple[int, ...]:
    """Whom it rings now, however far it has climbed."""
    query = select(Alarm.rung).where(Alarm.case_id == case_id)
    return rung(place, session().execute(query).scalar() or 0)


def _channels(person: int) -> list[str | None]:
    alive = (one.channel for one in addresses_of("person", person) if one.dead_reason is None)
    return list(dict.fromkeys(alive))
