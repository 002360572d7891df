"""What waits for one person now, in the order in which it turns red: the lines of the morning's page first,
then what else is in these hands (row 1)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from models.base.clock import now
from models.case import reach
from models.case.case import Case
from models.case.lifecycle import State
from models.joins import morning
from models.joins.morning import Open

AT_ONCE = 200


class Line(NamedTuple):
    """`why`: a code of templates/labels/work_why.toml; `turns_red_at` None while its limits stand still."""

    case_id: int
    why: str
    turns_red_at: datetime | None
    is_late: bool
    own: bool


class Waiting(NamedTuple):
    """`counts` as the morning's letter has them."""

    lines: list[Line]
    counts: Mapping[str, Any]


def waiting(person_id: int) -> Waiting:
    """The own work, with the longest overdue first; then what is late or turns red today below."""
    mine = morning.gathered(person_id)[person_id]
    urgent = [_urgent(one) for one in mine.most_urgent(len(mine.lines))]
    known = {one.case_id for one in urgent}
    cases = [*reach.offered_to(person_id, AT_ONCE), *reach.held_by(person_id, AT_ONCE)]
    rest = [_line(_open(case)) for case in cases if case.id not in known]
    rest.sort(key=lambda one: (one.turns_red_at is None, one.turns_red_at or now(), one.case_id))
    own, below = [one for one in urgent if one.own], [one for one in urgent if not one.own]
    return Waiting([*own, *rest, *below], mine.counts())


def _urgent(one: morning.Line) -> Line:
    is_taken = one.case.state == State.HANDLING
    if one.own:
        why = (
            ("held" if is_taken else "offered") if not one.is_late else "late" if is_taken else "offered_late"
        )
    else:
        why = "below_late" if one.is_late else "below"
    return Line(one.case.id, why, one.due, one.is_late, one.own)


def _line(case: Open) -> Line:
    why = "held" if case.state == State.HANDLING else "offered"
    return Line(case.id, why, morning.next_due(case), morning.is_late(case, now()), True)


def _open(case: Case) -> Open:
    return Open._make(getattr(case, name) for name in Open._fields)
