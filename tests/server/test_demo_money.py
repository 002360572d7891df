"""The demo's money adds up whatever the day on which somebody tries it."""

from datetime import date, datetime

import pytest
import time_machine
from sqlalchemy import func, select

from models.base.clock import SHANGHAI
from models.base.months import month_of, month_on
from models.base.orm import session
from models.books.publishing import collected
from models.books.tables import Publication
from models.fee.checking import faults
from models.fee.tables import Bill
from models.town import demo_town, parse, take
from server.database import Database
from server.demo import money
from server.demo.town import _let_residents_in

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.mark.parametrize("day", [(2027, 1, 1), (2027, 3, 31), (2026, 11, 21)], ids=str)
def test_two_months_are_up_and_every_fen_is_in_its_place(db: Database, day: tuple[int, int, int]) -> None:
    with time_machine.travel(datetime(*day, 10, tzinfo=SHANGHAI), tick=False):
        db.write(take, parse(demo_town()))
        db.write(_let_residents_in)
        money.furnish(db)
        with db.read():
            assert list(faults()) == []
            up = session().scalars(select(Publication.month).order_by(Publication.month)).all()
            this = month_of(date(*day))
            assert up == [month_on(this, -2), month_on(this, -1)]
            newest = session().scalars(select(Publication).order_by(Publication.month.desc())).first()
            assert newest is not None
            assert any(one.households and one.money for one in collected(newest)), "no rate to be drawn"
            bills = select(func.count(Bill.id)).where(Bill.estate_id == money._estate())
            assert session().scalar(bills) == 2 * 80
            (home,) = money._homes_with_telephones()
            owed = session().scalars(select(Bill).where(Bill.household_id == home).order_by(Bill.first)).all()
            assert [one.state for one in owed] == ["paid", "open"]
