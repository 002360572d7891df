"""What would climb up to a moment, and why, if nobody did anything until then."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import select

from models.base.orm import session
from models.case.case import Case
from models.case.climbing import rules, seen_of
from models.case.deadlines import lived
from models.duty.answering import answerer
from models.workdays import CalendarMissing

ROWS = 500  # cases read at a time


def foretold(until: datetime) -> Iterator[dict[str, Any]]:
    """Each climb, case by case, the first that is due first. Changes nothing."""
    query = select(Case).where(Case.due_at <= until).order_by(Case.due_at)
    for case in session().scalars(query.execution_options(yield_per=ROWS)):
        with suppress(CalendarMissing):
            life = lived(seen_of(case.id), rules())
            while climb := life.climb_before(until):
                yield {
                    "number": case.number,
                    "state": case.state,
                    "estate": case.estate_name,
                    "building": case.building_name,
                    "at": climb.at.isoformat(),
                    "rung": climb.rung,
                    "missed": [{"stage": one.stage, "due": one.due.isoformat()} for one in climb.missed],
                    "to": [found.name for one in climb.stood.people if (found := answerer(one))],
                    "how": climb.stood.how,
                }
