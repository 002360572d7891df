"""A case begins: said by a resident, or entered by staff for somebody who called or came by."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from models.base.actor import By
from models.base.clock import now
from models.base.orm import public_id, put, session
from models.case import offering
from models.case.case import Case
from models.case.climbing import clock_facts, first_columns
from models.case.deadlines import Seen
from models.case.knowing import letter_facts
from models.case.lifecycle import State
from models.case.tables import WHOLE_LIMIT
from models.duty.answering import Answering
from models.history import record
from models.place.spot import Spot

# Columns that an insert without the unit of work must name itself.
_BLANK: dict[str, Any] = {"also": [], "urgency": "normal", "round": 1}


def report(
    *,
    text: str,
    category: str | None,
    urgency: str,
    spot: Spot,
    source: str,
    by: By,
    also: Sequence[str] = (),
    reporter: int | None = None,
    proxy: int | None = None,
    caller_sealed: str | None = None,
    at: datetime | None = None,
    answers: Answering | None = None,
) -> tuple[int, Answering]:
    """Files a case and offers it to whoever answers for its place, or to `answers` where the matter says who.
    Returns id and route."""
    at = at or now()
    answers = answers or offering.find(spot, category)
    known = clock_facts(spot.community_id, spot.grid_id, category, urgency)
    begun = [
        Seen("reported", at, by.kind, known),
        Seen("dispatched" if answers.people else "nobody_found", at, "system", {}),
    ]
    case_id = _insert(
        text=text,
        category=category,
        also=list(also),
        urgency=urgency,
        source=source,
        reporter_id=reporter,
        proxy_id=proxy,
        entered_by=by.id if by.kind == "staff" else None,
        caller_sealed=caller_sealed,
        reported_at=at,
        state=State.DISPATCHED if answers.people else State.FILED,
        route=answers.route,
        **spot.columns(),
        **first_columns(begun, at),
    )
    record(("case", case_id), "reported", by=by, at=at, source=source, **known)
    offering.offer(
        case_id,
        answers,
        facts=letter_facts(case_id, text, category, urgency, spot, at),
        at=at,
        occasion="1",
    )
    return case_id, answers


def is_reporter(public: str, person_id: int) -> bool:
    """Whether the case of this public id is what this person told, by whichever record at the time."""
    query = select(Case.id).where(Case.public_id == public, Case.reporter_id == person_id)
    return session().execute(query).first() is not None


def begin_on_the_spot(
    *, text: str, category: str | None, urgency: str, spot: Spot, by: By, reporter: int | None, source: str
) -> int:
    """A case of which its taker says in the same breath that it is solved: offered to nobody."""
    at = now()
    known = clock_facts(spot.community_id, spot.grid_id, category, urgency)
    case_id = _insert(
        text=text,
        category=category,
        urgency=urgency,
        source=source,
        reporter_id=reporter,
        entered_by=by.id,
        reported_at=at,
        state=State.FILED,
        route="spot",
        **spot.columns(),
        **first_columns([Seen("reported", at, by.kind, known)], at),
    )
    record(("case", case_id), "reported", by=by, at=at, source=source, **known)
    return case_id


def collect(
    *,
    text: str,
    category: str | None,
    urgency: str,
    spot: Spot,
    source: str,
    by: By | None = None,
    reporter: int | None,
    proxy: int | None = None,
    also: Sequence[str] = (),
    wait_minutes: int,
) -> int:
    """Keeps what was said while its place or matter is missing; the clock files it as it is.

    `by` is its reporter unless somebody else wrote it.
    """
    at = now()
    by = by or By("person", reporter)
    known = clock_facts(spot.community_id, spot.grid_id, category, urgency)
    case_id = _insert(
        text=text,
        category=category,
        also=list(also),
        urgency=urgency,
        source=source,
        reporter_id=reporter,
        proxy_id=proxy,
        entered_by=by.id if by.kind == "staff" and by.id != reporter else None,
        reported_at=at,
        state=State.COLLECTED,
        waits_until=at + timedelta(minutes=wait_minutes),
        **spot.columns(),
        **first_columns([Seen("reported", at, by.kind, known)], at),
    )
    record(("case", case_id), "reported", by=by, at=at, source=source, **known)
    return case_id


def _insert(*, text: str, **columns: Any) -> int:
    return put(Case, **{**_BLANK, "public_id": public_id(), "text": text[:WHOLE_LIMIT], **columns})
