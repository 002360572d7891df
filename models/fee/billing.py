"""The bills of a period for every home, made some at a time: whatever dies in between, each home has one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import insert, select

from models.base.actor import SYSTEM
from models.base.clock import now
from models.base.orm import put, session
from models.fee import arithmetic
from models.fee.payments import use_prepaid
from models.fee.period import Period
from models.fee.tables import Basis, Bill, BillLine, BillRun, State
from models.fee.tariffs import Stretch, Tariffs, stretches
from models.ledger import Account, Posting, post
from models.place.tables import Building, Estate, Household

AT_ONCE = 500  # households in one transaction


class Home(NamedTuple):
    """A household, as far as its bill asks."""

    id: int
    area: int | None
    building_id: int
    estate_id: int


class Charge(NamedTuple):
    """What a home is charged for a stretch of its period."""

    stretch: Stretch
    area: int | None
    fen: int


@dataclass(slots=True)
class Count:
    """Some homes: what those without a bill are charged, and how many cannot be."""

    charged: dict[int, list[Charge]]
    no_area: int
    no_tariff: int


def charges(cut: Sequence[Stretch], area: int | None) -> list[Charge] | None:
    """The lines of a bill. None where a price asks for an area that nobody knows."""
    found = []
    for one in cut:
        if one.rate.basis == Basis.YEAR:
            found.append(Charge(one, None, arithmetic.by_year(one.rate.price, one.months)))
        elif area is None:
            return None
        else:
            found.append(Charge(one, area, arithmetic.by_area(area, one.rate.price, one.months)))
    return found


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
    _bill(run, homes)
    run.up_to = homes[-1].id
    return True


def rehearse(period: Period) -> Iterator[Count]:
    """What a run would do, some homes at a time; writes nothing."""
    tariffs, after = Tariffs(), 0
    while homes := _homes(after):
        yield _counted(period, tariffs, homes)
        after = homes[-1].id


def again(run_id: int) -> None:
    """Looks at every home once more, for those that came since or have an area now; none is billed twice."""
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


def _bill(run: BillRun, homes: Sequence[Home]) -> None:
    period = Period.of(run.period)
    count = _counted(period, Tariffs(), homes)
    run.no_tariff += count.no_tariff
    run.no_area += count.no_area
    if count.charged:
        _write(run, period, [home for home in homes if home.id in count.charged], count.charged)


def _counted(period: Period, tariffs: Tariffs, homes: Sequence[Home]) -> Count:
    have = _billed(period.label, [home.id for home in homes])
    cuts: dict[tuple[int, int], list[Stretch]] = {}
    found = Count({}, 0, 0)
    for home in homes:
        if home.id in have:
            continue
        place = home.estate_id, home.building_id
        if place not in cuts:
            cuts[place] = stretches(tariffs.of(*place), period)
        lines = charges(cuts[place], home.area)
        if not cuts[place]:
            found.no_tariff += 1
        elif lines is None:
            found.no_area += 1
        elif sum(line.fen for line in lines):
            found.charged[home.id] = lines
    return found


def _billed(label: str, homes: Sequence[int]) -> frozenset[int]:
    query = select(Bill.household_id).where(Bill.period == label, Bill.household_id.in_(homes))
    return frozenset(session().execute(query).scalars())


def _write(run: BillRun, period: Period, homes: Sequence[Home], charged: dict[int, list[Charge]]) -> None:
    connection, at = session().connection(), now()
    sums = {home.id: sum(line.fen for line in charged[home.id]) for home in homes}
    bills = [
        {
            "household_id": home.id,
            "estate_id": home.estate_id,
            "period": period.label,
            "first": period.first,
            "months": period.months,
            "due_on": run.due_on,
            "amount_fen": sums[home.id],
            "paid_fen": 0,
            "state": State.OPEN,
            "made_at": at,
        }
        for home in homes
    ]
    connection.execute(insert(Bill), bills)
    made = select(Bill.household_id, Bill.id).where(
        Bill.period == period.label, Bill.household_id.in_(list(sums))
    )
    numbers = {row.household_id: row.id for row in connection.execute(made)}
    lines = [
        {
            "bill_id": numbers[home.id],
            "what": "service",
            "basis": line.stretch.rate.basis,
            "price": line.stretch.rate.price,
            "area": line.area,
            "months_over": line.stretch.months.numerator,
            "months_under": line.stretch.months.denominator,
            "fen": line.fen,
            "at": at,
            "by_id": None,
        }
        for home in homes
        for line in charged[home.id]
    ]
    connection.execute(insert(BillLine), lines)
    for estate in dict.fromkeys(home.estate_id for home in homes):
        theirs = {home.id: sums[home.id] for home in homes if home.estate_id == estate}
        _book(run, estate, period.first, theirs)
    use_prepaid(list(sums), period.first)
    run.bills += len(bills)
    run.fen += sum(sums.values())


def _book(run: BillRun, estate_id: int, day: date, sums: dict[int, int]) -> None:
    """What these homes owe from now on, and what the estate still has to do for it."""
    owed = [Posting(Account.RECEIVABLE, fen, home) for home, fen in sums.items()]
    post(
        "billed",
        estate_id,
        day,
        [*owed, Posting(Account.DEFERRED, -sum(sums.values()))],
        key=f"billed/{run.period}/{min(sums)}",
        by=SYSTEM,
        about=("bill_run", run.id),
    )
