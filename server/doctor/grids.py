"""Whether every building is in exactly one grid, every one is kept, and micro-grids are whole."""

from collections.abc import Iterator

from sqlalchemy import select

from handlers.wording.grids import faulty
from models.base.clock import now
from models.base.orm import session
from models.grid import keepers, micro, terms
from models.place.tables import Grid
from server.doctor.finding import Finding, note, ok


def examine() -> Iterator[Finding]:
    """Inside a read of the database. Says nothing to a town that has no grids."""
    if session().scalars(select(Grid.id).limit(1)).first() is None:
        return
    checked = terms.check(None, now())
    if checked.faults:
        yield note("grid_faults", count=len(checked.faults), first=faulty(checked.faults[0]))
    else:
        yield ok("grids_whole", count=checked.buildings)
    cover = keepers.cover(keepers.kept())
    if cover.twice or (cover.forgotten and cover.units):
        facts = {"total": cover.total, "register": cover.register}
        yield note("keepers_uneven", twice=len(cover.twice), forgotten=len(cover.forgotten), **facts)
    broken = [one for one in micro.listed() if one.missing]
    if broken:
        yield note("micro_grids_broken", count=len(broken), first=f"{broken[0].grid} {broken[0].name}")
