"""What a home ordered is billed on a bill of its own; the property fee goes on whoever pays what (row 42)."""

from datetime import date

import pytest
import time_machine
from fee_homes import AUTUMN, ONE, bills_of, estate_of, lines_of, run_bills, some_homes
from sqlalchemy import select

from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.contract import services
from models.contract.tables import Service, ServiceClass, ServiceOrder
from models.fee import ending, own
from models.fee.checking import faults
from models.fee.payments import Way, prepaid, receive
from models.fee.tables import Basis, State
from models.fee.tariffs import Tariffs, set_price

YUAN = 10_000


@pytest.fixture(autouse=True)
def _autumn():
    with time_machine.travel(AUTUMN, tick=False):
        yield


@pytest.fixture
def home(db):
    def work() -> int:
        home = some_homes(1)[0]
        park = services.add(estate_of(), "停车", ServiceClass.OPTIONAL, "place", ONE)
        clean = services.add(estate_of(), "擦玻璃", ServiceClass.VALUE_ADDED, "visit", ONE)
        for service, basis, price in ((park, Basis.UNIT, 60), (clean, Basis.ONCE, 45)):
            set_price(estate_of(), price * YUAN, date(2026, 1, 1), service_id=service, basis=basis)
        return home

    return db.write(work)


def number(name: str) -> int:
    return session().scalars(select(Service.id).where(Service.name == name)).one()


def orders(db, home, name="停车", quantity=1, since=date(2026, 11, 1), once=False) -> int:
    return db.write(lambda: services.order(home, number(name), quantity, since, ONE, once=once))


def test_each_service_is_a_bill_of_its_own_beside_the_fee(db, home):
    orders(db, home, quantity=2)
    orders(db, home, "擦玻璃", 3, date(2026, 11, 21), once=True)
    run_bills(db, "2026-Q4")
    run_bills(db, "2026-Q4")
    run_bills(db, "2026")
    with db.read():
        found = bills_of(home)
        assert [(one.months, one.amount_fen) for one in found[:3]] == [(3, 45_00), (2, 240_00), (1, 135_00)]
        assert {one.service_id for one in found[1:3]} == {number("停车"), number("擦玻璃")}
        assert found[1].due_on > found[0].due_on
        assert [lines_of(one) for one in found[3:]] == [[("service", 135_00)]]  # January to September
        assert list(faults()) == []


def test_a_receipt_names_the_service_that_was_paid(db, home):
    orders(db, home, "擦玻璃", 1, date(2026, 11, 21), once=True)
    run_bills(db, "2026-11")
    number, _ = db.write(receive, home, 60_00, Way.CASH, "1", date(2026, 11, 21), ONE)
    with db.read():
        assert [(one.service, one.fen) for one in own.used_by(number)] == [(None, 15_00), ("擦玻璃", 45_00)]


def test_a_price_of_a_service_has_its_history(db, home):
    db.write(lambda: set_price(estate_of(), 80 * YUAN, date(2026, 12, 1), service_id=number("停车")
                               , basis=Basis.UNIT))  # fmt: skip
    orders(db, home)
    run_bills(db, "2026-Q4")
    with db.read():
        assert [fen for _, fen in lines_of(bills_of(home)[1])] == [60_00, 80_00]
        assert [rate.price for rate in Tariffs().of(estate_of(), 0, number("停车"))] == [60 * YUAN, 80 * YUAN]
        assert len(Tariffs().of(estate_of(), 0)) == 1


def test_an_order_that_is_ended_is_charged_no_longer(db, home):
    order = orders(db, home)
    db.write(services.end, order, date(2026, 12, 1))
    run_bills(db, "2026-Q4")
    with db.read():
        assert bills_of(home)[1].months == 1
    taken_back = orders(db, home, since=date(2027, 1, 1))
    db.write(services.end, taken_back, date(2026, 12, 1))
    run_bills(db, "2027-Q1")
    with db.read():
        assert len(bills_of(home)) == 3


def test_one_order_of_a_service_in_a_month(db, home):
    order = orders(db, home)
    with pytest.raises(NotAllowed, match="service_order_already"):
        orders(db, home, since=date(2026, 12, 1))
    db.write(services.end, order, date(2026, 12, 1))
    orders(db, home, since=date(2026, 12, 1), quantity=2)
    orders(db, home, "擦玻璃", since=date(2026, 11, 3), once=True)
    with pytest.raises(NotAllowed, match="service_order_already"):
        orders(db, home, "擦玻璃", since=date(2026, 11, 28), once=True)
    orders(db, home, "擦玻璃", since=date(2026, 12, 1), once=True)


def test_orders_that_cannot_be_are_refused(db, home):
    for change, code in (
        ({"quantity": 0}, "service_order_quantity"),
        ({"since": date(2026, 11, 2)}, "service_order_since"),
    ):
        with pytest.raises(Invalid, match=code):
            orders(db, home, **change)
    db.write(lambda: services.stop(number("停车")))
    with pytest.raises(NotAllowed, match="service_stopped"):
        orders(db, home)
    with pytest.raises(NotFound, match="service_not_found"):
        db.write(lambda: services.order(home, 4711, 1, date(2026, 11, 1), ONE, once=False))
    with pytest.raises(NotFound, match="service_order_not_found"):
        db.write(services.end, 4711, date(2026, 12, 1))
    with db.read():
        assert session().scalars(select(ServiceOrder)).all() == []


def test_months_that_are_billed_and_not_wanted_any_more_are_taken_off_again(db, home):
    db.write(lambda: set_price(estate_of(), 80 * YUAN, date(2026, 12, 1), service_id=number("停车")
                               , basis=Basis.UNIT))  # fmt: skip
    order = orders(db, home)
    run_bills(db, "2026-Q4")
    run_bills(db, "2027-Q1")
    db.write(receive, home, 45_00 + 140_00, Way.CASH, "1", date(2026, 11, 21), ONE)
    db.write(ending.end, order, date(2026, 12, 1), ONE)
    run_bills(db, "2027-Q1")
    with db.read():
        fee, parking, coming, voided = bills_of(home)
        assert lines_of(parking) == [("service", 60_00), ("service", 80_00), ("left", -80_00)]
        assert (parking.months, parking.amount_fen, parking.paid_fen, parking.state) == (
            1, 60_00, 60_00, State.PAID,
        )  # fmt: skip
        assert (voided.amount_fen, voided.state) == (0, State.VOID)
        assert (fee.state, coming.service_id, coming.paid_fen) == (State.PAID, 0, 45_00)  # of what was kept
        assert prepaid(home) == 35_00
        assert list(faults()) == []
    db.write(ending.end, order, date(2026, 11, 1), ONE)
    with db.read():
        assert bills_of(home)[1].state == State.VOID
        assert prepaid(home) == 95_00
        assert list(faults()) == []


def test_ending_one_order_leaves_the_bills_of_the_next_one(db, home):
    first = orders(db, home)
    db.write(services.end, first, date(2026, 12, 1))
    second = orders(db, home, since=date(2026, 12, 1), quantity=2)
    run_bills(db, "2026-Q4")
    db.write(ending.end, first, date(2026, 11, 1), ONE)
    with db.read():
        assert [one.state for one in bills_of(home)] == [State.OPEN, State.VOID, State.OPEN]
    db.write(ending.end, second, date(2027, 1, 1), ONE)
    with db.read():
        assert bills_of(home)[2].amount_fen == 120_00
