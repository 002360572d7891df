"""Homes with a price, bills and payments (tests/factories.py a_town), and who lives in them."""

from datetime import date

from fee_books import living_in
from sqlalchemy import select

from models.base.actor import By
from models.base.links import personal_path
from models.base.orm import put, session
from models.fee.billing import begin, bill_some
from models.fee.payments import Way, receive
from models.fee.period import Period
from models.fee.tables import Bill
from models.fee.tariffs import set_price
from models.place.tables import Building, Estate, Household

GROUND = "2025年12月业主大会"


def a_price(estate: str = "育英小区", price: int = 3000) -> int:
    """0.30 yuan from the beginning of 2026. Returns the estate."""
    found = session().scalars(select(Estate.id).where(Estate.name == estate)).one()
    set_price(found, price, date(2026, 1, 1), ground=GROUND)
    return found


def a_home(room: str, *, estate: str = "育英小区", building: str = "3", area: int | None = 5000) -> int:
    """50 m² unless said otherwise."""
    place = (
        select(Building.id)
        .join(Estate, Estate.id == Building.estate_id)
        .where(Estate.name == estate, Building.name == building)
    )
    of = session().scalars(place).one()
    return put(Household, building_id=of, unit_name="2", room=room, area=area, active=True)


def billed(*labels: str) -> None:
    """These periods, for every home that has an area and a price."""
    for label in labels:
        run = begin(Period.of(label), 30)
        while bill_some(run):
            pass
    session().flush()


def bills_of(household: int) -> list[int]:
    """The oldest first."""
    query = select(Bill.id).where(Bill.household_id == household).order_by(Bill.first)
    return list(session().scalars(query))


def paid(household: int, fen: int, receipt: str, by: int, day: date = date(2026, 3, 23)) -> int:
    """In cash. Returns the payment."""
    return receive(household, fen, Way.CASH, receipt, day, By.staff(by))[0]


def fee_link(household: int) -> str:
    """The personal page of somebody who lives there beyond doubt."""
    return "/" + personal_path("fees", living_in(household))
