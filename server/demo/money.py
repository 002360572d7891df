"""Bills, payments and open books for the demo's first estate, by the same verbs that a desk uses.

Days are counted from today: the bills of the quarter before and of this one, two months that are up.
"""

from datetime import date, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from models.base.actor import By
from models.base.clock import local, now
from models.base.months import days_of, month_of, month_on
from models.base.orm import session
from models.base.resources import table
from models.books import earning, spending
from models.books.bought import Bought
from models.books.earning import Received
from models.contract import offers
from models.contract.tables import Charging
from models.fee import billing, own
from models.fee.payments import Way, receive
from models.fee.period import Period
from models.fee.recognition import recognise
from models.fee.tables import Bill
from models.fee.tariffs import set_price
from models.joins.publishing import publish
from models.joins.sealing import seal_month
from models.person.colleagues import numbered
from models.person.tables import Home
from models.place.tables import Building, Estate, Household
from server.database import Database

DUE_DAYS = 85  # so that this quarter is not late yet
UP = 2  # months that are up
#: Each third home still owes the quarter before: five or more in each building, so that its rate may be said
#: at all (decision 0020). Of ten others so many have paid this quarter; one of so many payments is cash.
OWING, PAID_NOW, CASH = 3, 4, 10


def furnish(database: Database) -> None:
    """After the town and its residents are there. Whoever has a telephone here owes this quarter."""
    database.write(_prices_and_offer)
    for period in _quarters():
        run = database.write(billing.begin, period, DUE_DAYS)
        while database.write(billing.bill_some, run):
            pass
    database.write(_payments)
    first, this = month_of(_quarters()[0].first), month_of(_today())
    while first < this:
        database.write(_close, first, first >= month_on(this, -UP))
        first = month_on(first, 1)


def _today() -> date:
    return local(now()).date()


def _quarters() -> list[Period]:
    today = _today()
    this = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return [Period.of(f"{first.year}-Q{(first.month + 2) // 3}") for first in (month_on(this, -3), this)]


def _prices_and_offer() -> None:
    words, today = table("demo/money.toml"), _today()
    estate, by, other = _estate(), _staff("enters"), _staff("agrees")
    set_price(estate, words["price"], _quarters()[0].first, ground=words["ground"], by_id=by.id)
    until = today + timedelta(days=60)
    agree_to = offers.make(estate, Charging.YEAR, open_from=today, open_until=until, by=by, **words["offer"])
    offers.agree(agree_to, other)


def _payments() -> None:
    """At the counter and by transfer, soon after each quarter began."""
    by, (before, this) = _staff("enters"), _quarters()
    residents = _homes_with_telephones()
    receipts = count(1)
    for place, home in enumerate(_homes(), 1):
        if place % OWING == 0 and home not in residents:
            continue
        _paid(home, before, before.first + timedelta(days=place % 28), next(receipts), by)
        if place % 10 < PAID_NOW and home not in residents:
            day = min(this.first + timedelta(days=place % 28), _today())
            _paid(home, this, day, next(receipts), by)


def _paid(home: int, period: Period, day: date, number: int, by: By) -> None:
    query = select(Bill.amount_fen).where(Bill.household_id == home, Bill.period == period.label)
    fen = session().execute(query).scalar()
    if fen is not None:
        way = Way.CASH if number % CASH == 0 else Way.TRANSFER
        receive(home, fen, way, table("demo/money.toml")["paid"].format(number=number), day, by)


def _close(month: date, is_up: bool) -> None:
    """Sealed; those that are up with what was bought in them, agreed to by somebody else."""
    estate, by = _estate(), _staff("enters")
    if is_up:
        _spend(estate, month, by, _staff("agrees"))
    recognise(estate, month)
    if is_up:
        publish(estate, month, by)
    else:
        seal_month(estate, month, by)


def _spend(estate: int, month: date, by: By, other: By) -> None:
    words = table("demo/money.toml")
    for line in words["income"]:
        income = earning.enter(estate, Received(**_on(line, month)), by)
        earning.approve(income, other)
    for line in words["outlay"]:
        outlay = spending.enter(estate, Bought(**_on(line, month), spender_id=by.id or 0), by)
        spending.hand_in(outlay, by)
        spending.approve(outlay, other)


def _on(line: dict[str, Any], month: date) -> dict[str, Any]:
    return {**line, "day": month.replace(day=min(line["day"], days_of(month)))}


def _estate() -> int:
    name = table("demo/money.toml")["estate"]
    return session().scalars(select(Estate.id).where(Estate.name == name)).one()


def _staff(part: str) -> By:
    return By.staff(numbered(table("demo/money.toml")[part]).person_id)


def _homes() -> list[int]:
    query = (
        select(Household.id)
        .join(Building, Building.id == Household.building_id)
        .where(Building.estate_id == _estate())
        .order_by(Household.id)
    )
    return list(session().scalars(query))


def _homes_with_telephones() -> set[int]:
    """Of the cast."""
    people = session().scalars(select(Home.person_id).where(Home.until.is_(None)))
    return {home.id for person in people for home in own.own_dwellings(person)}
