"""What the pages of whistles show: one whistle with its clocks, and what it wants of whoever looks."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from handlers.pages.access import case_at
from handlers.pages.story import staff_name
from handlers.wording.filters import moment, place
from handlers.wording.rows import in_a_row
from models.base.clock import now
from models.base.orm import session
from models.base.privacy import without_phones
from models.base.spreadsheet import Value
from models.case import reach
from models.case.case import Case
from models.history import Step, steps_about
from models.media.keeping import items_about
from models.person.arriving import Visitor
from models.whistle import departments
from models.whistle.counting import Figures, Share
from models.whistle.meetings import meetings
from models.whistle.reading import KIND, called_in
from models.whistle.rights import is_on_whistlers_side
from models.whistle.scoring import may_grade
from models.whistle.tables import Called, SiteMeeting, Whistle

SHOWN = ("report", "whistle")  # the purposes of photos that departments need to see


def line(whistle: Whistle, mine: frozenset[int], at: datetime) -> dict[str, Any]:
    """Of a list: where, what, who, and the clock that runs first. `mine`: departments of whoever looks."""
    case = session().get_one(Case, whistle.case_id)
    calls = called_in(whistle.id)
    known = departments.names(one.department_id for one in calls)
    shown = [_call(one, known, whistle, mine, at) for one in calls]
    return {
        "id": whistle.id,
        "number": case.number,
        "place": case.spot.facts(),
        "category": case.category,
        "urgency": whistle.urgency,
        "wanted": whistle.text,
        "who": staff_name(whistle.by_id),
        "blown_at": whistle.blown_at,
        "answer_due": whistle.answer_due,
        "arrive_due": whistle.arrive_due,
        "ended_at": whistle.ended_at,
        "how": whistle.ended_how,
        "result": whistle.result,
        "calls": shown,
        "late": whistle.ended_at is None and any(one["state"] == "silent_late" for one in shown),
    }


def whistle_row(one: dict[str, Any]) -> list[Value]:
    """A line of a list as cells."""
    lead = [call["name"] for call in one["calls"] if call["is_lead"]]
    others = [call["name"] for call in one["calls"] if not call["is_lead"]]
    answered = [call["name"] for call in one["calls"] if call["answered_at"] is not None]
    arrived = [call["name"] for call in one["calls"] if call["arrived_at"] is not None]
    place_said = place(one["place"]["estate"], one["place"]["building"], one["place"]["unit"])
    times = [moment(one[name], "stamp") for name in ("blown_at", "answer_due", "arrive_due", "ended_at")]
    several = [in_a_row(names) for names in (lead, others, answered, arrived)]
    return [one["number"], place_said, one["wanted"], one["who"], *several, *times, one["result"]]


def page(whistle: Whistle, visitor: Visitor) -> dict[str, Any]:
    """For templates/pages/chain/whistle.html."""
    me, at = visitor.person_id, now()
    mine = departments.spoken_for_by(me)
    case = session().get_one(Case, whistle.case_id)
    facts = line(whistle, mine, at)
    side, over = is_on_whistlers_side(me, whistle), whistle.ended_at is not None
    leads = any(one["mine"] and one["is_lead"] for one in facts["calls"])
    story = [_step(one) for one in steps_about(KIND, whistle.id)]
    sees_case = reach.maybe(case.number, visitor) is not None
    return facts | {
        "text": without_phones(case.text),
        "case_path": case_at(case.id) if sees_case else None,
        "meetings": [meeting_said(one) for one in meetings(case.id)],
        "photos": [
            {"id": one.public_id, "purpose": one.purpose}
            for one in items_about("case", case.id)
            if one.purpose in SHOWN and one.kind == "image" and one.state == "kept"
        ],
        "side": side,
        "may_end": not over and (side or leads),
        "may_call_off": not over and side,
        "may_justify": over and leads and whistle.was_justified is None and me != whistle.by_id,
        "may_grade": over and may_grade(me, whistle),
        "justified": whistle.was_justified,
        "justified_note": whistle.justified_note,
        "story": story,
        "climbed": any(one["what"] == "whistle_climbed" for one in story),
        "at": at,
    }


def meeting_said(one: SiteMeeting) -> dict[str, Any]:
    """A meeting as pages show it: residents too, so that it names no person."""
    return {
        "number": one.number,
        "starts_at": one.starts_at,
        "place": one.place,
        "who": one.who,
        "outcome": one.outcome,
        "held": one.held_at is not None,
    }


def figures_said(one: Figures) -> dict[str, Any]:
    return one._asdict()


def shares(counted: Iterable[tuple[str, Figures]]) -> list[dict[str, Any]]:
    """Rows of a table, those of whom most was asked first."""
    rows = [{"name": name, **figures_said(one)} for name, one in counted]
    return sorted(rows, key=lambda one: -Share(*one["answered"]).whole)


def _call(
    one: Called, known: dict[int, str], whistle: Whistle, mine: frozenset[int], at: datetime
) -> dict[str, Any]:
    return {
        "department": one.department_id,
        "name": known[one.department_id],
        "is_lead": one.is_lead,
        "mine": one.department_id in mine,
        "state": _state(one, whistle, at),
        "comes": one.comes,
        "reason": one.reason,
        "answered_at": one.answered_at,
        "answered_late": one.answered_at is not None and one.answered_at > whistle.answer_due,
        "arrived_at": one.arrived_at,
        "arrived_late": one.arrived_at is not None and one.arrived_at > whistle.arrive_due,
        "grade": one.grade,
    }


def _state(one: Called, whistle: Whistle, at: datetime) -> str:
    """silent | silent_late | comes | comes_late | not | here."""
    if one.arrived_at is not None:
        return "here"
    if one.comes is None:
        return "silent_late" if at > whistle.answer_due else "silent"
    if not one.comes:
        return "not"
    return "comes_late" if at > whistle.arrive_due else "comes"


def _step(step: Step) -> dict[str, Any]:
    facts = dict(step.facts)
    key = facts.pop("department", None)
    to = [name for one in facts.pop("to", []) if (name := staff_name(one))]
    silent = departments.names(facts.pop("silent", []))
    called = departments.names([facts["lead"], *facts["assist"]]) if step.what == "whistle_blown" else {}
    return facts | {
        "what": step.what,
        "at": step.at,
        "who": staff_name(step.by_id) if step.by_kind == "staff" else None,
        "department": departments.names([key]).get(key) if key is not None else None,
        "to": to,
        "silent": list(silent.values()),
        "called": list(called.values()),
    }
