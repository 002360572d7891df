"""/console/today: what waits for this person and what turns red today, as the morning's letter says."""

from typing import Any

from flask import Response

from handlers.pages.access import Access, case_at
from handlers.pages.chain.acting import excel
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.front import Front, show
from handlers.wording.filters import label, moment, place
from handlers.words import labels
from models.base.checkdigit import with_check
from models.base.clock import now
from models.base.resources import table
from models.joins import morning
from models.joins.morning import Line, Waits
from models.person.arriving import Visitor


def shown(front: Front, access: Access) -> Response:
    with front.database.read():
        visitor = staff_of_link(access)
        facts = overview(visitor)
    return show("chain/today.html", access=access, page=facts)


def waiting(visitor: Visitor) -> int | None:
    """The page is everybody's; the desk itself says what waits for the own hands."""
    return 0


def as_excel(front: Front, access: Access) -> Response:
    """Every line, also those that the page leaves out."""
    with front.database.read():
        words = labels("appraisal_sheets")
        mine = _waits(staff_of_link(access))
        rows = [words["today_headings"], *(_row(one) for one in mine.most_urgent(len(mine.lines)))]
        return excel(front, access, words["today"], [(words["today"], rows)])


def overview(visitor: Visitor) -> dict[str, Any]:
    """For templates/pages/chain/today.html."""
    mine, most = _waits(visitor), table("rules/digests.toml")["morning"]["listed"]
    lines = mine.most_urgent(most)
    me = visitor.person_id
    return {
        "name": visitor.staff_name,
        "at": now(),
        "counts": mine.counts(),
        "is_nothing": mine.is_nothing,
        "own": [_line(one, me) for one in lines if one.own],
        "below": [_line(one, me) for one in lines if not one.own],
        "more": len(mine.lines) - len(lines),
    }


def _waits(visitor: Visitor) -> Waits:
    return morning.gathered(visitor.person_id)[visitor.person_id]


def _line(one: Line, me: int) -> dict[str, Any]:
    return one.facts() | {
        "path": case_at(one.case.id),
        "rung": one.case.rung,
        "urgency": one.case.urgency,
        "state": one.case.state,
    }


def _row(one: Line) -> list[Any]:
    case = one.case
    words = labels("appraisal_sheets")
    return [
        with_check(case.id),
        place(case.estate_name, case.building_name, case.unit_name),
        label(case.category, "categories"),
        moment(case.reported_at, "stamp"),
        moment(one.due, "stamp"),
        words["late"] if one.is_late else words["due_today"],
        case.rung,
        words["own"] if one.own else words["below"],
    ]
