"""A home's money, as whoever lives there reads it: its bills line by line, what it paid, where that went."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select

from models.base.clock import local, now
from models.base.orm import session
from models.base.refusals import NotFound
from models.contract.tables import Service
from models.fee.payments import Part, Payment
from models.fee.period import Period
from models.fee.tables import Bill, BillLine, State, Tariff
from models.ledger import Account
from models.ledger.balances import household_balance
from models.person.proving import claims, homes_of
from models.person.tables import Home
from models.place.tables import Building, Estate, Household


class Dwelling(NamedTuple):
    """A household with the words of its place."""

    id: int
    estate_id: int
    building_id: int
    community_id: int
    estate: str
    building: str
    unit: str
    room: str

    def place(self) -> dict[str, str]:
        return {"estate": self.estate, "building": self.building, "unit": self.unit, "room": self.room}


class Claimed(NamedTuple):
    """Where somebody only says to live, and the mark by which staff know that it is this person."""

    home: Dwelling
    mark: str


class Sums(NamedTuple):
    """Fen. `owed` of all open bills; `due` and `paid` of the bills of this year; `kept` for bills to come."""

    owed: int
    due: int
    paid: int
    kept: int


class Ground(NamedTuple):
    """Since when a price holds, and which meeting or paper approved it."""

    since: date
    words: str | None


class Used(NamedTuple):
    """What of a payment went to a bill, in fen; `service` is the optional one that the bill is for."""

    bill_id: int
    period: str
    service: str | None
    fen: int


def dwelling(household_id: int) -> Dwelling:
    """Raises NotFound."""
    found = list(_dwellings([household_id]))
    if not found:
        raise NotFound("household_not_found")
    return found[0]


def dwellings(households: Collection[int]) -> dict[int, Dwelling]:
    """By household, without those that are not there."""
    return {one.id: one for one in _dwellings(households)}


def dwelling_at(building_id: int, unit: str, room: str) -> Dwelling:
    """The home behind a door. Raises NotFound."""
    query = select(Household.id).where(
        Household.building_id == building_id,
        Household.unit_name == unit,
        Household.room == room,
        Household.active,
    )
    key = session().execute(query).scalar()
    if key is None:
        raise NotFound("household_not_found")
    return dwelling(key)


def own_dwellings(person_id: int) -> Sequence[Dwelling]:
    """Where this person lives beyond doubt: nobody else is shown a home's money (X05)."""
    return _dwellings(homes_of(person_id))


def claimed_by(person_id: int) -> Sequence[Claimed]:
    """What nobody has looked at yet, of homes that the register has; nothing of their money."""
    return [Claimed(dwelling(one.household_id), one.mark) for one in claims(Home.person_id == person_id)]


def _dwellings(households: Collection[int]) -> Sequence[Dwelling]:
    query = (
        select(Household.id, Estate.id, Building.id, Estate.community_id, Estate.name, Building.name,
               Household.unit_name, Household.room)
        .join(Building, Building.id == Household.building_id)
        .join(Estate, Estate.id == Building.estate_id)
        .where(Household.id.in_(households))
        .order_by(Household.id)
    )  # fmt: skip
    return [Dwelling(*row) for row in session().execute(query)]


def sums_of(household_id: int) -> Sums:
    """As they stand now."""
    bills = bills_of(household_id)
    mine = of_year(bills, local(now()).year)
    return Sums(
        sum(one.amount_fen - one.paid_fen for one in bills if one.state == State.OPEN),
        sum(one.amount_fen for one in mine),
        sum(one.paid_fen for one in mine),
        -household_balance(Account.PREPAID, household_id),
    )


def of_year(bills: Sequence[Bill], year: int) -> Sequence[Bill]:
    """Those whose first day lies in it."""
    return [one for one in bills if one.first.year == year]


def bills_of(household_id: int) -> Sequence[Bill]:
    """The latest period first; without what was taken back."""
    query = select(Bill).where(Bill.household_id == household_id, Bill.state != State.VOID)
    return session().scalars(query.order_by(Bill.first.desc(), Bill.id.desc())).all()


def bill_at(bill_id: int, households: Sequence[int]) -> Bill:
    """Raises NotFound for one of another home."""
    bill = session().get(Bill, bill_id)
    if bill is None or bill.household_id not in households:
        raise NotFound("bill_not_found", number="")
    return bill


def service_name(bill: Bill) -> str | None:
    """Of the optional service that it is for; None for the property fee."""
    service = session().get(Service, bill.service_id) if bill.service_id else None
    return service.name if service else None


def lines_of(bill_id: int) -> Sequence[BillLine]:
    """In the order in which they were written."""
    query = select(BillLine).where(BillLine.bill_id == bill_id).order_by(BillLine.id)
    return session().scalars(query).all()


def ground_of(line: BillLine, home: Dwelling, period: Period) -> Ground | None:
    """The tariff that a line was charged by, as it is written down now; None for lines without a price."""
    if line.price is None:
        return None
    query = (
        select(Tariff.since, Tariff.ground)
        .where(
            Tariff.estate_id == home.estate_id,
            Tariff.building_id.in_((0, home.building_id)),
            Tariff.service_id == (line.service_id or 0),
            Tariff.basis == line.basis,
            Tariff.price == line.price,
            Tariff.since < period.after,
        )
        .order_by(Tariff.since.desc(), Tariff.building_id.desc())
    )
    row = session().execute(query).first()
    return Ground(*row) if row is not None else None


def has_bills() -> bool:
    """Whether any home was ever billed."""
    return session().execute(select(Bill.id).limit(1)).first() is not None


def payments_of(household_id: int) -> Sequence[Payment]:
    """The latest first, with those that were put right."""
    query = select(Payment).where(Payment.household_id == household_id).order_by(Payment.id.desc())
    return session().scalars(query).all()


def used_by(payment_id: int) -> Sequence[Used]:
    """Which bills it paid. What became of the rest: models/pay/reading.receipt_of."""
    query = (
        select(Part.bill_id, Bill.period, Service.name, func.sum(Part.fen))
        .join(Bill, Bill.id == Part.bill_id)
        .outerjoin(Service, Service.id == Bill.service_id)
        .where(Part.payment_id == payment_id)
        .group_by(Part.bill_id, Bill.period, Bill.first, Service.name)
        .order_by(Bill.first, Part.bill_id)
    )
    return [Used(*row) for row in session().execute(query) if row[3]]


def paid_of(bill_id: int) -> Sequence[tuple[Payment | None, int]]:
    """What has gone to a bill: payments, and (None) what the home had paid beforehand."""
    query = (
        select(Part.payment_id, func.sum(Part.fen), func.min(Part.id))
        .where(Part.bill_id == bill_id)
        .group_by(Part.payment_id)
        .order_by(func.min(Part.id))
    )
    return [
        (session().get(Payment, key) if key is not None else None, int(fen))
        for key, fen, _first in session().execute(query)
        if fen
    ]
