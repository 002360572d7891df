"""Which months of a home a run of bills charges. The one place where this is decided; pure.

A month is charged by one bill of a service only, ever. Nothing is charged inside a trial, nor after it before
the home has agreed to something, because silence is no consent (row 54). The months of a year in advance are
charged by the bill of that contract. Months of service first are charged when all of them that lie in the
period are over and proved (row 55). Everybody else pays by quarter, which means with every run.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from models.base.months import month_on
from models.contract.tables import Charging


class Held(NamedTuple):
    """A contract as far as its months go; `until` is the day after its last."""

    charging: Charging
    since: date
    until: date | None


class Relieved(NamedTuple):
    """A relief that a second person agreed to: so much of the fee from `since` to before `until`."""

    part: Fraction
    since: date
    until: date


class Seen(NamedTuple):
    """What was seen of a proved month: by line of the standard, which part of the fee was not earned."""

    undone: Sequence[tuple[str, Fraction]]


def charging_in(contracts: Sequence[Held], month: date) -> Charging | None:
    """How a home is charged in a month; None: not at all. The latest contract that touches it holds, a trial
    before all others."""
    after = month_on(month, 1)
    touching = [one for one in contracts if one.since < after and (one.until is None or one.until > month)]
    if any(one.charging == Charging.TRIAL for one in touching):
        return Charging.TRIAL
    if touching:
        return max(touching, key=lambda one: one.since).charging
    ended = [one for one in contracts if one.until is not None and one.until <= month]
    last = max(ended, key=lambda one: (one.until or month, one.since), default=None)
    return None if last is not None and last.charging == Charging.TRIAL else Charging.QUARTER


def months_charged(
    months: Sequence[date],
    contracts: Sequence[Held],
    billed: Collection[date],
    is_proved: Callable[[date], bool],
) -> list[date]:
    """Those of the months that a run charges now; `billed` are those that stand on a bill already."""
    if not contracts:
        return [month for month in months if month not in billed]
    ways = {month: charging_in(contracts, month) for month in months if month not in billed}
    first = [month for month, way in ways.items() if way == Charging.SERVICE_FIRST]
    held_back = set() if all(is_proved(month) for month in first) else set(first)
    charged = (Charging.QUARTER, Charging.SERVICE_FIRST)
    return [month for month, way in ways.items() if way in charged and month not in held_back]
