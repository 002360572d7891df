"""/console/whistles: what waits for a department, whom one has called and how far they are, both sides'
figures."""

from itertools import chain
from typing import Any

from flask import Response
from sqlalchemy import ColumnElement, and_, exists, or_, select

from handlers.pages.access import Access
from handlers.pages.audit.masks import masked_place
from handlers.pages.chain.acting import excel
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.chain.whistle_facts import figures_said, line, shares, whistle_row
from handlers.pages.front import Front, show
from handlers.pages.story import staff_name
from handlers.words import labels
from models.base.clock import ago, local, now
from models.base.orm import session
from models.base.refusals import NotFound
from models.case.case import Case
from models.duty.ladder import subtree
from models.duty.overseeing import DECIDING, OVERSEEING
from models.person.arriving import Visitor
from models.whistle import counting, departments, referring, scoring
from models.whistle.rights import HEAD
from models.whistle.tables import Called, Referral, Whistle

MARK_DAYS = 30  # so long after its end both sides are asked for their marks
LISTED = 50


def shown(front: Front, access: Access) -> Response:
    with front.database.read():
        facts = overview(_visitor(access))
    return show("chain/whistles.html", access=access, whistles=facts)


def waiting(visitor: Visitor) -> int | None:
    """How much of it waits for this person; None for who neither whistles nor is called."""
    if not visitor.is_staff or not _takes_part(visitor):
        return None
    to_do, rulings = _to_do(visitor), _rulings(visitor)
    return len(to_do) + len(rulings)


def as_excel(front: Front, access: Access) -> Response:
    """Every whistle that the lists show, and those before."""
    with front.database.read():
        visitor = _visitor(access)
        heads, at = labels("chain_sheets"), now()
        mine = departments.spoken_for_by(visitor.person_id)
        query = select(Whistle).where(_mine(visitor)).order_by(Whistle.id)
        several = session().scalars(query.execution_options(yield_per=200))
        rows = (whistle_row(line(one, mine, at)) for one in several)
        return excel(
            front, access, heads["whistles"], [(heads["whistles"], chain([heads["whistle_headings"]], rows))]
        )


