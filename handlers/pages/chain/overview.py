"""/console/chain: who holds which rung of which grid today, gaps first (row 94), and who is put there."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from flask import Response
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.chain.acting import acted, excel, once_more
from handlers.pages.chain.said import day_said, number_said, person_called
from handlers.pages.chain.sight import Sight, grids_seen, sight_of
from handlers.pages.forms import words
from handlers.pages.front import Front, show
from handlers.pages.links import Done
from handlers.pages.story import staff_name
from handlers.wording.rows import in_a_row
from handlers.words import labels
from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import session
from models.base.refusals import NotFound
from models.base.spreadsheet import Value
from models.duty import terms
from models.duty.chain import Chain
from models.duty.ladder import chain, gaps, rungs
from models.duty.overseeing import DECIDING, OVERSEEING
from models.person.arriving import Visitor
from models.place.gazetteer import town
from models.place.tables import Community, Grid


def shown(
    front: Front,
    access: Access,
    status: int = 200,
    *,
    error: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    with front.database.read():
        facts = overview(sight_of(access))
    return show("chain/overview.html", status, access=access, chain=facts, error=error, typed=typed or {})


def waiting(visitor: Visitor) -> int | None:
    """How many rungs are empty, for whoever may fill them; None for who sees no chain."""
    seen = grids_seen(visitor)
    if not seen and OVERSEEING.isdisjoint(visitor.roles):
        return None
    if DECIDING.isdisjoint(visitor.roles):
        return 0
    return sum(one.grid_id in seen for one in gaps())


def act(front: Front, access: Access, verb: str) -> AnyResponse:
    """Somebody is put on a rung, gets a deputy, or leaves it."""
    if verb not in ("hold", "depute", "give_up"):
        raise NotFound("page_not_found")
    grid, rung = number_said("grid"), number_said("rung")
    to, deputy, until, beside = (
        words("to", 30),
        words("deputy", 30),
        day_said("until"),
        bool(words("beside", 5)),
    )

    def work(visitor: Visitor) -> Done:
        if grid not in grids_seen(visitor):
            raise NotFound("page_not_found")
        community, by = town().grids[grid], By.staff(visitor.person_id)
        who = person_called(to, community)
        stands_in = person_called(deputy, None) if deputy else None
        if verb == "hold":
            terms.hold(grid, rung, who, by, until=until, deputy_id=stands_in, beside=beside)
        elif verb == "depute":
            terms.depute(grid, rung, who, stands_in, by)
        else:
            terms.give_up(grid, rung, who, by, at=until)
        return Done(f"rung_{verb}", {})

    again = once_more(shown, front, access)
    return acted(front, access, "chain", f"chain_{verb}", work, again)


def overview(sight: Sight) -> dict[str, Any]:
    """For templates/pages/chain/overview.html: one table for each grid, those with gaps first."""
    known, at = chain(), now()
    communities = {one.id: one.name for one in session().scalars(select(Community))}
    grids = []
    for grid in session().scalars(select(Grid).where(Grid.id.in_(sight.grids)).order_by(Grid.name)):
        names = rungs(grid.community_id, at)
        rows = [
            _rung(known, grid.id, rung, name, at) | {"is_top": rung == len(names) - 1}
            for rung, name in enumerate(names)
        ]
        grids.append(
            {
                "id": grid.id,
                "name": grid.name,
                "community": communities[grid.community_id],
                "buildings": sum(one.grid_id == grid.id for one in town().buildings.values()),
                "rungs": rows,
                "gaps": sum(not one["people"] and not one["stand_ins"] for one in rows),
            }
        )
    return {
        "name": sight.visitor.staff_name,
        "settles": sight.settles,
        "grids": sorted(grids, key=lambda one: not one["gaps"]),
        "gaps": sum(one["gaps"] for one in grids),
        "communities": len({one["community"] for one in grids}),
    }


def as_excel(front: Front, access: Access) -> Response:
    """定格、定人、定责: every rung of every grid with who is on it (row 94)."""
    with front.database.read():
        heads, facts = labels("chain_sheets"), overview(sight_of(access))
        rows = [one for grid in facts["grids"] for rung in grid["rungs"] for one in _rows(grid, rung)]
        return excel(front, access, heads["chain"], [(heads["chain"], [heads["chain_headings"], *rows])])


def _rows(grid: dict[str, Any], rung: dict[str, Any]) -> Iterator[list[Value]]:
    """One for each holder, one for a rung that is empty."""
    where = [grid["community"], grid["name"], rung["name"]]
    stand_ins = in_a_row(rung["stand_ins"])
    for one in rung["people"]:
        dates = [local(at).date() if at else None for at in (one["since"], one["until"])]
        yield [*where, one["name"], *dates, one["deputy"], stand_ins]
    if not rung["people"]:
        yield [*where, None, None, None, None, stand_ins]


def _rung(known: Chain, grid_id: int, rung: int, name: str, at: datetime) -> dict[str, Any]:
    there = known.there(grid_id, rung, at)
    return {
        "number": rung,
        "name": name,
        "people": [
            {
                "name": staff_name(one.person_id),
                "since": one.since,
                "until": one.until,
                "deputy": staff_name(one.deputy_id),
                "away": known.is_away(one.person_id, at),
            }
            for one in known.holding(grid_id, rung, at)
        ],
        "stand_ins": [staff_name(one) for one in there.people] if there.how == "deputy" else [],
        "empty": not there.people,
        "why": there.how,
    }
