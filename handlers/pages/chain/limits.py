"""/console/chain/limits: what waits for a yes, whose people hear nothing, which limits hold (row 11)."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response
from sqlalchemy import ColumnElement, and_, false, func, or_, select

from handlers.pages.access import Access, case_at
from handlers.pages.audit.masks import masked_place
from handlers.pages.chain.acting import excel
from handlers.pages.chain.sight import Sight, sight_of
from handlers.pages.front import Front, show
from handlers.pages.story import staff_name
from handlers.wording.filters import label, moment, place
from handlers.words import labels
from models.base.clock import local, now
from models.base.orm import session
from models.base.spreadsheet import Value
from models.case.case import Case
from models.case.extending import KINDS
from models.case.lifecycle import UNFINISHED
from models.case.limits import Rule, listed
from models.case.reach import visible_to
from models.case.silence import Silent, silent
from models.duty.overseeing import DECIDING, OVERSEEING
from models.person.arriving import Visitor
from models.place.tables import Community
from models.workdays import workdays
from models.workdays.known import years
from models.workdays.reading import said_of

SHOWN = 50


def shown(front: Front, access: Access) -> Response:
    with front.database.read():
        facts = page_facts(sight_of(access))
    return show("chain/limits.html", access=access, limits=facts)


def waiting(visitor: Visitor) -> int | None:
    """How many proposals wait for this person's yes; None for who does not oversee."""
    if OVERSEEING.isdisjoint(visitor.roles):
        return None
    if DECIDING.isdisjoint(visitor.roles):
        return 0
    query = select(func.count(Case.id)).where(Case.proposal.in_(KINDS), _overseen(visitor))
    return session().execute(query).scalar_one()


def as_excel(front: Front, access: Access) -> Response:
    """All that is late, all whose people hear nothing, all that waits for a yes."""
    with front.database.read():
        sight = sight_of(access)
        heads, mine = labels("chain_sheets"), _seen(sight)
        late = select(Case).where(*_late(mine)).order_by(Case.finish_due)
        proposed = select(Case).where(Case.proposal.in_(KINDS), mine).order_by(Case.id)
        quiet = (session().get_one(Case, one.case_id) for one in silent(mine))
        lists: list[Iterable[Case]] = [session().scalars(late), quiet, session().scalars(proposed)]
        return excel(
            front,
            access,
            heads["limits"],
            [
                (title, [heads["limit_headings"], *(_row(case) for case in several)])
                for title, several in zip(heads["limit_sheets"], lists, strict=True)
            ],
        )


def page_facts(sight: Sight) -> dict[str, Any]:
    """For templates/pages/chain/limits.html."""
    me, mine = sight.visitor.person_id, _seen(sight)
    proposed = select(Case).where(Case.proposal.in_(KINDS), mine).order_by(Case.id).limit(SHOWN)
    late = _late(mine)
    latest = select(Case).where(*late).order_by(Case.finish_due).limit(SHOWN)
    quiet = list(silent(mine))
    today = local(now()).date()
    place = sight.visitor.community_id
    return {
        "name": sight.visitor.staff_name,
        "proposed": [_entry(case, me) | {"kind": case.proposal} for case in session().scalars(proposed)],
        "late": [_entry(case, me) for case in session().scalars(latest)],
        "late_count": session().execute(select(func.count(Case.id)).where(*late)).scalar_one(),
        "silent": [_quiet(one, me) for one in quiet[:SHOWN]],
        "silent_count": len(quiet),
        "rules": _by_stage([rule for rule in listed() if _holds(rule, place)]),
        "hours": said_of(workdays(place).spans(today)),
        "year": max(years()),
    }


def _overseen(visitor: Visitor) -> ColumnElement[bool]:
    if visitor.community_id is None:
        return Case.id.is_not(None)
    return or_(Case.community_id == visitor.community_id, Case.community_id.is_(None))


def _seen(sight: Sight) -> ColumnElement[bool]:
    """Overseers see their community; a holder, of the own grids, what the holder may open."""
    if not OVERSEEING.isdisjoint(sight.visitor.roles):
        return _overseen(sight.visitor)
    return and_(Case.grid_id.in_(sight.grids), visible_to(sight.visitor)) if sight.grids else false()


def _late(mine: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    return [Case.state.in_(tuple(UNFINISHED)), Case.finish_due < now(), Case.pause.is_(None), mine]


def _row(case: Case) -> list[Value]:
    where = place(case.estate_name, case.building_name, case.unit_name)
    times = [moment(case.reported_at, "stamp"), moment(case.finish_due, "stamp")]
    who = staff_name(case.taker_id)
    return [case.number, where, label(case.category, "categories"), *times, case.rung, who]


def _entry(case: Case, me: int) -> dict[str, Any]:
    return {
        "number": case.number,
        "path": case_at(case.id),
        "place": masked_place(case.spot.facts()),
        "taker": staff_name(case.taker_id),
        "due": case.finish_due,
        "rung": case.rung,
    }


def _quiet(one: Silent, me: int) -> dict[str, Any]:
    return _entry(session().get_one(Case, one.case_id), me) | {"heard": one.heard}


def _holds(rule: Rule, community_id: int | None) -> bool:
    today = local(now()).date()
    return (rule.until is None or rule.until > today) and (
        community_id is None or rule.community_id in (None, community_id)
    )


def _by_stage(rules: Sequence[Rule]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Those that differ in nothing but their category are one line."""
    lines: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {}
    for rule in rules:
        key = (rule.community_id, rule.urgency, rule.since, rule.limit)
        line = lines.setdefault(rule.stage, {}).setdefault(key, _line(rule))
        if rule.category is not None:
            line["categories"].append(rule.category)
    return [(stage, list(found.values())) for stage, found in lines.items()]


def _line(rule: Rule) -> dict[str, Any]:
    place = session().get(Community, rule.community_id) if rule.community_id is not None else None
    return {
        "community": place.name if place else None,
        "categories": [],
        "urgency": rule.urgency,
        "amount": rule.limit.amount,
        "unit": rule.limit.unit,
        "source": rule.limit.source,
        "since": rule.since if rule.is_own else None,
    }
