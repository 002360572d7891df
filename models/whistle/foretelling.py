"""Whose silence would climb up to a moment, if nobody said anything until then."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import select

from models.base.checkdigit import with_check
from models.base.orm import session
from models.case.case import Case
from models.case.climbing import rules
from models.duty.answering import answerer
from models.history import steps_about
from models.whistle.departments import names
from models.whistle.reading import KIND
from models.whistle.reckoning import lived
from models.whistle.tables import Whistle
from models.workdays import CalendarMissing


def foretold(until: datetime) -> Iterator[dict[str, Any]]:
    """As models/case/foretelling.py says it of cases, with the whistle and who is silent. Changes nothing."""
    query = select(Whistle, Case).join(Case, Case.id == Whistle.case_id).where(Whistle.due_at <= until)
    for whistle, case in session().execute(query.order_by(Whistle.due_at, Whistle.id)):
        with suppress(CalendarMissing):
            life = lived(steps_about(KIND, whistle.id), rules())
            while climb := life.climb_before(until):
                person = climb.stood.people[:1]
                yield {
                    "number": with_check(case.id),
                    "state": case.state,
                    "estate": case.estate_name,
                    "building": case.building_name,
                    "at": climb.at.isoformat(),
                    "rung": climb.rung,
                    "missed": [{"stage": "whistle", "due": climb.at.isoformat()}],
                    "to": [found.name for one in person if (found := answerer(one))],
                    "how": climb.stood.how,
                    "whistle": whistle.id,
                    "silent": list(names(climb.silent).values()),
                }
