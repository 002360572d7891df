"""吹哨 (row 3): one department leads, any number assist; each has a time to answer and a time to be there."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from models.base.actor import By
from models.base.clock import now
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed
from models.case.case import Case
from models.case.climbing import top
from models.case.deadlines import Place
from models.case.lifecycle import WORKING, State
from models.case.limits import URGENCIES, Limit
from models.duty.tables import Department
from models.history import record
from models.whistle import departments, telling
from models.whistle.reading import KIND
from models.whistle.rights import HEAD, may_blow, rung_of
from models.whistle.tables import Called, Whistle
from models.whistle.times import due_of, limit_of

TEXT, MOST, LONGEST = 1000, 10, timedelta(days=60)


def blow(
    case: Case,
    by: int,
    lead: int,
    assist: Sequence[int],
    text: str,
    urgency: str,
    *,
    answer_by: datetime | None = None,
    arrive_by: datetime | None = None,
) -> Whistle:
    """`lead`, `assist`: departments. Without `answer_by` and `arrive_by` the limits of the place count. The
    caller holds the case's row.

    Raises NotAllowed for who may not and for a case that is over; Invalid: words_needed, whistle_departments,
    whistle_called_already, whistle_times, calendar_missing.
    """
    if not may_blow(by, case):
        raise NotAllowed("whistle_not_yours", number=case.number)
    if State(case.state) not in WORKING:
        raise NotAllowed("case_over", number=case.number)
    text = text.strip()[:TEXT]
    if not text:
        raise Invalid("words_needed", number=case.number)
    wanted = _known(case, lead, assist)
    urgency = urgency if urgency in URGENCIES else case.urgency
    at = now()
    again, answer_due, arrive_due = _times(case, urgency, at, answer_by, arrive_by)
    # The desk has no rung of its own; it whistles as a grid head does, so that nobody above is skipped.
    rung = min(max(rung_of(by, case), HEAD), top(Place(case.community_id, case.grid_id), at))
    whistle_id = put(
        Whistle,
        case_id=case.id,
        community_id=case.community_id,
        grid_id=case.grid_id,
        text=text,
        urgency=urgency,
        by_id=by,
        blown_at=at,
        answer_due=answer_due,
        arrive_due=arrive_due,
        due_at=answer_due,
        rung=rung,
    )
    for one in wanted:
        put(Called, whistle_id=whistle_id, department_id=one.id, is_lead=one.id == lead)
    record(
        (KIND, whistle_id),
        "whistle_blown",
        by=By.staff(by),
        at=at,
        case=case.id,
        community=case.community_id,
        grid=case.grid_id,
        lead=lead,
        assist=[one.id for one in wanted[1:]],
        urgency=urgency,
        answer_due=answer_due.isoformat(),
        arrive_due=arrive_due.isoformat(),
        again={"amount": again.amount, "unit": again.unit},
        rung=rung,
    )
    called = [one.name for one in wanted]
    record(case.about, "whistled", by=By.staff(by), at=at, whistle=whistle_id, departments=called)
    whistle = session().get_one(Whistle, whistle_id)
    telling.tell_departments(whistle, telling.BLOWN, "blown", but=None)
    return whistle


def _times(
    case: Case, urgency: str, at: datetime, answer_by: datetime | None, arrive_by: datetime | None
) -> tuple[Limit, datetime, datetime]:
    """The time to answer, which every further rung has as well; when to answer; when to be there."""
    answer_due = answer_by or due_of(case, "whistle", urgency, at)
    arrive_due = arrive_by or max(answer_due, due_of(case, "arrive", urgency, at))
    if not at < answer_due <= arrive_due <= at + LONGEST:
        raise Invalid("whistle_times")
    return limit_of(case, "whistle", urgency, at), answer_due, arrive_due


def _known(case: Case, lead: int, assist: Sequence[int]) -> list[Department]:
    """The lead first. Raises Invalid."""
    known = {one.id: one for one in departments.active()}
    keys = list(dict.fromkeys((lead, *assist)))
    if len(keys) > MOST or any(key not in known for key in keys):
        raise Invalid("whistle_departments", most=MOST)
    running = (
        select(Called.department_id)
        .join(Whistle, Whistle.id == Called.whistle_id)
        .where(Whistle.case_id == case.id, Whistle.ended_at.is_(None), Called.department_id.in_(keys))
    )
    for key in session().scalars(running):
        raise Invalid("whistle_called_already", name=known[key].name, number=case.number)
    return [known[key] for key in keys]
