"""An emergency that somebody heard and nobody took climbs: whoever stands there hears it by telephone too."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from models.base.clock import now
from models.base.orm import session
from models.case.alarm import PHONE_LASTS
from models.case.case import Case
from models.case.lifecycle import State
from models.case.tables import Alarm
from models.outbox.door import tell
from models.outbox.letter import Lane, Letter
from models.outbox.letter import State as Fate
from models.outbox.routing import BY_PHONE
from models.person.telephones import telephones

KIND = "case_climbed"
RECENT = timedelta(days=1)


def phone_climbs(*, every_minutes: int, phone: Sequence[str] = ()) -> int:
    """By text message when `every_minutes` have passed since the letter, by a call when they have passed once
    more; each once, while nobody has taken the case. `phone`: the ways that are on ("sms", "call"). Gives how
    many letters were written."""
    if not phone:
        return 0
    at, every = now(), timedelta(minutes=every_minutes)
    query = (
        select(Letter)
        .join(Case, Case.id == Letter.about_id)
        .join(Alarm, Alarm.case_id == Case.id)
        .where(Alarm.raised_at > at - RECENT, Alarm.acknowledged_at.is_not(None))
        .where(Case.state.in_((State.FILED, State.DISPATCHED)))
        .where(Letter.about_kind == "case", Letter.kind == KIND, Letter.lane == Lane.EMERGENCY)
        .where(Letter.via.is_(None), Letter.state != Fate.WITHDRAWN)
        .where(Letter.created_at <= at - every, Letter.created_at > at - PHONE_LASTS)
        .order_by(Letter.id)
        .with_for_update(of=Letter, skip_locked=True)
    )
    letters = session().scalars(query).all()
    having = telephones([one.to_id for one in letters])
    due = [one for one in letters if one.to_id in having and _times(one) < _turns(one, every, at, phone)]
    for letter in due:
        times = _times(letter)
        tell(
            KIND,
            letter.to_id,
            about=("case", letter.about_id or 0),
            occasion=f"{letter.id}/{times}",
            lane=Lane.EMERGENCY,
            not_after=at + PHONE_LASTS,
            via=phone[times],
            **letter.facts,
        )
    return len(due)


def _turns(letter: Letter, every: timedelta, at: datetime, phone: Sequence[str]) -> int:
    """How many of the ways should have been used by now."""
    return min(len(phone), int((at - letter.created_at) / every))


def _times(letter: Letter) -> int:
    query = select(func.count(Letter.id)).where(
        Letter.about_kind == "case",
        Letter.about_id == letter.about_id,
        Letter.kind == KIND,
        Letter.to_kind == letter.to_kind,
        Letter.to_id == letter.to_id,
        Letter.via.in_(BY_PHONE),
        Letter.created_at > letter.created_at,
    )
    return session().execute(query).scalar_one()
