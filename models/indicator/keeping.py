"""What was counted last, so that a page need not count a year of a city again.

A month that is over is counted once more after its end and then stays, until somebody's removal or another
formula changes it; the running one is counted again each hour. A small place is counted while one looks.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select

from models.base.clock import now
from models.base.orm import session, upsert
from models.case.case import Case
from models.indicator.asking import Scope, view_of
from models.indicator.period import Period, months_to, this_month
from models.indicator.sealing import counted, sealed
from models.indicator.tables import KeptFigures, Removal
from models.place.tables import Community

TOWN = 0
MONTHS = 12  # that a page draws
AGAIN_AFTER = timedelta(hours=1)
SMALL = 2000  # cases that are counted while one looks


class Shown(NamedTuple):
    """What a page shows of a period: as `counted` gives it, when it was, and whether it stays for good."""

    figures: Mapping[str, Any]
    at: datetime
    is_sealed: bool


class Due(NamedTuple):
    """Something that is to be counted again; `community_id` None is the town."""

    period: Period
    community_id: int | None


def shown(period: Period, community_id: int | None) -> Shown | None:
    """Sealed, else counted now where that is quick, else as it was kept. None for what nobody has counted."""
    if (row := sealed(period, community_id)) is not None:
        return Shown(row.figures, row.at, True)
    at = now()
    kept = _kept(period, community_id)
    if kept is not None and _is_good(kept, period, at):
        return Shown(kept.figures, kept.at, False)
    if _is_small(period, community_id, at):
        return Shown(counted(period, community_id), at, False)
    return Shown(kept.figures, kept.at, False) if kept is not None else None


def due() -> Due | None:
    """The next that is to be counted: of every community and of the town, this month and those before it. A
    place that is small enough is counted when somebody looks."""
    at = now()
    months = months_to(this_month(at), MONTHS)
    for community in (*session().scalars(select(Community.id).order_by(Community.id)), None):
        for period in reversed(months):
            kept = _kept(period, community)
            if kept is not None and (_is_good(kept, period, at) or at - kept.at < AGAIN_AFTER):
                continue
            if sealed(period, community) is None and not _is_small(period, community, at):
                return Due(period, community)
    return None


def keep(what: Due, figures: Mapping[str, Any], at: datetime) -> None:
    """`figures` were counted at `at`, before this unit of work: counting takes long and writes nothing."""
    values = {"formulas": figures["formulas"], "figures": dict(figures), "at": at}
    scope = what.community_id if what.community_id is not None else TOWN
    insert = upsert(KeptFigures).values(scope=scope, period=what.period.name, **values)
    session().execute(insert.on_conflict_do_update(index_elements=["scope", "period"], set_=values))


def _kept(period: Period, community_id: int | None) -> KeptFigures | None:
    scope = community_id if community_id is not None else TOWN
    query = select(KeptFigures).where(KeptFigures.scope == scope, KeptFigures.period == period.name)
    return session().scalars(query).first()


def _is_good(kept: KeptFigures, period: Period, at: datetime) -> bool:
    """Whether it would be counted the same now."""
    if not period.is_over(at) or not period.is_over(kept.at):
        return False
    if kept.formulas != view_of(period, Scope(kept.scope or None), at).settings.version:
        return False
    changed = session().scalar(select(func.max(Removal.agreed_at)))
    return changed is None or changed < kept.at


def _is_small(period: Period, community_id: int | None, at: datetime) -> bool:
    cut = period.cut(at)
    alive = or_(Case.closed_at.is_(None), Case.closed_at >= period.start)
    some = select(Case.id).where(Case.reported_at < cut, alive, *Scope(community_id).which())
    return (
        session().scalar(select(func.count()).select_from(some.limit(SMALL + 1).subquery())) or 0
    ) <= SMALL
