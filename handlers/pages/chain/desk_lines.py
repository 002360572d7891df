"""What the desk's first page says of the chain: one line for each page of it, with what waits there."""

from collections.abc import Callable
from typing import NamedTuple

from handlers.pages.audit import asks, log
from handlers.pages.chain import (
    colours,
    duties,
    ends,
    estate,
    goals,
    grids,
    indicators,
    keepers,
    limits,
    management,
    mediations,
    overview,
    problems,
    rota,
    samples,
    spot,
    stars,
    today,
    week,
    whistles,
)
from models.person.arriving import Visitor


class DeskLine(NamedTuple):
    """`path` below the desk's link; `code` of templates/labels/chain_lines.toml; how much waits there for
    this person."""

    path: str
    code: str
    waiting: int = 0


# Each says None for whom its page is not there.
LINES: tuple[tuple[str, str, Callable[[Visitor], int | None]], ...] = (
    ("today", "today", today.waiting),
    ("week", "week", week.waiting),
    ("own", "own", colours.waiting_own),
    ("colours", "colours", colours.waiting),
    ("stars", "stars", stars.waiting),
    ("goals", "goals", goals.waiting),
    ("duties", "duties", duties.waiting),
    ("chain/limits", "limits", limits.waiting),
    ("chain", "chain", overview.waiting),
    ("rota", "rota", rota.waiting),
    ("chain/keepers", "keepers", keepers.waiting),
    ("chain/grids", "grids", grids.waiting),
    ("chain/management", "management", management.waiting),
    ("chain/estates", "estates", estate.waiting),
    ("chain/spot", "spot", spot.waiting),
    ("chain/ends", "ends", ends.waiting),
    ("chain/problems", "problems", problems.waiting),
    ("chain/samples", "samples", samples.waiting),
    ("indicators", "indicators", indicators.waiting),
    ("mediations", "mediations", mediations.waiting),
    ("whistles", "whistles", whistles.waiting),
    ("exports", "exports", asks.waiting),
    ("audit", "audit", log.waiting),
)


def chain_lines(visitor: Visitor) -> list[DeskLine]:
    """In the order in which they stand there, what waits first."""
    found = [
        DeskLine(path, code, waiting)
        for path, code, count in LINES
        if (waiting := count(visitor)) is not None
    ]
    return sorted(found, key=lambda one: not one.waiting)
