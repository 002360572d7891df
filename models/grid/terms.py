"""In which grid a building was, and since when. Who changes `Building.grid_id` calls `follow` after it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import aliased

from models.base.clock import now
from models.base.orm import session
from models.grid.tables import GridTerm, Recut
from models.place.gazetteer import in_order
from models.place.tables import Building, Community, Estate, Grid
from models.place.version import raise_version

_AT_ONCE = 500


class Fault(NamedTuple):
    """A building that is not in exactly one grid of its own community.

    `what`: gap (in none), overlap (in several), elsewhere (in one of another community).
    """

    what: str
    building_id: int
    community: str
    estate: str
    building: str
    grids: tuple[str, ...]


class Checked(NamedTuple):
    """`buildings`: how many were in the register at that moment."""

    buildings: int
    faults: list[Fault]


def follow(at: datetime) -> int:
    """Makes the terms say what `Building.grid_id` says, from `at` on. Gives the number of buildings that
    changed; called again it changes nothing."""
    mismatched = (
        select(GridTerm.id)
        .join(Building, Building.id == GridTerm.building_id)
        .where(GridTerm.until.is_(None), Building.grid_id.is_distinct_from(GridTerm.grid_id))
    )
    left = list(session().scalars(mismatched))
    for start in range(0, len(left), _AT_ONCE):
        ended = update(GridTerm).where(GridTerm.id.in_(left[start : start + _AT_ONCE])).values(until=at)
        session().execute(ended, execution_options={"synchronize_session": False})
    running = select(GridTerm.building_id).where(GridTerm.until.is_(None))
    new = session().execute(
        select(Building.id, Building.grid_id).where(Building.id.not_in(running)).order_by(Building.id)
    )
    rows = [{"building_id": row.id, "grid_id": row.grid_id, "since": at, "until": None} for row in new.all()]
    if rows:
        session().connection().execute(GridTerm.__table__.insert(), rows)  # type: ignore[attr-defined]
    return len(rows)


def put_into(grids: Mapping[int, int], at: datetime) -> None:
    """Building → the grid to which it belongs from `at` on; never before its present term began, so that
    terms follow on each other."""
    if not grids:
        return
    raise_version()  # first of all: imports and re-cuts follow one another
    began = select(func.max(GridTerm.since)).where(GridTerm.until.is_(None), GridTerm.building_id.in_(grids))
    latest = session().execute(began).scalar()
    by_grid: dict[int, list[int]] = {}
    for building, grid in grids.items():
        by_grid.setdefault(grid, []).append(building)
    for grid, buildings in by_grid.items():
        session().execute(update(Building).where(Building.id.in_(buildings)).values(grid_id=grid))
    follow(max(at, latest) if latest is not None else at)


def grids_at(at: datetime, buildings: Collection[int] | None = None) -> dict[int, list[int | None]]:
    """Building → the grids whose term covers the moment; what re-cuts have planned counts for the time to
    come. A building without any term by then was not in the register yet, and is missing here."""
    seen = min(at, now())
    first = select(GridTerm.building_id).where(GridTerm.since <= seen)
    covering = (
        select(GridTerm.building_id, GridTerm.grid_id)
        .where(GridTerm.since <= seen, or_(GridTerm.until.is_(None), GridTerm.until > seen))
        .order_by(GridTerm.id)
    )
    if buildings is not None:
        first = first.where(GridTerm.building_id.in_(buildings))
        covering = covering.where(GridTerm.building_id.in_(buildings))
    found: dict[int, list[int | None]] = {building: [] for building in session().scalars(first.distinct())}
    for row in session().execute(covering):
        found[row.building_id].append(row.grid_id)
    if at > seen:
        for planned in waiting(until=at):
            for building, grid in planned.plan.items():
                if int(building) in found:
                    found[int(building)] = [int(grid)]
    return found


def waiting(community_id: int | None = None, until: datetime | None = None) -> list[Recut]:
    """Re-cuts that are planned and not applied, the next first."""
    query = select(Recut).where(Recut.applied_at.is_(None), Recut.withdrawn_at.is_(None))
    if community_id is not None:
        query = query.where(Recut.community_id == community_id)
    if until is not None:
        query = query.where(Recut.starts_at <= until)
    return list(session().scalars(query.order_by(Recut.starts_at, Recut.id)))


def check(community_id: int | None, at: datetime, planned: Mapping[int, int] | None = None) -> Checked:
    """Whether every building in use was in exactly one grid of its community; `planned` moves are taken to
    have happened. A moment to come is judged by what is planned for it."""
    rows = (
        session()
        .execute(
            select(Building.id, Building.name, Estate.name, Estate.community_id, Community.name)
            .join(Estate, Estate.id == Building.estate_id)
            .join(Community, Community.id == Estate.community_id)
            .where(Building.active, Estate.active, *_of(community_id))
        )
        .all()
    )
    grids = {row.id: row for row in session().execute(select(Grid.id, Grid.name, Grid.community_id))}
    terms, moved = grids_at(at), planned or {}
    known = set(session().scalars(select(GridTerm.building_id).distinct()))
    faults: list[Fault] = []
    count = 0
    for building, name, estate, community, community_name in sorted(
        rows, key=lambda row: (row[4], row[2], in_order(row[1]))
    ):
        held = [moved[building]] if building in moved else terms.get(building)
        if held is None and building in known:
            continue  # it came into the register later
        count += 1
        own = [grid for grid in held or () if grid is not None]
        what = None
        if not own:
            what = "gap"
        elif len(own) > 1:
            what = "overlap"
        elif grids[own[0]].community_id != community:
            what = "elsewhere"
        if what is not None:
            names = tuple(grids[grid].name for grid in own)
            faults.append(Fault(what, building, community_name, estate, name, names))
    return Checked(count, faults)


def _of(community_id: int | None) -> tuple[ColumnElement[bool], ...]:
    return () if community_id is None else (Estate.community_id == community_id,)


def moved_since(moment: datetime) -> bool:
    """Whether a building has come from one grid into another since then; a re-cut that was late counts from
    when it was applied."""
    before = aliased(GridTerm)
    query = (
        select(GridTerm.id)
        .join(before, (before.building_id == GridTerm.building_id) & before.until.is_not(None))
        .where(GridTerm.until.is_(None), GridTerm.since >= moment)
    )
    late = select(Recut.id).where(Recut.applied_at >= moment)
    return any(session().scalars(one.limit(1)).first() is not None for one in (query, late))


def history(building_id: int) -> list[GridTerm]:
    """Oldest first."""
    query = select(GridTerm).where(GridTerm.building_id == building_id)
    return list(session().scalars(query.order_by(GridTerm.since, GridTerm.id)))
