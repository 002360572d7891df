"""Which number may be said aloud of a building's fees without telling who paid (X05).

A building's number is said when

1. at least five of its homes have paid and at least five owe: of fewer one knows who they are;
2. it is the number of a whole building, because one stair today and the house tomorrow tell the other stairs;
3. against every number that was said of this building before, at least five homes have moved: "41/60" today
   and "42/60" tomorrow would tell of the one who was at the counter in between.

An estate's group hears the sum of those of its buildings whose own number may be said, and of no others: so
no building can be found by taking the others away from the estate. Of every other building nothing is said;
that tells no more than that one of the three does not hold.
"""

from collections.abc import Iterable
from typing import NamedTuple

from models.outbox.door import FEWEST_HOMES


class Count(NamedTuple):
    """The homes of one building by number, as one book has them."""

    paid: frozenset[int]
    owing: frozenset[int]

    @property
    def homes(self) -> int:
        return len(self.paid) + len(self.owing)


def tells_nobody(now: Count, said_before: Iterable[Count]) -> bool:
    """Rules 1 and 3. Pure."""
    if min(len(now.paid), len(now.owing)) < FEWEST_HOMES:
        return False
    return all(
        min(len(now.paid ^ then.paid), len(now.owing ^ then.owing)) >= FEWEST_HOMES for then in said_before
    )
