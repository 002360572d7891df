"""Who is ahead of whom in a quarter: exact, with ties by stated rule, so that counting again gives the same
names. Pure.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from models.base.resources import table
from models.indicator.figures import Figure
from models.indicator.formulas import RATES

FORMULA = "1"  # raised whenever the same figures would give another order
VOTES = "votes"
FEW, NOTHING = "few_cases", "nothing_counted"


class Rules(NamedTuple):
    """`parts`: (measure, percent)."""

    places: int
    cases: str
    least: int
    ties: tuple[str, ...]
    parts: tuple[tuple[str, int], ...]

    @property
    def version(self) -> str:
        text = json.dumps(self, ensure_ascii=False, separators=(",", ":"))
        return f"{FORMULA}.{hashlib.sha256(text.encode()).hexdigest()[:8]}"


class Steward(NamedTuple):
    """`rates` by code; `votes` of so many that were `cast` in the own grids."""

    person_id: int
    number: str
    name: str
    rates: Mapping[str, Figure]
    votes: int
    cast: int


class Ranked(NamedTuple):
    steward: Steward
    place: int
    score: Fraction


class Left(NamedTuple):
    """Somebody who is in no ranking, and why: few_cases | nothing_counted."""

    steward: Steward
    why: str


def rules() -> Rules:
    said = table("rules/stars.toml")
    parts = tuple((one["measure"], one["weight"]) for one in said["parts"])
    return Rules(said["places"], said["cases"], said["least"], tuple(said["ties"]), parts)


def cases_of(one: Steward, by: Rules) -> int:
    return one.rates[by.cases].under if by.cases in one.rates else 0


def ranked(stewards: Iterable[Steward], by: Rules) -> tuple[list[Ranked], list[Left]]:
    """All of them, the first in front; and those that are left out."""
    scores: list[tuple[Steward, Fraction]] = []
    out: list[Left] = []
    for one in stewards:
        score = _score(one, by)
        if cases_of(one, by) < by.least:
            out.append(Left(one, FEW))
        elif score is None:
            out.append(Left(one, NOTHING))
        else:
            scores.append((one, score))
    scores.sort(key=lambda pair: (-pair[1], *_tie(pair[0], by)))
    out.sort(key=lambda left: left.steward.number)
    return [Ranked(one, place, score) for place, (one, score) in enumerate(scores, 1)], out


def as_json(one: Ranked, by: Rules) -> dict[str, Any]:
    return {
        **_person(one.steward, by),
        "place": one.place,
        "score": [one.score.numerator, one.score.denominator],
        "parts": {code: [rate.over, rate.under, rate.scale] for code, rate in one.steward.rates.items()},
        "votes": one.steward.votes,
        "cast": one.steward.cast,
    }


def left_as_json(one: Left, by: Rules) -> dict[str, Any]:
    return {**_person(one.steward, by), "why": one.why}


def _person(one: Steward, by: Rules) -> dict[str, Any]:
    return {"person": one.person_id, "number": one.number, "name": one.name, "cases": cases_of(one, by)}


def _score(one: Steward, by: Rules) -> Fraction | None:
    """0 to 1; a part without anything to count gives its weight to the others."""
    total, weight = Fraction(0), 0
    for measure, percent in by.parts:
        rate = _rate(one, measure)
        if rate is not None:
            total += percent * rate
            weight += percent
    return total / weight if weight else None


def _rate(one: Steward, measure: str) -> Fraction | None:
    if measure == VOTES:
        return Fraction(one.votes, one.cast) if one.cast else None
    rate = one.rates[measure].rate if measure in one.rates else None
    return 1 - rate if rate is not None and RATES[measure].less_is_better else rate


def _tie(one: Steward, by: Rules) -> Sequence[Any]:
    known: dict[str, Any] = {"votes": -one.votes, "cases": -cases_of(one, by), "number": one.number}
    return [known[name] for name in by.ties]