def overview(visitor: Visitor) -> dict[str, Any]:
    """For templates/pages/chain/whistles.html."""
    me, at = visitor.person_id, now()
    mine = departments.spoken_for_by(me)
    month = local(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    community = visitor.community_id if not OVERSEEING.isdisjoint(visitor.roles) else None
    told = counting.told(month, at, community)
    if OVERSEEING.isdisjoint(visitor.roles):
        told = [one for one in told if one.by_id == me or not mine.isdisjoint(one.calls)]
    by_department = counting.by_department(told)
    if mine and OVERSEEING.isdisjoint(visitor.roles):
        by_department = {key: one for key, one in by_department.items() if key in mine}
    known = departments.names(by_department)
    to_do = {one.id: one for one in _to_do(visitor)}
    return {
        "name": visitor.staff_name,
        "to_do": [line(one, mine, at) | {"wants": _wants(one, visitor)} for one in to_do.values()],
        "running": [line(one, mine, at) for one in _listed(visitor, running=True) if one.id not in to_do],
        "ended": [line(one, mine, at) for one in _listed(visitor, running=False) if one.id not in to_do],
        "rulings": [_referral(one) for one in _rulings(visitor)],
        "followed": [_referral(one) for one in referring.followed_by(me)],
        "all": figures_said(counting.figures(told)),
        "by_department": shares((known[key], one) for key, one in by_department.items()),
        "by_whistler": shares(
            (staff_name(key) or "—", one) for key, one in counting.by_whistler(told).items()
        )
        if not OVERSEEING.isdisjoint(visitor.roles)
        else [],
        "month": month,
    }


def _visitor(access: Access) -> Visitor:
    visitor = staff_of_link(access)
    if not _takes_part(visitor):
        raise NotFound("page_not_found")
    return visitor


def _takes_part(visitor: Visitor) -> bool:
    me = visitor.person_id
    return (
        not OVERSEEING.isdisjoint(visitor.roles)
        or bool(departments.spoken_for_by(me))
        or bool(subtree(me, lowest=HEAD))
    )


def _mine(visitor: Visitor) -> ColumnElement[bool]:
    """The whistles that a list shows to this person."""
    me = visitor.person_id
    called = select(Called.whistle_id).where(Called.department_id.in_(departments.spoken_for_by(me)))
    ways = [Whistle.by_id == me, Whistle.id.in_(called), Whistle.grid_id.in_(subtree(me, lowest=HEAD))]
    if not OVERSEEING.isdisjoint(visitor.roles):
        if visitor.community_id is None:
            ways.append(Whistle.id.is_not(None))
        else:
            ways.append(or_(Whistle.community_id == visitor.community_id, Whistle.community_id.is_(None)))
    return or_(*ways)


def _listed(visitor: Visitor, *, running: bool) -> list[Whistle]:
    over = Whistle.ended_at.is_(None) if running else Whistle.ended_at > ago(days=MARK_DAYS)
    order = Whistle.arrive_due if running else Whistle.ended_at.desc()
    query = select(Whistle).where(_mine(visitor), over).order_by(order, Whistle.id).limit(LISTED)
    return list(session().scalars(query))


def _to_do(visitor: Visitor) -> list[Whistle]:
    """Those that want something of this person now, the most urgent first."""
    me = visitor.person_id
    mine = departments.spoken_for_by(me)
    called = select(Called.whistle_id).where(Called.department_id.in_(mine))
    recent = or_(Whistle.ended_at.is_(None), Whistle.ended_at > ago(days=MARK_DAYS))
    query = select(Whistle).where(or_(Whistle.by_id == me, Whistle.id.in_(called), _left(visitor)), recent)
    found = session().scalars(query.order_by(Whistle.ended_at.is_not(None), Whistle.answer_due)).all()
    return [one for one in found if _wants(one, visitor)]


def _left(visitor: Visitor) -> ColumnElement[bool]:
    """Over, and not graded yet: whose whistler has changed the post, its successor grades."""
    ungraded = exists().where(Called.whistle_id == Whistle.id, Called.grade.is_(None))
    return and_(Whistle.ended_at.is_not(None), ungraded, _mine(visitor))


def _wants(whistle: Whistle, visitor: Visitor) -> str | None:
    """answer | arrive | justify | grade: what this person has to do about it; None for nothing."""
    me, mine = visitor.person_id, departments.spoken_for_by(visitor.person_id)
    query = select(Called).where(Called.whistle_id == whistle.id)
    calls = session().scalars(query).all()
    own = [one for one in calls if one.department_id in mine]
    if whistle.ended_at is None:
        if any(one.comes is None for one in own):
            return "answer"
        return "arrive" if any(one.comes and one.arrived_at is None for one in own) else None
    if whistle.was_justified is None and me != whistle.by_id and any(one.is_lead for one in own):
        return "justify"
    if scoring.may_grade(me, whistle) and any(
        one.grade is None and one.department_id not in mine for one in calls
    ):
        return "grade"
    return None


def _rulings(visitor: Visitor) -> list[Referral]:
    """Disputes on which this person may rule."""
    if DECIDING.isdisjoint(visitor.roles):
        return []
    query = (
        select(Referral, Case)
        .join(Case, Case.id == Referral.case_id)
        .where(Referral.disputed_at.is_not(None), Referral.ruled_at.is_(None), Referral.ended_at.is_(None))
        .order_by(Referral.disputed_at)
        .limit(LISTED)
    )
    return [one for one, case in session().execute(query) if visitor.person_id in referring.rulers(one, case)]


def _referral(one: Referral) -> dict[str, Any]:
    case = session().get_one(Case, one.case_id)
    return {
        "number": case.number,
        "place": masked_place(case.spot.facts()),
        "category": case.category,
        "state": case.state,
        "department": departments.names([one.department_id])[one.department_id],
        "why": one.dispute_reason,
        "made_at": one.made_at,
        "disputed": one.disputed_at is not None and one.ruled_at is None,
    }
