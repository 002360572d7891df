"""The bell of an emergency by itself: who is rung, and how.

When it rings, and who may stop it, is in emergency.py.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from models.base.actor import SYSTEM, By
from models.base.checkdigit import with_check
from models.base.clock import now
from models.base.orm import session
from models.case.tables import Alarm
from models.duty.answering import called_on, duty_persons, everybody_on_duty
from models.duty.overseeing import Where
from models.history import record
from models.outbox.address import addresses_of
from models.outbox.door import tell, withdraw
from models.outbox.letter import Lane, Letter
from models.outbox.routing import BY_PHONE
from models.person.telephones import telephones

KIND = "case_emergency"
PHONE_LASTS = timedelta(minutes=30)  # a text that comes later than that wakes somebody for nothing
MOST_BY_PHONE = 10  # to one person about one alarm, because the day's budget is there for all


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
    withdraw(("case", case_id), KIND, via=BY_PHONE)
    return True


def wake(case_id: int) -> None:
    """What was made quiet rings again, with the next turn of the clock; nothing where it never rang."""
    alarm = alarm_of(case_id)
    if alarm is not None and alarm.acknowledged_at is not None:
        alarm.acknowledged_at = alarm.acknowledged_by = None
        alarm.next_ring_at = now()
        record(("case", case_id), "alarm_raised", by=SYSTEM, at=now(), call=alarm.number_to_call)


def tell_place(case_id: int, place: Where, facts: dict[str, Any]) -> None:
    """The place has become known: whoever is rung there hears it at once, not at the next turn."""
    alarm = alarm_of(case_id)
    if alarm is not None and alarm.acknowledged_at is None:
        alarm.rings += 1
        ring(case_id, alarm.rings, alarm.number_to_call, rung_by(place, alarm.rung), facts, now())


def ring(
    case_id: int,
    turn: int,
    number_to_call: str,
    people: Mapping[int, int],
    facts: dict[str, Any],
    at: datetime,
    phone: Sequence[str] = (),
) -> None:
    """The letters of one turn, by every channel that is alive. `people`: as `rung_by` gives them; `phone`:
    the telephone's ways that are on, for whoever was rung before (`_by_phone`)."""
    phoned = _by_phone(case_id, people, phone) if phone else {}
    for person, level in people.items():
        ways: list[str | None] = _channels(person) or [None]
        for channel in [*ways, phoned[person]] if person in phoned else ways:
            tell(
                KIND,
                person,
                about=("case", case_id),
                occasion=f"ring{turn}",
                lane=Lane.EMERGENCY,
                via=channel,
                not_after=at + PHONE_LASTS if channel in BY_PHONE else None,
                ring=turn,
                rung_at=at.isoformat(),
                call=number_to_call,
                level=level,
                **{**facts, "number": with_check(case_id)},
            )


def rung(place: Where, level: int = 0) -> tuple[int, ...]:
    """Who is on duty there and so many rungs above, and everybody on duty anywhere when no platform can reach
    one of those."""
    return tuple(rung_by(place, level))


def rung_by(place: Where, level: int = 0) -> dict[int, int]:
    """As `rung`, with how many rungs above those on duty each of them is called."""
    groups = [duty_persons(place.community_id), *(called_on(place, one) for one in range(1, level + 1))]
    if not any(_channels(person) for group in groups for person in group):
        groups.append(everybody_on_duty())
    found: dict[int, int] = {}
    for above, group in enumerate(groups):
        for person in group:
            found.setdefault(person, above)
    return found


def rung_about(case_id: int, place: Where) -> tuple[int, ...]:
    """Whom it rings now, however far it has climbed."""
    query = select(Alarm.rung).where(Alarm.case_id == case_id)
    return rung(place, session().execute(query).scalar() or 0)


def _by_phone(case_id: int, people: Collection[int], ways: Sequence[str]) -> Mapping[int, str]:
    """Who has been rung before and did not answer → by which of the telephone's ways too: by the first of
    them once, by the last from then on. Nobody's telephone is the first to ring."""
    having = telephones(people)
    query = (
        select(Letter.to_id, func.count(Letter.id).filter(Letter.via.in_(BY_PHONE)))
        .where(Letter.about_kind == "case", Letter.about_id == case_id, Letter.kind == KIND)
        .where(Letter.to_kind == "person", Letter.to_id.in_(having))
        .group_by(Letter.to_id)
    )
    rows = session().connection().execute(query)
    return {person: ways[min(times, len(ways) - 1)] for person, times in rows if times < MOST_BY_PHONE}


def _channels(person: int) -> list[str | None]:
    alive = (one.channel for one in addresses_of("person", person) if one.dead_reason is None)
    return list(dict.fromkeys(alive))
