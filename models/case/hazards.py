"""随手拍: what somebody found that was a hazard, and what became of it (row 5). A hazard is urgent by rule
(models/understanding/hazard.py), so what counts here is what was pressing, whoever reported it."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, case, func, or_, select

from models.base.orm import session
from models.case.case import Case
from models.case.lifecycle import State

PRESSING = ("urgent", "emergency")
MENDED = (State.CLOSED, State.RATED)


class Record(NamedTuple):
    """`mended` of the `found` were said to be mended and not contradicted: a nod, or silence after it was
    asked for."""

    found: int
    mended: int


def record_of(person_id: int) -> Record:
    """Of one person; what turned out to be nothing does not count."""
    mended = case((Case.state.in_(MENDED) & (Case.claim == "mended"), 1), else_=0)
    query = select(func.count(), func.coalesce(func.sum(mended), 0)).where(*_found_by(person_id))
    found, done = session().execute(query).one()
    return Record(found, int(done))


def found_by(person_id: int, *, before: int | None = None, limit: int = 20) -> Sequence[Case]:
    """Those cases, the newest first; those with a smaller id than `before`."""
    query = select(Case).where(*_found_by(person_id))
    if before is not None:
        query = query.where(Case.id < before)
    return session().scalars(query.order_by(Case.id.desc()).limit(limit)).all()


def _found_by(person_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        or_(Case.reporter_id == person_id, Case.proxy_id == person_id),
        Case.urgency.in_(PRESSING),
        Case.state != State.VOID,
    )
