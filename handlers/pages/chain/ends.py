"""/p/<token>/chain/ends: ends other than mended that wait for a second person (rows 11, 13)."""

from typing import Any

from flask import Response
from sqlalchemy import ColumnElement, func, or_, select

from handlers.pages.chain.sight import staff_of_link
from handlers.pages.front import Front, show
from handlers.pages.story import staff_name
from models.base.links import personal_path
from models.base.orm import session
from models.base.refusals import NotFound
from models.case.case import Case
from models.case.ending import CLAIMS
from models.duty.overseeing import DECIDING
from models.person.arriving import Visitor

SHOWN = 100


def shown(front: Front, token: str) -> Response:
    with front.database.read():
        visitor = staff_of_link(token)
        if waiting(visitor) is None:
            raise NotFound("page_not_found")
        facts = overview(visitor)
    return show("chain/ends.html", token=token, ends=facts)


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


def _theirs(visitor: Visitor) -> list[ColumnElement[bool]]:
    which: list[ColumnElement[bool]] = [Case.proposal.in_(CLAIMS)]
    if visitor.community_id is not None:
        which.append(or_(Case.community_id == visitor.community_id, Case.community_id.is_(None)))
    return which


def _asked(case: Case, me: int) -> dict[str, Any]:
    said = case.claimed()
    return {
        "number": case.number,
        "path": "/" + personal_path("case", me, case.id),
        "place": case.spot.facts(),
        "what": case.proposal,
        "reason": said.reason if said is not None else "",
        "who": staff_name(said.by_id) if said is not None else None,
        "mine": said is not None and said.by_id == me,
    }
