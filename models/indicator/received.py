"""How many cases of each category came in a month: out of what was kept, and where few came since, counted
while one looks."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from models.base.clock import now
from models.base.orm import session
from models.case.case import Case
from models.case.lifecycle import State
from models.indicator.asking import Scope
from models.indicator.keeping import SMALL, TOWN
from models.indicator.period import Period
from models.indicator.tables import KeptFigures, SealedPeriod

CODE = "done_rate"  # its denominator: what came in, without what was void
_GROUP = ("groups", "category")


def by_category(months: Sequence[Period], community_id: int | None) -> list[dict[str, int] | None]:
    """Of each month category ("" for none) → cases; None of a month that nobody has counted yet. `months` in
    order, each following the one before.

    Only this part of what was kept is read, because all of a city's month is some megabytes.
    """
    found = _kept([one.name for one in months], community_id)
    at = now()
    fresh = [one for one in months if one.name not in found or not one.is_over(at)]
    found |= _counted(fresh, community_id)
    return [found.get(one.name) for one in months]


def _kept(names: Sequence[str], community_id: int | None) -> dict[str, dict[str, int]]:
    scope = community_id if community_id is not None else TOWN
    kept = select(KeptFigures.period, KeptFigures.figures[_GROUP]).where(
        KeptFigures.scope == scope, KeptFigures.period.in_(names)
    )
    sealed = select(SealedPeriod.period, SealedPeriod.figures[_GROUP]).where(
        SealedPeriod.community_id.is_not_distinct_from(community_id), SealedPeriod.period.in_(names)
    )
    return {name: _received(part) for query in (kept, sealed) for name, part in session().execute(query)}


def _counted(months: Sequence[Period], community_id: int | None) -> dict[str, dict[str, int]]:
    """Nothing where more came than one counts while somebody waits."""
    if not months:
        return {}
    query = (
        select(Case.category, Case.reported_at)
        .where(
            Case.reported_at >= months[0].start,
            Case.reported_at < months[-1].end,
            Case.state != State.VOID,
            *Scope(community_id).which(),
        )
        .limit(SMALL + 1)
    )
    rows = session().execute(query).all()
    if len(rows) > SMALL:
        return {}
    found: dict[str, Counter[str]] = {one.name: Counter() for one in months}
    for category, reported_at in rows:
        for one in months:
            if one.start <= reported_at < one.end:
                found[one.name][category or ""] += 1
    return {name: dict(counts) for name, counts in found.items()}


def _received(groups: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    return {
        str(group["key"] or ""): next(
            (one["under"] for one in group["figures"] if one["indicator"] == CODE), 0
        )
        for group in groups
    }
