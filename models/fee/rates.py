"""收缴率: how much of what was due for a period came in by its end (row 58).

Two rates that are never mixed: of homes, those that paid all of it; of money, what was paid. A bill for more
months than the period counts with those of its months that lie in it, paid from the first month on: a year in
advance is not one good month. What came in later than the period is not in its rate, late payment charges are
in neither. A home that was due nothing is in no denominator.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select

from models.base.clock import local, now
from models.base.months import month_on
from models.base.orm import session
from models.fee.late import LATE
from models.fee.payments import Part, Payment
from models.fee.period import LONGEST, Period
from models.fee.tables import Bill, BillLine, State
from models.ledger.parts import split
from models.outbox.door import FEWEST_HOMES
from models.place.tables import Household

#: Lines that are no fee of the period: charges for late payment, and what was owed before the books began,
#: because of those days nobody knows who had paid.
NO_FEE = (LATE, "opening")


class Rate(NamedTuple):
    """So much of so much, homes or fen, for a period by its label. Not a rate without the three together."""

    over: int
    under: int
    period: str

    @property
    def permille(self) -> int | None:
        """Half upwards. None where nothing was due: that is no rate, and not nought either."""
        return (2000 * self.over + self.under) // (2 * self.under) if self.under else None


class Rates(NamedTuple):
    households: Rate
    money: Rate


class Said(NamedTuple):
    """What everybody may hear of an estate: None where a number would tell of somebody. The numbers are of
    `buildings` of its `of` buildings together."""

    period: str
    buildings: int
    of: int
    households: Rate | None
    money: Rate | None


class Owed(NamedTuple):
    """A bill: fen for so many months from `first` on, and what of it was paid on which day. A payment without
    a day was there before the bill."""

    household_id: int
    building_id: int
    first: date
    months: int
    fen: int
    paid: Sequence[tuple[date | None, int]]


class Home(NamedTuple):
    """Of one home in a period: fen due, fen received."""

    due: int
    received: int

    @property
    def has_paid(self) -> bool:
        return self.received >= self.due


#: Whether a building's number, of its homes by household, tells of nobody beside what was said before.
Rule = Callable[[int, Mapping[int, Home]], bool]


def in_period(bill: Owed, period: Period) -> Home:
    """What of a bill was due for the period and came in by its end. Pure."""
    if bill.fen <= 0:
        return Home(0, 0)
    before = due = 0
    for month, part in enumerate(split(bill.fen, [1] * bill.months)):
        first = month_on(bill.first, month)
        if first < period.first:
            before += part
        elif first < period.after:
            due += part
    came = sum(fen for day, fen in bill.paid if day is None or day < period.after)
    return Home(due, min(max(came - before, 0), due))


def homes_in(bills: Iterable[Owed], period: Period) -> Mapping[int, dict[int, Home]]:
    """Building → household → what was due and came in; homes that were due nothing are left out. Pure."""
    found: dict[int, dict[int, Home]] = defaultdict(dict)
    for bill in bills:
        due, received = in_period(bill, period)
        if due:
            before = found[bill.building_id].get(bill.household_id, Home(0, 0))
            found[bill.building_id][bill.household_id] = Home(before.due + due, before.received + received)
    return found


def rates(estate_id: int, periods: Sequence[Period], *, building_id: int | None = None) -> list[Rates]:
    """Both rates of an estate, or of one of its buildings, for each period; those of one that has not ended
    as they are today."""
    bills = _bills(estate_id, periods, building_id)
    return [_rates(homes_in(bills, period).values(), period) for period in periods]


def by_households(estate_id: int, period: Period, *, building_id: int | None = None) -> Rate:
    return rates(estate_id, [period], building_id=building_id)[0].households


def by_building(estate_id: int, period: Period) -> Mapping[int, Rates]:
    """Building → both rates, of those in which anything was due."""
    found = homes_in(_bills(estate_id, [period], None), period)
    return {building: _rates([homes], period) for building, homes in found.items()}


def trend(estate_id: int, periods: Sequence[Period], may_be_said: Rule) -> list[Said]:
    """What everybody may hear, for each period that has ended: while one runs, today's number beside
    yesterday's would tell who was at the counter.

    It is the sum of exactly those buildings in which at least five homes have paid and at least five owe, so
    that none can be found by taking others away (decision 0020), and of which `may_be_said` besides.
    What all homes paid stands in the estate's statements: so the rate of money is said only where the homes
    of the other buildings tell of nobody either.
    """
    today = local(now()).date()
    ended = [period for period in periods if period.after <= today]
    bills = _bills(estate_id, ended, None) if ended else []
    return [_said(homes_in(bills, period), period, may_be_said) for period in ended]


def unpaid(building_id: int, estate_id: int, period: Period) -> Sequence[int]:
    """The households of a building that owe something of the period: for whoever goes there alone."""
    homes = homes_in(_bills(estate_id, [period], building_id), period).get(building_id, {})
    return [household for household, home in homes.items() if not home.has_paid]


def _rates(buildings: Iterable[Mapping[int, Home]], period: Period) -> Rates:
    homes = [home for one in buildings for home in one.values()]
    return Rates(
        Rate(sum(home.has_paid for home in homes), len(homes), period.label),
        Rate(sum(home.received for home in homes), sum(home.due for home in homes), period.label),
    )


def _said(buildings: Mapping[int, Mapping[int, Home]], period: Period, may_be_said: Rule) -> Said:
    sayable = {
        building: homes
        for building, homes in buildings.items()
        if _tells_nobody(homes) and may_be_said(building, homes)
    }
    if not sayable:
        return Said(period.label, 0, len(buildings), None, None)
    made = _rates(sayable.values(), period)
    rest = {
        key: home
        for building, homes in buildings.items()
        if building not in sayable
        for key, home in homes.items()
    }
    money = made.money if not rest or _tells_nobody(rest) else None
    return Said(period.label, len(sayable), len(buildings), made.households, money)


def _tells_nobody(homes: Mapping[int, Home]) -> bool:
    paid = sum(home.has_paid for home in homes.values())
    return min(paid, len(homes) - paid) >= FEWEST_HOMES


def _bills(estate_id: int, periods: Sequence[Period], building_id: int | None) -> list[Owed]:
    """All that may have months in one of the periods."""
    first, after = min(one.first for one in periods), max(one.after for one in periods)
    which: list[Any] = [
        Bill.estate_id == estate_id,
        Bill.service_id == 0,
        Bill.state != State.VOID,
        Bill.first < after,
        Bill.first > month_on(first, -LONGEST),
    ]
    query = (
        select(Bill.id, Bill.household_id, Household.building_id, Bill.first, Bill.months, Bill.amount_fen)
        .join(Household, Household.id == Bill.household_id)
        .where(*which)
        .order_by(Bill.id)
    )
    if building_id is not None:
        which.append(Bill.household_id.in_(select(Household.id).where(Household.building_id == building_id)))
        query = query.where(which[-1])
    late = select(BillLine.bill_id, func.sum(BillLine.fen)).join(Bill, Bill.id == BillLine.bill_id)
    late = late.where(*which, BillLine.what.in_(NO_FEE)).group_by(BillLine.bill_id)
    charged = {row[0]: int(row[1]) for row in session().execute(late)}
    parts = (
        select(Part.bill_id, Payment.day, func.sum(Part.fen))
        .join(Bill, Bill.id == Part.bill_id)
        .outerjoin(Payment, Payment.id == Part.payment_id)
        .where(*which)
        .group_by(Part.bill_id, Payment.day)
    )
    paid: dict[int, list[tuple[date | None, int]]] = defaultdict(list)
    for bill, day, fen in session().execute(parts):
        paid[bill].append((day, int(fen)))
    return [
        Owed(home, building, since, months, fen - charged.get(key, 0), paid.get(key, ()))
        for key, home, building, since, months, fen in session().execute(query)
    ]
