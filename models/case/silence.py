"""事事有回音 (row 11): no open case sits longer than its limit without a message that its people can see.

What counts is what they were told by somebody: that it is taken, how far it is, a question, a day. What was
deferred is not silent before its day: its people were told which.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, or_, select

from models.base import ticks
from models.base.checkdigit import with_check
from models.base.clock import local, now
from models.base.orm import session
from models.case import offering
from models.case.case import Case
from models.case.deadlines import ANSWERS, add_limit
from models.case.lifecycle import UNFINISHED
from models.case.limits import Matter, limits
from models.duty.answering import desk_of
from models.history import Step
from models.outbox.door import tell
from models.outbox.letter import Lane
from models.place.tables import Community
from models.workdays import CalendarMissing, workdays

HEARD = ANSWERS | {"reported", "objected", "closed", "separated", "revived"}
ROWS = 500  # cases whose steps are looked at together
AT_DOORS = "visit"  # said by somebody who lives there, also where nobody noted who
NAMED = 10  # numbers in a letter; the page behind its link has them all


class Silent(NamedTuple):
    """A case whose people should have heard something at `due`; `heard` is when they did last."""

    case_id: int
    community_id: int | None
    taker_id: int | None
    heard: datetime
    due: datetime

    @property
    def number(self) -> str:
        return with_check(self.case_id)


def silent(*which: ColumnElement[bool]) -> Iterator[Silent]:
    """Those of now, by number. Must be empty every evening."""
    at, rows = now(), _open(which)
    for start in range(0, len(rows), ROWS):
        chunk = rows[start : start + ROWS]
        heard = _heard_at([row.id for row in chunk])
        for row in chunk:
            last = heard.get(row.id, row.reported_at)
            matter = Matter(row.community_id, row.category, row.urgency)
            limit = limits().of("silence", matter, local(last).date())
            try:
                due = add_limit(workdays(row.community_id), last, limit)
            except CalendarMissing:
                continue
            if due <= at:
                yield Silent(row.id, row.community_id, row.taker_id, last, due)


def tell_silent(after: int = 0) -> int:
    """Once a day: whoever has silent cases of the community after this number reads which. Gives its number,
    0 after the last."""
    query = select(Community.id).where(Community.id > after).order_by(Community.id).limit(1)
    community = session().scalars(query).first()
    mine = Case.community_id == community if community is not None else Case.community_id.is_(None)
    if community is None and after:
        return 0
    midnight = local(now()).replace(hour=0, minute=0, second=0, microsecond=0)
    if not ticks.take(f"silent cases {community or 0}", midnight):
        return community or 0
    by_person: dict[int, list[str]] = {}
    for one in silent(or_(mine, Case.community_id.is_(None)) if not after else mine):
        for person in _who_has(one):
            by_person.setdefault(person, []).append(one.number)
    for person, numbers in by_person.items():
        tell(
            "silent_cases",
            person,
            about=None,
            lane=Lane.NEWS,
            occasion=f"{midnight.date()}.{community or 0}",
            count=len(numbers),
            numbers=numbers[:NAMED],
        )
    return community or 0


def _who_has(one: Silent) -> Sequence[int]:
    if one.taker_id is not None:
        return (one.taker_id,)
    return offering.holders(one.case_id) or [desk.person_id for desk in desk_of(one.community_id)]


def _open(which: tuple[ColumnElement[bool], ...]) -> list[Any]:
    """All at once, put in order here, because the database would look through the closed ones by number."""
    columns = (Case.id, Case.community_id, Case.category, Case.urgency, Case.reported_at, Case.taker_id)
    query = select(*columns).where(
        *which,
        Case.state.in_(tuple(UNFINISHED)),
        Case.pause.is_distinct_from("deferred"),
        or_(Case.reporter_id.is_not(None), Case.caller_sealed.is_not(None), Case.source == AT_DOORS),
    )
    return sorted(session().execute(query).all(), key=lambda row: row.id)


def _heard_at(cases: list[int]) -> dict[int, datetime]:
    query = (
        select(Step.about_id, func.max(Step.at).label("at"))
        .where(Step.about_kind == "case", Step.about_id.in_(cases), Step.what.in_(HEARD))
        .group_by(Step.about_id)
    )
    return {row.about_id: row.at for row in session().execute(query)}
