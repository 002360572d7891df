"""/console/chain/ends: what waits for a second person: ends other than mended (rows 11, 13), voids, less
urgency."""

from typing import Any

from flask import Response
from sqlalchemy import ColumnElement, func, or_, select

from handlers.pages.access import Access, case_at
from handlers.pages.audit.masks import masked_place
from handlers.pages.chain.acting import excel
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.front import Front, show
from handlers.pages.story import staff_name
from handlers.wording.filters import label, place
from handlers.words import labels
from models.base.orm import session
from models.base.refusals import NotFound
from models.base.spreadsheet import Value
from models.case.case import Case
from models.case.ending import CLAIMS
from models.case.seconding import KINDS
from models.duty.overseeing import DECIDING
from models.person.arriving import Visitor

SHOWN = 100


def shown(front: Front, access: Access) -> Response:
    with front.database.read():
        facts = overview(_whoever_decides(access))
    return show("chain/ends.html", access=access, ends=facts)


def as_excel(front: Front, access: Access) -> Response:
    """All of them, not only those that the page has room for."""
    with front.database.read():
        visitor = _whoever_decides(access)
        heads = labels("chain_sheets")
        several = session().scalars(select(Case).where(*_theirs(visitor)).order_by(Case.id))
        return excel(
            front, access, heads["ends"], [(heads["ends"], [heads["end_headings"], *map(_row, several)])]
        )


def waiting(visitor: Visitor) -> int | None:
    """How many, for whoever decides; None for others."""
    if DECIDING.isdisjoint(visitor.roles):
        return None
    return session().execute(select(func.count(Case.id)).where(*_theirs(visitor))).scalar_one()


def overview(visitor: Visitor) -> dict[str, Any]:
    """For templates/pages/chain/ends.html, the oldest first."""
    me = visitor.person_id
    cases = session().scalars(select(Case).where(*_theirs(visitor)).order_by(Case.id).limit(SHOWN))
    return {"name": visitor.staff_name, "waiting": [_asked(case, me) for case in cases]}


def _whoever_decides(access: Access) -> Visitor:
    visitor = staff_of_link(access)
    if waiting(visitor) is None:
        raise NotFound("page_not_found")
    return visitor


def _theirs(visitor: Visitor) -> list[ColumnElement[bool]]:
    which: list[ColumnElement[bool]] = [Case.proposal.in_((*CLAIMS, *KINDS))]
    if visitor.community_id is not None:
        which.append(or_(Case.community_id == visitor.community_id, Case.community_id.is_(None)))
    return which


def _asked(case: Case, me: int) -> dict[str, Any]:
    said = case.claimed() or case.asked_second()
    return {
        "number": case.number,
        "path": case_at(case.id),
        "place": masked_place(case.spot.facts()),
        "what": case.proposal,
        "reason": said.reason if said is not None else "",
        "who": staff_name(said.by_id) if said is not None else None,
        "mine": said is not None and said.by_id == me,
    }


def _row(case: Case) -> list[Value]:
    said = case.claimed() or case.asked_second()
    where = place(case.estate_name, case.building_name, case.unit_name)
    reason, who = (said.reason, staff_name(said.by_id)) if said is not None else ("", None)
    return [case.number, where, label(case.proposal, "proposals"), reason, who]
