"""Whole fen, rounded and divided. Pure: nothing here knows a table or a clock.

Rounding: what is computed exactly is rounded once, half a fen upwards. What is divided is divided so that the
parts are the whole.
"""

from collections.abc import Sequence
from fractions import Fraction


def rounded(exact: Fraction) -> int:
    """To the nearest whole, half upwards: 0.5 is 1, −0.5 is 0."""
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def portion(fen: int, of: Fraction) -> int:
    """A part of a sum, such as ten months of twelve, rounded as a line is."""
    return rounded(fen * of)


def split(fen: int, weights: Sequence[int]) -> list[int]:
    """The sum in parts like `weights`, none of which is further than a fen from its exact share.

    What rounding leaves over goes to those who lost most by it, the first of equals first. All weights are
    ≥ 0 and one of them is more. Raises ValueError otherwise.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights are not negative, and not all nothing")
    parts = [fen * weight // whole for weight in weights]
    lost = sorted(range(len(weights)), key=lambda one: (-(fen * weights[one] % whole), one))
    for one in lost[: fen - sum(parts)]:
        parts[one] += 1
    return parts


def shares(amounts: Sequence[int]) -> list[int]:
    """Of each of the amounts its share in tenths of a percent; together 1 000, or all 0 where there is
    nothing."""
    return split(1000, amounts) if sum(amounts) else [0] * len(amounts)
