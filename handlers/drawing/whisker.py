"""A rate with what it may be: a point on a line from nothing to all, between two ends. Pure."""

from fractions import Fraction
from typing import NamedTuple


class Whisker(NamedTuple):
    """Thousandths. `low` and `high` are None where nobody can tell (a weighted rate has no interval)."""

    at: int
    low: int | None
    high: int | None


def whisker(rate: Fraction | None, low: int | None, high: int | None) -> Whisker | None:
    """`low` and `high` in 1/10 000, as models/indicator/figures.py gives them. None for no rate."""
    if rate is None:
        return None
    at = (2000 * rate.numerator + rate.denominator) // (2 * rate.denominator)
    if low is None or high is None:
        return Whisker(at, None, None)
    return Whisker(at, low // 10, -(-high // 10))
