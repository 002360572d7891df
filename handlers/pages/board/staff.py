"""/console/board: where a community's board hangs, and which photos may be put there."""

from typing import Any

from flask import Response, request
from sqlalchemy import select

from handlers.pages.access import Access, case_at
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.desk_facts import picture_of
from handlers.pages.front import Front, show
from handlers.wording.filters import link
from models.base.orm import session
from models.base.refusals import NotFound
from models.board.photos import to_look_at
from models.board.places import estates_of
from models.duty.overseeing import DECIDING
from models.person.arriving import Visitor
from models.place.gazetteer import town
from models.place.tables import DoorCode

DOORS = 500


def shown(front: Front, access: Access) -> Response:
    """Raises NotFound for whoever decides nowhere. `community`: one that is decided for."""
    with front.database.read():
        page = facts(staff_of_link(access), request.args.get("community", ""))
    return show("board/staff.html", access=access, page=page)


def facts(visitor: Visitor, said: str) -> dict[str, Any]:
    if DECIDING.isdisjoint(visitor.roles):
        raise NotFound("page_not_found")
    known, own = town().communities, visitor.community_id
    theirs = {key: name for key, name in sorted(known.items()) if own in (None, key)}
    chosen = next((key for key in theirs if str(key) == said), next(iter(theirs), None))
    if chosen is None:
        raise NotFound("page_not_found")
    path = f"/board/{chosen}"
    return {
        "communities": list(theirs.items()) if len(theirs) > 1 else [],
        "community": chosen,
        "name": theirs[chosen],
        "path": path,
        "address": link(path),
        "picture": picture_of(link(path)),
        "doors": _doors(chosen),
        "photos": [(one, case_at(one.case_id)) for one in to_look_at(chosen)],
    }


def _doors(community_id: int) -> list[dict[str, Any]]:
    """Beside which a screen may hang: those that have a code."""
    places = {
        building.id: (estate.name, building.name)
        for estate in estates_of(community_id)
        for building in town().buildings_of(estate.id)
    }
    query = (
        select(DoorCode.code, DoorCode.building_id, DoorCode.unit_name)
        .where(DoorCode.building_id.in_(places), DoorCode.revoked_at.is_(None))
        .order_by(DoorCode.building_id, DoorCode.unit_name)
        .limit(DOORS)
    )
    return [
        {"code": code, "place": (*places[building], unit or None)}
        for code, building, unit in session().execute(query)
    ]
