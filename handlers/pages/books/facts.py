"""Everything that the page of one month shows, whoever looks: nothing personal is among it (X05)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from handlers.drawing.bars import bars
from handlers.drawing.lines import stretches, trend
from handlers.pages.books.address import path_of, written
from models.base.clock import local, now
from models.base.months import month_of, month_on
from models.base.refusals import NotFound
from models.books import lines, publishing
from models.books.lines import PublicLine
from models.books.shares import spent, with_shares
from models.books.statement import Statement
from models.books.tables import Publication
from models.joins.questioning import Asked, asked_about
from models.place.tables import Estate

NOT_ASKED = Asked(0, 0)


def month_facts(estate: Estate, month: date) -> dict[str, Any]:
    """For templates/pages/books/month.html. Raises NotFound for a month before the books began or still to
    come."""
    this = month_of(local(now()).date())
    first = publishing.first_month(estate.id)
    if month > this or (month != this and (first is None or month < first)):
        raise NotFound("page_not_found")
    up = publishing.published(estate.id, month)
    # not before it is put up: a sum of fees that moves from day to day tells what somebody has just paid
    one = publishing.as_put_up(up) if up is not None else None
    shares = one.shares if one is not None else with_shares(spent(estate.id, month, month_on(month, 1)))
    bought = lines.spent_in(estate.id, month)
    return {
        "estate": estate.name,
        "community": estate.community.name,
        "month": month,
        "home": path_of(estate.id),
        "path": path_of(estate.id, month),
        "published_at": up.at if up is not None else None,
        "running": month == this,
        "statement": one,
        "bars": bars(shares),
        "bank": _bank(up, one) if up is not None and one is not None else None,
        "incomes": lines.received_in(estate.id, month),
        "lines": _lines(bought),
        "otherwise": lines.spent_otherwise(estate.id, month),
        "trends": _trends(up or _latest(estate.id, month)),
        "months": _months(estate.id, first, this, month),
    }


def _latest(estate_id: int, month: date) -> Publication | None:
    """The last one before a month that is not up."""
    return next((one for one in publishing.months_published(estate_id) if one.month < month), None)


def _bank(up: Publication, one: Statement) -> dict[str, int] | None:
    """What the bank's own paper says beside what our account says; None where nobody has looked."""
    if up.bank_fen is None:
        return None
    own = one.accounts.get("bank", 0)
    return {"theirs": up.bank_fen, "own": own, "over": up.bank_fen - own}


def _lines(bought: Sequence[PublicLine]) -> list[dict[str, Any]]:
    asked = asked_about({one.outlay_id for one in bought})
    return [{"line": one, "asked": asked.get(one.outlay_id, NOT_ASKED)} for one in bought]


def _trends(up: Publication | None) -> list[dict[str, Any]]:
    """Households and money, each by itself, as they were put up; none where nothing may be said of either."""
    rates = publishing.collected(up) if up is not None else []
    both = {"households": [one.households for one in rates], "money": [one.money for one in rates]}
    found = []
    for what, pairs in both.items():
        points = trend(pairs)
        if any(points):
            found.append(
                {
                    "what": what,
                    "points": points,
                    "stretches": stretches(points),
                    "labels": [one.period for one in rates],
                }
            )
    return found


def _months(estate_id: int, first: date | None, this: date, shown: date) -> list[dict[str, Any]]:
    """The newest first, two years of them at most."""
    up = {one.month for one in publishing.months_published(estate_id)}
    found = []
    for back in range(24):
        month = month_on(this, -back)
        if back and (first is None or month < first):
            break
        found.append(
            {"month": month, "written": written(month), "is_up": month in up, "is_shown": month == shown}
        )
    return found
