"""A line from period to period, with gaps where nothing may be said. Pure."""

from collections.abc import Sequence
from typing import Any

WIDE, HIGH, ASIDE, ABOVE = 360, 160, 70, 36  # of a trend, with room for figures around it


def trend(rates: Sequence[tuple[int, int] | None]) -> list[dict[str, Any] | None]:
    """Of (over, under) the points of a line from nothing to all; None where nothing may be said or nothing
    was due: the line has a gap there."""
    step = (WIDE - 2 * ASIDE) / max(1, len(rates) - 1)
    found: list[dict[str, Any] | None] = []
    for place, rate in enumerate(rates):
        if rate is None or not rate[1]:
            found.append(None)
            continue
        over, under = rate
        permille = (2000 * over + under) // (2 * under)
        found.append(
            {
                "over": over,
                "under": under,
                "permille": permille,
                "x": round(ASIDE + (step * place if len(rates) > 1 else (WIDE - 2 * ASIDE) / 2)),
                "y": round(ABOVE + (HIGH - 2 * ABOVE) * (1000 - permille) / 1000),
            }
        )
    return found


def stretches(points: Sequence[dict[str, Any] | None]) -> list[str]:
    """The `points` of the polylines between gaps."""
    lines: list[list[str]] = [[]]
    for point in points:
        if point is None:
            lines.append([])
        else:
            lines[-1].append(f"{point['x']},{point['y']}")
    return [" ".join(line) for line in lines if len(line) > 1]
