"""The bell of an emergency by itself. Who is rung, and by whom it may be stopped, is in emergency.py."""

from sqlalchemy import select

from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.case.tables import Alarm
from models.history import record


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
