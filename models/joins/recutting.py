"""A re-cut comes true: buildings change their grid, open cases go along, closed ones stay where they were."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select

from models.base.actor import SYSTEM
from models.base.clock import now
from models.base.orm import session
from models.case.case import Case
from models.case.lifecycle import OPEN
from models.grid import recuts, terms
from models.history import record
from models.place.tables import Building, Grid, Household

LOOKS_BACK = timedelta(days=3)  # after that all have followed long ago


class Move(NamedTuple):
    """Buildings that go from one grid (None: from none) to another, with their homes and open cases."""

    from_grid: int | None
    to_grid: int
    buildings: tuple[int, ...]
    homes: int
    open_cases: int


def moves(plan: Mapping[int, int], at: datetime) -> list[Move]:
    """What a plan (building → grid) means, the largest first."""
    before = {building: grids[0] if grids else None for building, grids in terms.grids_at(at, plan).items()}
    homes = _counted(Household.building_id, plan, Household.active.is_(True))
    cases = _counted(Case.building_id, plan, Case.state.in_(OPEN))
    together: dict[tuple[int | None, int], list[int]] = {}
    for building, grid in plan.items():
        together.setdefault((before.get(building), grid), []).append(building)
    found = [
        Move(
            *way,
            tuple(several),
            sum(homes[one] for one in several),
            sum(cases[one] for one in several),
        )
        for way, several in together.items()
    ]
    return sorted(found, key=lambda one: -len(one.buildings))


def told(meant: Iterable[Move]) -> list[dict[str, Any]]:
    """Moves with the names of their grids, for a page or a line of JSON."""
    names = {row.id: row.name for row in session().execute(select(Grid.id, Grid.name))}
    return [
        {
            "from": names.get(one.from_grid or 0),
            "to": names[one.to_grid],
            "buildings": len(one.buildings),
            "homes": one.homes,
            "open_cases": one.open_cases,
        }
        for one in meant
    ]


def _counted(column: Any, buildings: Iterable[int], *where: ColumnElement[bool]) -> Counter[int]:
    query = select(column, func.count()).where(column.in_(buildings), *where).group_by(column)
    return Counter({row[0]: row[1] for row in session().execute(query)})


def apply_one() -> bool:
    """The re-cut whose moment has come, all of its buildings at once. False when there is none."""
    at = now()
    recut = recuts.next_due(at)
    if recut is None:
        return False
    terms.put_into({int(building): int(grid) for building, grid in recut.plan.items()}, recut.starts_at)
    recut.applied_at = at
    record(("recut", recut.id), "recut_applied", by=SYSTEM, at=at, buildings=len(recut.plan))
    return True


def astray() -> list[int]:
    """Open cases whose building came into another grid, by a re-cut or an import, and that are not there."""
    if not terms.moved_since(now() - LOOKS_BACK):
        return []
    query = (
        select(Case.id)
        .join(Building, Building.id == Case.building_id)
        .where(Case.state.in_(OPEN), Case.grid_id.is_distinct_from(Building.grid_id))
    )
    return list(session().scalars(query))


def follow(cases: Collection[int]) -> int:
    """They go to the grid of their building, each with a step; who answers for them is passed on after that.
    Gives how many went: one that has ended meanwhile, or is there already, stays."""
    query = (
        select(Case, Building.grid_id)
        .join(Building, Building.id == Case.building_id)
        .where(
            Case.id.in_(cases),
            Case.state.in_(OPEN),
            Case.grid_id.is_distinct_from(Building.grid_id),
        )
        .order_by(Case.id)
        .with_for_update(of=Case)
        .execution_options(populate_existing=True)
    )
    at = now()
    found = session().execute(query).all()
    for case, grid in found:
        record(case.about, "regridded", by=SYSTEM, at=at, before=case.grid_id, grid=grid)
        case.grid_id = grid
        case.reckon(at)
    return len(found)
