"""/console/figures/money: how much of what was due came in, quarter by quarter, and where it went."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Response, request

from handlers.drawing.bars import bars
from handlers.drawing.lines import stretches, trend
from handlers.pages.access import Access
from handlers.pages.books.address import path_of
from handlers.pages.case_facts import estates
from handlers.pages.fees.desk_forms import overseer
from handlers.pages.front import Front, show
from handlers.pages.links import link_of
from models.base.clock import local, now
from models.base.months import month_of, month_on
from models.books.publishing import first_month, months_published
from models.books.shares import spent, with_shares
from models.fee import rates
from models.fee.period import Period
from models.fee.rates import Rates

QUARTERS, MONTHS = 6, 12


def shown(front: Front, access: Access) -> Response:
    """`estate`: which one of those that this person oversees; the first by default."""
    link, chosen = link_of(access, "desk"), request.args.get("estate", "")
    with front.database.read():
        page = facts(estates(overseer(link)), chosen, access)
    return show("figures/money.html", access=access, page=page)


def facts(theirs: Sequence[dict[str, Any]], chosen: str, access: Access) -> dict[str, Any]:
    estate = next((one for one in theirs if str(one["id"]) == chosen), theirs[0] if theirs else None)
    found: dict[str, Any] = {"estates": theirs, "estate": estate, "rates": [], "bars": [], "months": MONTHS}
    if estate is None:
        return found
    this = month_of(local(now()).date())
    quarters = _quarters(this)
    known = rates.rates(estate["id"], quarters)
    first = month_on(this, 1 - MONTHS)
    return found | {
        "rates": [one for what in ("households", "money") if any((one := _line(what, known))["points"])],
        "runs": quarters[-1].label,
        "opens_rates": f"{access.base}/fees?estate={estate['id']}",
        "bars": bars(with_shares(spent(estate["id"], first, month_on(this, 1)))),
        "since": first,
        "paths": _months(estate["id"], this),
    }


def _quarters(this: date) -> list[Period]:
    """With the running one, oldest first."""
    start = month_on(this, -((this.month - 1) % 3))
    firsts = [month_on(start, -3 * back) for back in range(QUARTERS - 1, -1, -1)]
    return [Period.of(f"{first.year}-Q{(first.month + 2) // 3}") for first in firsts]


def _line(what: str, known: Sequence[Rates]) -> dict[str, Any]:
    several = [getattr(one, what) for one in known]
    points = trend([(one.over, one.under) for one in several])
    return {
        "what": what,
        "points": points,
        "stretches": stretches(points),
        "labels": [one.period for one in several],
    }


def _months(estate_id: int, this: date) -> list[dict[str, Any]]:
    """The open books of the year since they began, the newest first; all that was bought is there."""
    began = first_month(estate_id) or this
    months = [month_on(this, -back) for back in range(MONTHS)]
    up = {one.month for one in months_published(estate_id)}
    return [
        {"month": month, "path": path_of(estate_id, month), "is_up": month in up}
        for month in months
        if month >= began
    ]
