"""Whether somebody stands on every rung, and somebody is on duty at every hour of the rotas that are kept."""

from collections.abc import Iterator

from sqlalchemy import select

from models.base.clock import local
from models.base.orm import session
from models.duty import ladder, rota
from models.place.tables import Community, Grid
from server.doctor.finding import Finding, bad, note, ok

NAMED = 5


def examine() -> Iterator[Finding]:
    """Inside a read of the database."""
    yield from _rungs()
    yield from _rotas()


def _rungs() -> Iterator[Finding]:
    empty = ladder.gaps()
    if empty:
        grids = {one.id: one.name for one in session().scalars(select(Grid))}
        first = "、".join(f"{grids[one.grid_id]} {one.name}" for one in empty[:NAMED])
        yield note("rungs_empty", count=len(empty), first=first)


def _rotas() -> Iterator[Finding]:
    kept = rota.rotas()
    if not kept:
        return
    names = {one.id: one.name for one in session().scalars(select(Community))}
    found = rota.gaps()
    for community, rung in kept:
        several = [one for one in found if (one.community_id, one.rung) == (community, rung)]
        facts = {"community": names.get(community or 0, ""), "rung": _called(community, rung)}
        if several:
            first = f"{local(several[0].starts_at):%Y-%m-%d %H:%M}"
            yield bad("rota_gaps", count=len(several), first=first, days=rota.AHEAD.days, **facts)
        else:
            yield ok("rota_whole", days=rota.AHEAD.days, **facts)


def _called(community_id: int | None, rung: int) -> str:
    names = ladder.rungs(community_id)
    return names[rung] if rung < len(names) else str(rung)
