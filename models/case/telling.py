"""A case as others read it: the line of a list, and the whole story."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, select

from models.base.checkdigit import with_check
from models.base.orm import session
from models.base.privacy import without_phones
from models.case import offering
from models.case.caller import Caller, caller_of
from models.case.case import Case
from models.case.secrecy import facts_told
from models.case.timing import times
from models.duty.answering import answerer
from models.history import steps_about
from models.outbox.letter import Letter
from models.person.tables import Person

ROWS = 500  # read at a time: a list of a million cases streams


def lines(*which: ColumnElement[bool], limit: int | None = None) -> Iterator[dict[str, Any]]:
    """Cases in the order of their numbers, as `hemei case list` prints them."""
    query = select(Case).where(*which).order_by(Case.id).limit(limit).execution_options(yield_per=ROWS)
    for case in session().scalars(query):
        yield line(case)


def line(case: Case) -> dict[str, Any]:
    return {
        "number": case.number,
        "state": case.state,
        "estate": case.estate_name,
        "building": case.building_name,
        "unit": case.unit_name,
        "category": case.category,
        "urgency": case.urgency,
        "text": without_phones(case.text),
        "reported_at": case.reported_at.isoformat(),
    }


def whole(case: Case) -> dict[str, Any]:
    """With who reported it (masked), who answers for it, what is due when, how long it took until it was safe
    and until it was mended, every step and every letter."""
    steps = steps_about("case", case.id)
    taken = times(steps, case.reported_at)
    return {
        **line(case),
        "floor": case.floor,
        "room": case.room,
        "source": case.source,
        "round": case.round,
        "claim": case.claim,
        "close_kind": case.close_kind,
        "solved_level": case.solved_level,
        "merged_into": with_check(case.merged_into_id) if case.merged_into_id is not None else None,
        "reporter": _reporter(case),
        "responsible": _responsible(case),
        "finish_due": case.finish_due.isoformat() if case.finish_due else None,
        "due_stage": case.due_stage,
        "due_at": case.due_at.isoformat() if case.due_at else None,
        "pause": case.pause,
        "rung": case.rung,
        "minutes_to_safe": taken.to_safe,
        "minutes_to_mend": taken.to_mend,
        "steps": [
            {
                "at": step.at.isoformat(),
                "what": step.what,
                "by": _by(step.by_kind, step.by_id),
                **facts_told(step),
            }
            for step in steps
        ],
        "letters": [
            {
                "id": letter.id,
                "kind": letter.kind,
                "to": _to(letter),
                "channel": letter.channel,
                "state": letter.state,
                "reason": letter.reason,
                "created_at": letter.created_at.isoformat(),
                "sent_at": letter.sent_at.isoformat() if letter.sent_at else None,
            }
            for letter in session().scalars(
                select(Letter)
                .where(Letter.about_kind == "case", Letter.about_id == case.id)
                .order_by(Letter.id)
            )
        ],
    }


def _reporter(case: Case) -> dict[str, Any] | None:
    if case.caller_sealed is not None:
        caller = (caller_of(case) or Caller("", "")).masked()
        return {"kind": "caller", "name": caller.name or None, "phone": caller.phone or None}
    if case.reporter_id is None:
        return None
    person = session().get_one(Person, case.reporter_id)
    staff = answerer(person.id)
    return {
        "kind": "staff" if staff else "resident",
        "id": person.public_id,
        "name": staff.name if staff else None,
    }


def _responsible(case: Case) -> dict[str, Any]:
    taker = answerer(case.taker_id) if case.taker_id else None
    offered = [found.name for person in offering.holders(case.id) if (found := answerer(person))]
    return {"route": case.route, "taker": taker.name if taker else None, "offered": offered}


def _by(kind: str, key: int | None) -> str:
    staff = answerer(key) if key is not None else None
    return staff.name if staff is not None and kind == "staff" else kind


def _to(letter: Letter) -> str:
    if letter.to_kind != "person":
        return letter.to_kind
    staff = answerer(letter.to_id)
    return staff.name if staff else "resident"
