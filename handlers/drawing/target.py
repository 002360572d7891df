"""A share month by month, with its target and the day of it. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from models.grid.management import Month
from models.grid.tables import ManagementTarget

LEFT, RIGHT, TOP, BOTTOM = 44, 344, 30, 150  # of 360 × 190
AHEAD = 12  # months to come, so that the day of the target is on it


def drawn(months: Sequence[Month], target: ManagementTarget | None) -> dict[str, Any]:
    """`months` in order and without a gap."""
    first, last = months[0].month, months[-1].month
    aim = target.by_date if target is not None else None
    if aim is not None and 0 < _between(last, aim) <= AHEAD:
        last = aim
    span = max(1, _between(first, last))

    def x(month: date) -> int:
        return round(LEFT + (RIGHT - LEFT) * _between(first, month) / span)

    points = [
        {"x": x(one.month), "y": _y(one.rate.permille), "permille": one.rate.permille}
        for one in months
        if one.rate is not None and one.rate.permille is not None
    ]
    known = [one.rate is not None and one.rate.permille is not None for one in months]
    return {
        "points": points,
        "line": " ".join(f"{one['x']},{one['y']}" for one in points),
        "ticks": [
            {"x": x(one.month), "month": one.month}
            for place, one in enumerate(months)
            if place in (0, len(months) - 1)
        ],
        "since": known.index(True) if any(known) else None,
        "target": {
            "y": _y(target.per_10000 / 10),
            "x": x(aim) if aim is not None and 0 <= _between(first, aim) <= span else None,
            "permille": target.per_10000 / 10,
            "by": aim,
        }
        if target is not None
        else None,
    }


def _between(first: date, later: date) -> int:
    """Months."""
    return (later.year - first.year) * 12 + later.month - first.month


def _y(permille: float) -> int:
    return round(BOTTOM - (BOTTOM - TOP) * permille / 1000)
