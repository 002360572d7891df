"""What the desk's first page says of the chain: one line for each page of it, with what waits there."""

from collections.abc import Callable
from typing import NamedTuple

from handlers.pages.chain import indicators, keepers, overview
from models.person.arriving import Visitor


class DeskLine(NamedTuple):
    """`path` below the desk's link; `code` of templates/labels/chain_lines.toml; how much waits there for
    this person."""

    path: str
    code: str
    waiting: int = 0


# Each says None for whom its page is not there.
LINES: tuple[tuple[str, str, Callable[[Visitor], int | None]], ...] = (
    ("chain", "chain", overview.waiting),
    ("chain/keepers", "keepers", keepers.waiting),
    ("indicators", "indicators", indicators.waiting),
)


def chain_lines(visitor: Visitor) -> list[DeskLine]:
    """In the order in which they stand there, what waits first."""
    found = [
        DeskLine(path, code, waiting)
        for path, code, count in LINES
        if (waiting := count(visitor)) is not None
    ]
    return sorted(found, key=lambda one: not one.waiting)
