"""What all pages of figures say at their head: which period of which place, by which formulas."""

from typing import Any

from handlers.pages.chain.indicator_sight import Sight
from models.base.clock import now
from models.base.resources import table
from models.indicator.asking import view_of
from models.indicator.period import Period, months_to, named, this_month
from models.indicator.settings import Settings


def frame(sight: Sight, period: Period, settings: Settings) -> dict[str, Any]:
    at = now()
    month = period if len(period.name) == len("2026-11") else None
    months = months_to(month, 2) if month else []
    is_past = period.is_over(at)
    following = months_to(this_month(at), 1)[0] if is_past else None
    return {
        "name": sight.visitor.staff_name,
        "period": period.name,
        "words": period_words(period),
        "before": months[0].name if months else None,
        "after": _next(period) if is_past and month else None,
        "now": following.name if following is not None and following != period else None,
        "runs": not is_past,
        "place": sight.place,
        "own_grids": sight.scope.grids is not None,
        "communities": list(sight.communities.items()) if len(sight.communities) > 1 else [],
        "community": sight.scope.community_id,
        "query": sight.query,
        "settles": sight.settles,
        "seals": sight.seals,
        "formulas": settings.version,
        "least": settings.least,
    }


def period_words(period: Period) -> str:
    """2026年11月, 2026年第4季度, 2026年, or two days."""
    words = table("labels/periods.toml")
    year, rest = period.name[:4], period.name[5:]
    if ".." in period.name:
        return f"{period.first} – {period.last}"
    if not rest:
        return str(words["year"]).format(year=year)
    if rest.startswith("Q"):
        return str(words["quarter"]).format(year=year, quarter=rest[1:])
    return str(words["month"]).format(year=year, month=int(rest))


def _next(period: Period) -> str:
    first = period.end
    return f"{first:%Y-%m}"


def settings_of(sight: Sight, period: Period) -> Settings:
    return view_of(period, sight.scope, now()).settings


def period_said(text: str) -> Period:
    """This month without one. Raises Invalid."""
    return named(text) if text else this_month(now())
