"""What a figure is and how it is written. Exact: whole numbers over whole numbers, no float on the way."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import isqrt
from typing import Any, NamedTuple

NOTHING = "—"  # of a zero denominator: neither 0 % nor 100 %


class Figure(NamedTuple):
    """A rate: `over` of `under`. Where a grade counts in part (满意 + 0.9 × 基本满意), `over` is in parts of
    `scale`."""

    code: str
    over: int
    under: int
    scale: int = 1

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.over, self.under * self.scale) if self.under else None

    @property
    def counted(self) -> str:
        """`11/12`, `29.7/32`, `0/0`."""
        return f"{decimal(Fraction(self.over, self.scale))}/{self.under}"

    def written(self, places: int = 1) -> str:
        """`11/12 = 91.7%`; `—` where nothing was to be counted."""
        return NOTHING if self.rate is None else f"{self.counted} = {percent(self.rate, places)}"


class Spread(NamedTuple):
    """Minutes of so many cases: half of them took no longer than the median, nine of ten no longer than p90
    (nearest rank)."""

    code: str
    cases: int
    median: int | None
    p90: int | None


class Composite(NamedTuple):
    """A weighted sum of rates; None where one of them has nothing to count."""

    code: str
    rate: Fraction | None
    parts: frozenset[str]


def percent(rate: Fraction, places: int = 1) -> str:
    """Half up, as people round: 51 229/51 571 with two places is `99.34%`."""
    unit = 10**places
    parts = (2 * 100 * unit * rate.numerator + rate.denominator) // (2 * rate.denominator)
    sign, parts = ("-", -parts) if parts < 0 else ("", parts)
    return f"{sign}{parts // unit}.{parts % unit:0{places}}%" if places else f"{sign}{parts}%"


def decimal(value: Fraction) -> str:
    """`29.7`; a whole number without a point. Denominators here are 1, 10 or 100."""
    whole = value * 100
    assert whole.denominator == 1
    written = f"{whole.numerator // 100}.{whole.numerator % 100:02}"
    return written.rstrip("0").rstrip(".")


def per_10000(rate: Fraction) -> int:
    """Half up."""
    return (2 * 10_000 * rate.numerator + rate.denominator) // (2 * rate.denominator)


def interval(over: int, under: int) -> tuple[int, int] | None:
    """Wilson's interval at 95 % in 1/10 000, low rounded down and high up (E. B. Wilson, 1927): what the rate
    may be, when so few were counted. None for nothing."""
    if not under:
        return None
    z2 = Fraction(38416, 10_000)  # 1.96²
    middle = Fraction(over) + z2 / 2
    # z·√(over·(n−over)/n + z²/4), its root taken of a whole number large enough for all places that count
    inside = z2 * (Fraction(over * (under - over), under) + z2 / 4)
    root = Fraction(isqrt(inside.numerator * 10**16 // inside.denominator), 10**8)
    whole = under + z2
    low, high = max(Fraction(0), (middle - root) / whole), min(Fraction(1), (middle + root) / whole)
    return int(low * 10_000), -int(-high * 10_000 // 1)


def spread(code: str, minutes: Iterable[int]) -> Spread:
    several = sorted(minutes)
    return Spread(code, len(several), _ranked(several, 50), _ranked(several, 90))


def average(figures: Iterable[Figure]) -> Fraction | None:
    """Of several grids or communities, each with the same weight; who had nothing to count is left out."""
    rates = [one.rate for one in figures if one.rate is not None]
    return sum(rates, Fraction(0)) / len(rates) if rates else None


def composite(code: str, parts: Sequence[tuple[Figure, int, bool]]) -> Composite:
    """Of (figure, weight in percent, whether less is better) the sum; less is better counts as 1 − rate."""
    total, names = Fraction(0), frozenset(figure.code for figure, _, _ in parts)
    for figure, weight, is_inverted in parts:
        if figure.rate is None:
            return Composite(code, None, names)
        total += Fraction(weight, 100) * (1 - figure.rate if is_inverted else figure.rate)
    return Composite(code, total, names)


def as_json(one: Figure | Spread | Composite) -> dict[str, Any]:
    """Whole numbers, and the rate as it is written; `from_json` reads it."""
    if isinstance(one, Spread):
        return {"indicator": one.code, "cases": one.cases, "median": one.median, "p90": one.p90}
    rate = percent(one.rate) if one.rate is not None else None
    if isinstance(one, Composite):
        exact = [one.rate.numerator, one.rate.denominator] if one.rate is not None else None
        return {"indicator": one.code, "rate": rate, "exact": exact, "parts": sorted(one.parts)}
    parts = {"scale": one.scale} if one.scale != 1 else {}
    return {"indicator": one.code, "over": one.over, "under": one.under, **parts, "rate": rate}


def from_json(said: Mapping[str, Any]) -> Figure | Spread | Composite:
    code = said["indicator"]
    if "cases" in said:
        return Spread(code, said["cases"], said["median"], said["p90"])
    if "exact" in said:
        exact = said["exact"]
        return Composite(code, Fraction(*exact) if exact is not None else None, frozenset(said["parts"]))
    return Figure(code, said["over"], said["under"], said.get("scale", 1))


def _ranked(several: Sequence[int], percentile: int) -> int | None:
    return several[-(-len(several) * percentile // 100) - 1] if several else None
