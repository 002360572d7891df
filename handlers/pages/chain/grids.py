"""/console/chain/grids: what lies in which grid, what lies in none, re-cuts with a preview, micro-grids."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import Response
from sqlalchemy import select

from handlers.pages.access import Access
from handlers.pages.chain.acting import excel
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.forms import typed
from handlers.pages.front import Front, show
from handlers.wording.grids import faulty
from handlers.wording.rows import in_a_row, row
from handlers.words import labels
from models.base.clock import local, now
from models.base.orm import session
from models.base.refusals import NotFound
from models.base.spreadsheet import Value
from models.duty.overseeing import DECIDING, OVERSEEING
from models.grid import keepers, micro, recuts, terms
from models.person.arriving import Visitor
from models.place.tables import Grid

PAGE = "chain/grids"
SHOWN = 100  # faults and problems on the page; the file has all


def shown(
    front: Front, access: Access, status: int = 200, *, error: str | None = None, wrong: Sequence[str] = ()
) -> Response:
    """`wrong`: why a list was not taken, line by line."""
    with front.database.read():
        facts = overview(sight_of(access))
    facts |= {"wrong": wrong[:SHOWN], "more": max(0, len(wrong) - SHOWN)}
    return show(
        "chain/grids.html", status, access=access, grids=facts, error=error, typed=typed() if error else {}
    )


def waiting(visitor: Visitor) -> int | None:
    """Buildings that are not in exactly one grid, for whoever may put that right."""
    if OVERSEEING.isdisjoint(visitor.roles):
        return None
    if DECIDING.isdisjoint(visitor.roles):
        return 0
    return len(terms.check(visitor.community_id, now()).faults)


def as_excel(front: Front, access: Access) -> Response:
    """Every building with its grid and since when, what is wrong, the micro-grids."""
    with front.database.read():
        community = sight_of(access).community_id
        titles, faults = labels("grid_sheets"), labels("micro_faults")
        names = {row.id: row.name for row in session().execute(select(Grid.id, Grid.name))}
        held = terms.grids_at(now())
        buildings: list[Sequence[Value]] = [titles["buildings"]]
        for one in keepers.kept(community):
            grids = [names[grid] for grid in held.get(one.building_id, ()) if grid is not None]
            buildings.append([one.community, one.estate, one.building, in_a_row(grids), one.homes])
        wrong: list[Sequence[Value]] = [
            titles["faults"],
            *(row(faulty(one)) for one in terms.check(community, now()).faults),
        ]
        small: list[Sequence[Value]] = [
            titles["micro"],
            *(
                row(
                    one.community,
                    one.grid,
                    one.name,
                    in_a_row(one.cadres),
                    in_a_row(one.members),
                    one.homes,
                    in_a_row(faults[code] for code in one.missing),
                )
                for one in micro.listed(community)
            ),
        ]
        plans: list[Sequence[Value]] = [
            titles["recuts"],
            *(
                row(
                    one.id,
                    *_days(one.starts_at),
                    len(one.plan),
                    one.reason,
                    *_days(one.applied_at, one.withdrawn_at),
                )
                for one in recuts.listed(community)
            ),
        ]
    return excel(
        front, access, titles["file"], zip(titles["sheets"], (buildings, wrong, small, plans), strict=True)
    )


def _days(*moments: datetime | None) -> list[date | None]:
    return [local(one).date() if one is not None else None for one in moments]


def overview(visitor: Visitor) -> dict[str, Any]:
    """For templates/pages/chain/grids.html."""
    community, at = visitor.community_id, now()
    checked = terms.check(community, at)
    register = keepers.kept(community)
    homes = {one.building_id: one.homes for one in register}
    query = select(Grid.id, Grid.name, Grid.kind).order_by(Grid.name)
    if community is not None:
        query = query.where(Grid.community_id == community)
    held: dict[int, list[int]] = {}
    for building, grids in terms.grids_at(at, list(homes)).items():
        for grid in grids:
            if grid is not None:
                held.setdefault(grid, []).append(building)
    small = micro.listed(community)
    return {
        "name": visitor.staff_name,
        "deciding": not DECIDING.isdisjoint(visitor.roles),
        "faults": [faulty(one) for one in checked.faults[:SHOWN]],
        "wrong_count": len(checked.faults),
        "register": checked.buildings,
        "grids": [
            {
                "name": row.name,
                "kind": row.kind,
                "buildings": len(held.get(row.id, ())),
                "homes": sum(homes[one] for one in held.get(row.id, ())),
            }
            for row in session().execute(query)
        ],
        "recuts": [
            {
                "number": one.id,
                "buildings": len(one.plan),
                "starts_at": one.starts_at,
                "reason": one.reason,
                "applied_at": one.applied_at,
                "withdrawn_at": one.withdrawn_at,
            }
            for one in recuts.listed(community)[:20]
        ],
        "micro": [one for one in small if one.missing][:SHOWN],
        "micro_count": len(small),
        "tomorrow": local(at).date() + timedelta(days=1),
    }


def sight_of(access: Access) -> Visitor:
    visitor = staff_of_link(access)
    if OVERSEEING.isdisjoint(visitor.roles):
        raise NotFound("page_not_found")
    return visitor
