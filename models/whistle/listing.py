"""Whistles as operators read them: the line of a list, and the whole."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from models.base.checkdigit import with_check
from models.base.orm import session
from models.duty.answering import answerer
from models.history import steps_about
from models.whistle.departments import names
from models.whistle.meetings import meetings
from models.whistle.reading import KIND, called_in
from models.whistle.tables import Whistle

ROWS = 500


def lines(*which: ColumnElement[bool], limit: int | None = None) -> Iterator[dict[str, Any]]:
    """In the order of their numbers."""
    query = select(Whistle).where(*which).order_by(Whistle.id).limit(limit)
    for whistle in session().scalars(query.execution_options(yield_per=ROWS)):
        yield line(whistle)


def line(whistle: Whistle) -> dict[str, Any]:
    """`departments`: the lead first, each silent | comes | not | here."""
    calls = called_in(whistle.id)
    known = names(one.department_id for one in calls)
    who = answerer(whistle.by_id)
    return {
        "number": whistle.id,
        "case": with_check(whistle.case_id),
        "state": whistle.ended_how or "running",
        "urgency": whistle.urgency,
        "by": who.name if who else None,
        "blown_at": whistle.blown_at.isoformat(),
        "answer_due": whistle.answer_due.isoformat(),
        "arrive_due": whistle.arrive_due.isoformat(),
        "rung": whistle.rung,
        "departments": [
            {
                "name": known[one.department_id],
                "lead": one.is_lead,
                "state": _state(one.comes, one.arrived_at),
                "reason": one.reason,
                "answered_at": _said(one.answered_at),
                "arrived_at": _said(one.arrived_at),
                "grade": one.grade,
            }
            for one in calls
        ],
    }


def whole(whistle: Whistle) -> dict[str, Any]:
    """With its words, both sides' marks, the meetings of its case and every step."""
    return {
        **line(whistle),
        "text": whistle.text,
        "ended_at": _said(whistle.ended_at),
        "result": whistle.result,
        "justified": whistle.was_justified,
        "justified_note": whistle.justified_note,
        "meetings": [
            {
                "number": one.number,
                "starts_at": one.starts_at.isoformat(),
                "place": one.place,
                "who": one.who,
                "outcome": one.outcome,
            }
            for one in meetings(whistle.case_id)
        ],
        "steps": [
            {"at": step.at.isoformat(), "what": step.what, "by": step.by_id, **step.facts}
            for step in steps_about(KIND, whistle.id)
        ],
    }


def _state(comes: bool | None, arrived_at: datetime | None) -> str:
    if arrived_at is not None:
        return "here"
    return "silent" if comes is None else "comes" if comes else "not"


def _said(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
