"""Who has lost a duty keeps no case of it: what was offered to them or lies in their hands goes to whoever
answers there now (row 4). By an import, a hand-over, a re-cut, a term that ends, a post that is lost or a
leave.

One person at a time, so that whoever takes over gets one letter and not one for each case.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, or_, select, true

from models.base.clock import now
from models.base.links import personal_path
from models.base.orm import session
from models.case import offering
from models.case.case import Case
from models.case.lifecycle import State
from models.case.tables import Offer
from models.duty.answering import answerer, answering, still_answers
from models.duty.tables import Absence, Department, Keeper, RungHolder
from models.duty.terms import running
from models.outbox.door import tell
from models.outbox.letter import Lane
from models.person.tables import Grant, Staff

TAKEN_OVER, HANDED_OVER = "cases_taken_over", "cases_handed_over"
NAMED = 10  # numbers in a letter; the desk's page has all
MOST = 300  # cases in one transaction
_LOOKED_AT = 5000


class Held(NamedTuple):
    """A case that somebody was offered, or works on, in some role."""

    case_id: int
    person_id: int
    role: str
    working: bool


def pass_on_one() -> bool:
    """The cases of one person who has lost the duty for them. False when there is no such person."""
    at = now()
    lost: dict[int, set[int]] = {}  # person → cases
    for held in _doubtful(at):
        case, person = session().get_one(Case, held.case_id), held.person_id
        on_shift = held.role == "rung" and case.is_above(person)
        if not on_shift and not still_answers(case, held.role, person, working=held.working):
            lost.setdefault(person, set()).add(case.id)
    return any(_pass_on(person, sorted(cases)[:MOST], at) for person, cases in sorted(lost.items()))


def _pass_on(person: int, cases: Sequence[int], at: datetime) -> int:
    query = select(Case).where(Case.id.in_(cases), Case.state.in_((State.DISPATCHED, State.HANDLING)))
    held = query.order_by(Case.id).with_for_update(skip_locked=True).execution_options(populate_existing=True)
    told: dict[int, list[Case]] = {}
    passed = []
    for case in session().scalars(held):
        if case.taker_id != person and not offering.is_offered(case.id, person):
            continue  # somebody was faster
        answers = answering(case, case.category, except_for=offering.returned_by(case.id) | {person})
        for one in case.pass_on([person], answers):
            told.setdefault(one, []).append(case)
        passed.append(case)
    former = answerer(person)
    occasion = f"{person}/{at.isoformat()}"
    for one, theirs in told.items():
        _tell(TAKEN_OVER, one, theirs, occasion, former.name if former else None)
    if former is not None and passed:
        _tell(HANDED_OVER, person, passed, occasion, None)
    return len(passed)


def _tell(kind: str, person: int, cases: Sequence[Case], occasion: str, former: str | None) -> None:
    urgent = any(case.urgency != "normal" for case in cases)
    tell(
        kind,
        person,
        about=None,
        occasion=occasion,
        # a term or a leave begins at midnight, and what is not pressing waits for the morning
        lane=Lane.ANSWER if kind == TAKEN_OVER and urgent else Lane.NEWS,
        path=personal_path("desk", person),
        count=len(cases),
        numbers=[case.number for case in cases[:NAMED]],
        former=former,
        urgent=urgent,
    )


def _doubtful(at: datetime) -> list[Held]:
    """What somebody has who may have lost the duty for it. Looked for by the database, because there are few
    of them among many; whether it is so says the chain."""
    what = select(Offer.case_id, Offer.person_id, Offer.role)
    offered = what.join(Case, Case.id == Offer.case_id).where(
        Offer.ended_at.is_(None), Case.state == State.DISPATCHED, _may_be_lost(Offer.person_id, at)
    )
    by_taker = and_(Case.id == Offer.case_id, Case.taker_id == Offer.person_id)
    taken = what.join(Case, by_taker).where(
        Case.state == State.HANDLING, Offer.ended_how == "accepted", _may_be_lost(Offer.person_id, at)
    )
    return [
        Held(*row, working)
        for query, working in ((offered, False), (taken, True))
        for row in session().execute(query.order_by(Offer.person_id).limit(_LOOKED_AT))
    ]


def _may_be_lost(person: Any, at: datetime) -> ColumnElement[bool]:
    keeps = exists().where(
        Keeper.building_id == Case.building_id, Keeper.person_id == person, running(Keeper, at)
    )
    works = exists().where(
        RungHolder.rung == 0,
        RungHolder.person_id == person,
        running(RungHolder, at),
        or_(Case.grid_id.is_(None), RungHolder.grid_id == Case.grid_id),
    )
    away = exists().where(
        Absence.person_id == person, Absence.since <= at, or_(Absence.until.is_(None), Absence.until > at)
    )
    has_post = exists().where(Staff.person_id == person, Staff.active == true())
    stands = exists().where(
        RungHolder.rung > 0,
        RungHolder.person_id == person,
        running(RungHolder, at),
        RungHolder.grid_id == Case.grid_id,
    )
    was_granted = exists().where(Grant.person_id == person, Grant.until <= at)
    speaks = exists().where(Department.contact_id == person, Department.active == true())
    return or_(
        and_(Offer.role == "rung", ~stands),
        and_(Offer.role == "department", ~speaks),
        and_(Offer.role == "desk", was_granted),
        and_(Offer.role == "keeper", ~keeps),
        and_(Offer.role == "grid_worker", ~works),
        away,
        ~has_post,
    )
