"""Columns month by month. Pure."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

WIDE, HIGH, BELOW, ABOVE = 360, 150, 24, 22  # of the columns, with room for months and figures


def columns(rates: Sequence[tuple[str, Fraction | None]]) -> list[dict[str, Any]]:
    """Of (label, rate) a column each, 0 to 100 %; None is a gap with a dash."""
    step = Fraction(WIDE, max(1, len(rates)))
    room = HIGH - BELOW - ABOVE
    found = []
    for place, (label, rate) in enumerate(rates):
        tall = round(room * rate) if rate is not None else 0
        found.append(
            {
                "label": label,
                "x": round(step * place + step / 8),
                "middle": round(step * place + step / 2),
                "wide": round(step * 3 / 4),
                "y": HIGH - BELOW - tall,
                "tall": tall,
                "rate": None if rate is None else round_percent(rate),
            }
        )
    return found


def round_percent(rate: Fraction) -> int:
    """Whole percent, half up; not 100 while something is missing, nor 0 while something is there."""
    whole = (2 * 100 * rate.numerator + rate.denominator) // (2 * rate.denominator)
    if rate != 1:
        whole = min(whole, 99)
    return max(whole, 1) if rate else whole
