"""The bills of a period for every home, made some at a time: whatever dies in between, each home has one.

Which months a home is charged: models/contract/terms.py. What they come to: models/fee/composing.py. Services
that were ordered are billed apart (models/fee/ordered.py).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import and_, insert, or_, select

from models.base.actor import SYSTEM
from models.base.clock import local, now
from models.base.months import in_rows, month_on, months_from
from models.base.orm import put, session
from models.contract.standing import Proofs, contracts_of, reliefs_of
from models.contract.tables import Charging
from models.contract.terms import Held, Seen, charging_in, months_charged
from models.fee.composing import Ask, Line, composed
from models.fee.lines import rows, sides
from models.fee.ordered import asks_of, orders_of
from models.fee.payments import use_prepaid
from models.fee.period import LONGEST, Period
from models.fee.tables import Bill, BillLine, BillRun, State
from models.fee.tariffs import Stretch, Tariffs, stretches
from models.ledger import post
from models.ledger.sealing import open_day
from models.place.tables import Building, Estate, Household

AT_ONCE = 500  # households in one transaction
SHORT = 3  # months; longer bills are few

Months = dict[tuple[int, int], set[date]]
Labels = dict[tuple[int, int], set[str]]


class Home(NamedTuple):
    """A household, as far as its bill asks."""

    id: int
    area: int | None
    building_id: int
    estate_id: int


class Made(NamedTuple):
    """A bill before it is written: what it charges, of which service, under which label."""

    home: Home
    service_id: int
    label: str
    over: Period
    lines: Sequence[Line]
    is_late: bool  # made after what it is for, so that it is due later than the others of its run

    @property
    def fen(self) -> int:
        return sum(line.fen for line in self.lines)


@dataclass(slots=True)
class Count:
    """Some homes: the bills that they are to have, and how many of them cannot be charged."""

    bills: list[Made] = field(default_factory=list)
    no_area: int = 0
    no_tariff: int = 0


def begin(period: Period, due_days: int) -> int:
    """The run for this period, begun now or earlier; `due_days` after its first day its bills are due."""
    known = session().execute(select(BillRun.id).where(BillRun.period == period.label)).scalar()
    if known is not None:
        return known
    return put(BillRun, period=period.label, due_on=period.first + timedelta(days=due_days))


def bill_some(run_id: int) -> bool:
    """Goes on with a run. False when it has ended, or somebody else is at it."""
    query = select(BillRun).where(BillRun.id == run_id, BillRun.ended_at.is_(None))
    run = session().scalars(query.with_for_update(skip_locked=True)).first()
    if run is None:
        return False
    homes = _homes(run.up_to)
    if not homes:
        run.ended_at = now()
        return False
    _hold([home.id for home in homes])
    count = counted(Period.of(run.period), Tariffs(), homes)
    run.no_tariff += count.no_tariff
    run.no_area += count.no_area
    if count.bills:
        _write(run, count.bills)
    run.up_to = homes[-1].id
    return True


def rehearse(period: Period) -> Iterator[Count]:
    """What a run would do, some homes at a time; writes nothing."""
    tariffs, after = Tariffs(), 0
    while homes := _homes(after):
        yield counted(period, tariffs, homes)
        after = homes[-1].id


def again(run_id: int) -> None:
    """Looks at every home once more, for those that came since, have an area now, or whose service is proved;
    no month is billed twice."""
    run = session().get_one(BillRun, run_id, with_for_update=True)
    if run.ended_at is not None:
        run.up_to = run.no_area = run.no_tariff = 0
        run.ended_at = None


def _homes(after: int) -> Sequence[Home]:
    query = (
        select(Household.id, Household.area, Household.building_id, Building.estate_id)
        .join(Building, Building.id == Household.building_id)
        .join(Estate, Estate.id == Building.estate_id)
        .where(Household.id > after, Household.active, Building.active, Estate.active)
        .order_by(Household.id)
        .limit(AT_ONCE)
    )
    return [Home(*row) for row in session().execute(query)]


def _hold(households: Sequence[int]) -> None:
    """As `payments.hold` for each: what a home is charged and what it agrees on take turns. By number, so
    that two runs do not wait for each other."""
    query = select(Household.id).where(Household.id.in_(households)).order_by(Household.id)
    session().execute(query.with_for_update()).all()


def _billed(period: Period, homes: Sequence[int]) -> tuple[Months, Labels]:
    """By (home, service): the months that stand on a bill, and what the bills are called."""
    query = select(Bill.household_id, Bill.service_id, Bill.period, Bill.first, Bill.months).where(
        Bill.household_id.in_(homes),
        Bill.state != State.VOID,
        Bill.first < period.after,
        or_(
            Bill.first > month_on(period.first, -SHORT),
            and_(Bill.months > SHORT, Bill.first > month_on(period.first, -LONGEST)),
        ),
    )
    months: Months = defaultdict(set)
    labels: Labels = defaultdict(set)
    for home, service, label, first, count in session().execute(query):
        months[home, service].update(months_from(first, count))
        labels[home, service].add(label)
    return months, labels


class _Counting:
    """The bills of some homes for a period; what they have in common is worked out once."""

    def __init__(self, period: Period, tariffs: Tariffs, homes: Sequence[Home]) -> None:
        numbers = [home.id for home in homes]
        self.period, self.tariffs = period, tariffs
        self.wanted = list(period.month_starts())
        self.months, self.labels = _billed(period, numbers)
        self.contracts, self.reliefs = contracts_of(numbers), reliefs_of(numbers)
        self.orders = orders_of(numbers)
        self.proofs = Proofs()
        self.cuts: dict[tuple[int, int, date, int], list[Stretch]] = {}
        self.found = Count()

    def fee(self, home: Home) -> None:
        """The property fee of one home."""
        contracts = self.contracts.get(home.id, ())
        months = months_charged(
            self.wanted,
            contracts,
            self.months.get((home.id, 0), ()),
            lambda month: self._seen(home, month) is not None,
        )
        for first, count in in_rows(months):
            over = self.period if count == self.period.months else Period.stretch(first, count)
            place = home.estate_id, home.building_id
            rates, key = self.tariffs.of(*place), (*place, first, count)
            if key not in self.cuts:
                self.cuts[key] = stretches(rates, over)
            seen = self._all_seen(home, contracts, over) if contracts else {}
            reliefs = self.reliefs.get(home.id, ())
            ask = Ask(rates, over, home.area, reliefs=reliefs, seen=seen)
            if not self._add(home, 0, ask, self.cuts[key], is_late=bool(seen)):
                return  # counted once, however many rows of months it has

    def services(self, home: Home) -> None:
        """What one home ordered; each service on a bill of its own."""
        for order in self.orders.get(home.id, ()):
            rates = self.tariffs.of(home.estate_id, home.building_id, order.service_id)
            taken = self.months.get((home.id, order.service_id), ())
            for ask, cut in asks_of(order, rates, home.area, self.period, taken):
                if not self._add(home, order.service_id, ask, cut, is_late=True):
                    break

    def _add(self, home: Home, service_id: int, ask: Ask, cut: Sequence[Stretch], *, is_late: bool) -> bool:
        lines = composed(ask, cut)
        if lines is None or not cut:
            self.found.no_area += lines is None
            self.found.no_tariff += not cut
            return False
        if lines:
            labels = self.labels[home.id, service_id]
            label = self.period.label if self.period.label not in labels else ask.over.label
            label = label if label not in labels else Period.stretch(ask.over.first, ask.over.months).label
            labels.add(label)
            self.found.bills.append(Made(home, service_id, label, ask.over, lines, is_late))
        return True

    def _seen(self, home: Home, month: date) -> Seen | None:
        return self.proofs.of(home.estate_id, home.building_id, month)

    def _all_seen(self, home: Home, contracts: Sequence[Held], over: Period) -> dict[date, Seen]:
        ways = {month: charging_in(contracts, month) for month in over.month_starts()}
        found = {
            month: self._seen(home, month) for month, way in ways.items() if way == Charging.SERVICE_FIRST
        }
        return {month: seen for month, seen in found.items() if seen is not None}


def counted(period: Period, tariffs: Tariffs, homes: Sequence[Home]) -> Count:
    """The bills that these homes are to have for the period now."""
    counting = _Counting(period, tariffs, homes)
    for home in homes:
        counting.fee(home)
        counting.services(home)
    return counting.found


def _write(run: BillRun, made: Sequence[Made]) -> None:
    connection, at = session().connection(), now()
    later = local(at).date() + (run.due_on - Period.of(run.period).first)
    bills = [
        {
            "household_id": one.home.id,
            "estate_id": one.home.estate_id,
            "period": one.label,
            "first": one.over.first,
            "months": one.over.months,
            "due_on": max(run.due_on, later) if one.is_late else run.due_on,
            "amount_fen": one.fen,
            "paid_fen": 0,
            "service_id": one.service_id,
            "state": State.OPEN if one.fen else State.PAID,
            "made_at": at,
        }
        for one in made
    ]
    connection.execute(insert(Bill), bills)
    homes = sorted({one.home.id for one in made})
    query = select(Bill.id, Bill.household_id, Bill.period, Bill.service_id).where(
        Bill.household_id.in_(homes), Bill.period.in_({one.label for one in made}), Bill.state != State.VOID
    )
    numbers = {(home, label, service): key for key, home, label, service in connection.execute(query)}
    keys = [numbers[one.home.id, one.label, one.service_id] for one in made]
    lines = [
        line
        for key, one in zip(keys, made, strict=True)
        for line in rows(key, one.service_id, one.lines, SYSTEM)
    ]
    connection.execute(insert(BillLine), lines)
    for estate in dict.fromkeys(one.home.estate_id for one in made):
        _book(run, estate, [one for one in made if one.home.estate_id == estate], min(keys))
    use_prepaid(homes, max(Period.of(run.period).first, local(at).date()))
    run.bills += len(bills)
    run.fen += sum(one.fen for one in made)


def _book(run: BillRun, estate_id: int, made: Sequence[Made], first_bill: int) -> None:
    """What these homes owe from now on, and what the estate still has to do for it."""
    owed: dict[int, int] = defaultdict(int)
    for one in made:
        owed[one.home.id] += one.fen
    postings = sides(owed, (line for one in made for line in one.lines))
    if postings:
        day = open_day(estate_id, Period.of(run.period).first)
        key = f"billed/{run.period}/{estate_id}/{first_bill}"
        post("billed", estate_id, day, postings, key=key, by=SYSTEM, about=("bill_run", run.id))
