"""Homes of the small town that pay fees: areas, a price, offers that two persons agreed to."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from factories import a_town
from sqlalchemy import select

from models.base.actor import By
from models.base.orm import put, session
from models.contract import offers
from models.contract.tables import Charging
from models.fee import billing
from models.fee.period import Period
from models.fee.tables import Bill, BillLine
from models.fee.tariffs import set_price
from models.place.tables import Building, Estate, Household
from server.database import Database

ONE, TWO = By.staff(1001), By.staff(1002)
HOME = By.person(2001)
AUTUMN = datetime(2026, 11, 21, 4, tzinfo=UTC)  # noon of a day in November


def estate_of(name: str = "育英小区") -> int:
    return session().scalars(select(Estate.id).where(Estate.name == name)).one()


def some_homes(count: int = 3, area: int | None = 5000) -> list[int]:
    """A town, a price of 0.30 and so many homes of 育英 3号楼."""
    a_town()
    estate = estate_of()
    building = session().scalars(select(Building.id).where(Building.name == "3")).one()
    set_price(estate, 3000, date(2026, 1, 1))
    return [
        put(Household, building_id=building, unit_name="1", room=str(101 + one), area=area, active=True)
        for one in range(count)
    ]


def an_offer(charging: Charging = Charging.YEAR, **more: Any) -> int:
    """Ten months of twelve, agreed to, open this winter."""
    of_year = {"months_paid": 10, "months_term": 12} if charging == Charging.YEAR else {}
    of_trial = {"months_term": 3} if charging == Charging.TRIAL else {}
    said: dict[str, Any] = {
        "name": "年付减两月", "open_from": date(2026, 11, 1), "open_until": date(2027, 3, 31),
    }  # fmt: skip
    said |= of_year | of_trial | more
    number = offers.make(estate_of(), charging, by=ONE, **said)
    offers.agree(number, TWO)
    return number


def run_bills(db: Database, label: str) -> int:
    """All bills of a period, as the command makes them."""
    number = db.write(billing.begin, Period.of(label), 30)
    db.write(billing.again, number)
    while db.write(billing.bill_some, number):
        pass
    return number


def bills_of(household: int) -> list[Bill]:
    return list(session().scalars(select(Bill).where(Bill.household_id == household).order_by(Bill.id)))


def lines_of(bill: Bill) -> list[tuple[str, int]]:
    query = select(BillLine.what, BillLine.fen).where(BillLine.bill_id == bill.id).order_by(BillLine.id)
    return [(what, fen) for what, fen in session().execute(query)]


Work = Callable[[], Any]
