"""What a number opens to, and what somebody should look at."""

from collections.abc import Iterator
from typing import Any

from handlers.pages.access import case_at
from handlers.pages.chain.indicator_frame import frame, settings_of
from handlers.pages.chain.indicator_sight import Sight
from handlers.pages.story import staff_name
from handlers.wording import indicators as wording
from models.base.checkdigit import with_check
from models.indicator import keeping
from models.indicator.asking import Opened, opened
from models.indicator.detecting import detected
from models.indicator.figures import Figure
from models.indicator.formulas import MINUTES, RATES
from models.indicator.period import Period

MOST = 500  # cases of one list on a page; all of them are in the file
WRITTEN = ("department", "category")  # groups whose key is a word


def cases(sight: Sight, code: str, period: Period, by: str, key: str) -> dict[str, Any]:
    """For templates/pages/chain/indicator_cases.html. Of one group's figure with `by` and its `key`."""
    settings = settings_of(sight, period)
    found = list(_opened(sight, code, period, by, key))
    is_less_better = code in RATES and RATES[code].less_is_better

    def is_good(one: Opened) -> bool:
        return one.why is not None or (one.over == 0 if is_less_better else one.over == one.under)

    # what is not as it should be stands first
    found.sort(key=lambda one: (is_good(one), one.over or 0, -(one.minutes or 0), one.case_id))
    return {
        **frame(sight, period, settings),
        "code": code,
        "title": wording.indicator_name(code),
        "of": _group_named(by, key) if by else None,
        "formula": wording.formula(code, settings),
        "source": wording.source(code),
        "is_minutes": code in MINUTES,
        "sum": _sum(code, found),
        "count": len(found),
        "cases": [
            {
                "number": one.number,
                "path": case_at(one.case_id),
                "counted": wording.counted_as(code, one),
                "is_good": is_good(one),
                "minutes": one.minutes,
            }
            for one in found[:MOST]
        ],
        "more": max(0, len(found) - MOST),
    }


def odd(sight: Sight, period: Period) -> dict[str, Any]:
    """For templates/pages/chain/indicator_odd.html."""
    settings = settings_of(sight, period)
    found: dict[str, list[dict[str, Any]]] = {}
    for one in detected(period, sight.scope, reader=sight.visitor):
        found.setdefault(one.code, []).append(
            {
                "cases": [(with_check(case), case_at(case)) for case in one.cases],
                "person": staff_name(one.person),
                "minutes": one.minutes,
            }
        )
    thresholds = {
        name: getattr(settings, name)
        for name in ("quick_minutes", "self_made_times", "repeated_times", "repeated_days")
    }
    return {**frame(sight, period, settings), **thresholds, "kinds": list(found.items())}


def _group_named(by: str, key: str) -> str:
    keyed: Any = int(key) if key.isascii() and key.isdecimal() and by not in WRITTEN else key or None
    return wording.group_names(by, [keyed])[keyed]


def _opened(sight: Sight, code: str, period: Period, by: str, key: str) -> Iterator[Opened]:
    scope, reader = sight.scope, sight.visitor
    if not by and scope.grids is None and period.is_sealable:
        then = keeping.opened_then(code, period, scope.community_id, reader)
        if then is not None:
            return then
    return opened(code, period, scope, by=by or None, key=key, reader=reader)


def _sum(code: str, found: list[Opened]) -> str | None:
    """The figure as its list adds up; None for minutes and for what is not open yet."""
    counted = [one for one in found if one.why is None]
    if code in MINUTES or any(one.under is None for one in counted):
        return None
    over, under = sum(one.over or 0 for one in counted), sum(one.under or 0 for one in counted)
    return Figure(code, over, under, 100 if RATES[code].weighted else 1).written()
