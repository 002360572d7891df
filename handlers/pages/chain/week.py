"""/console/week: one page about a week for whoever stands above a grid, to read and to print."""

from typing import Any

from flask import Response, request

from handlers.pages.access import Access
from handlers.pages.chain.acting import excel
from handlers.pages.chain.indicator_sight import Sight, sees_figures, sight_of
from handlers.pages.front import Front, show
from handlers.wording.filters import label
from handlers.wording.indicators import indicator_name
from handlers.words import labels
from models.appraisal import weekly
from models.appraisal.weekly import Week
from models.base.clock import local, now
from models.base.refusals import Invalid
from models.indicator.figures import Figure, percent
from models.indicator.period import Period, named
from models.person.arriving import Visitor

DAYS = 7


def shown(front: Front, access: Access) -> Response:
    with front.database.read():
        sight = sight_of(access)
        facts = overview(sight, _period())
    return show("chain/week.html", access=access, page=facts)


def waiting(visitor: Visitor) -> int | None:
    return 0 if sees_figures(visitor) else None


def as_excel(front: Front, access: Access) -> Response:
    with front.database.read():
        sight = sight_of(access)
        found, words = weekly.week(_period(), sight.scope), labels("appraisal_sheets")
        rows: list[list[Any]] = [
            [*words["week_headings"], *(indicator_name(one.code) for one in found.rates)],
            *([one.name or words["no_grid"], one.open, one.late, *map(_said, one.rates)]
              for one in found.grids),
            [words["sum"], found.open, found.late, *map(_said, found.rates)],
        ]  # fmt: skip
        return excel(front, access, f"{words['week']} {found.period.name}", [(words["week"], rows)])


def overview(sight: Sight, period: Period) -> dict[str, Any]:
    """For templates/pages/chain/week.html."""
    found = weekly.week(period, sight.scope)
    newest = weekly.last_week(local(now()).date())
    return {
        "name": sight.visitor.staff_name,
        "place": sight.place,
        "own_grids": sight.scope.grids is not None,
        "query": sight.query,
        "first": period.first,
        "last": period.last,
        "period": period.name,
        "before": weekly.last_week(period.first).name,
        "after": weekly.last_week(period.last.fromordinal(period.last.toordinal() + DAYS + 1)).name
        if period.last < newest.last
        else None,
        "week": found,
        "states": _bars([(label(state, "case_states"), count) for state, count in found.states]),
        "rungs": _bars(found.rungs),
        "ages": _bars([(_age(days, found), count) for days, count in found.ages]),
        "rates": [_rate(one) for one in found.rates],
        "grids": [
            {
                "name": one.name,
                "open": one.open,
                "late": one.late,
                "rates": [_rate(rate) for rate in one.rates],
            }
            for one in found.grids
        ],
    }


def _period() -> Period:
    said = request.args.get("week", "")[:30]
    newest = weekly.last_week(local(now()).date())
    if not said:
        return newest
    period = named(said)
    if period.first.weekday() or (period.last - period.first).days != DAYS - 1 or period.last > newest.last:
        raise Invalid("period_unknown", period=said)
    return period


def _bars(counts: Any) -> list[dict[str, Any]]:
    """Each with its length out of 1000; the longest is all of it."""
    most = max((count for _, count in counts), default=0)
    return [{"name": name, "count": n, "length": -(-1000 * n // most) if most else 0} for name, n in counts]


def _age(days: int | None, found: Week) -> str:
    words = labels("appraisal_sheets")
    known = [one for one, _ in found.ages if one is not None]
    return str(words["older"]).format(days=known[-1]) if days is None else str(words["age"]).format(days=days)


def _rate(one: Figure) -> dict[str, Any]:
    rate = one.rate
    return {
        "name": indicator_name(one.code),
        "percent": percent(rate) if rate is not None else "—",
        "counted": one.counted if rate is not None else "",
        "length": round(1000 * rate) if rate is not None else 0,
    }


def _said(one: Figure) -> str:
    return one.written()
