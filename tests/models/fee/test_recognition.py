"""Billed money becomes fees month by month, once, to the fen."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from fee_homes import AUTUMN, ONE, estate_of, run_bills, some_homes
from sqlalchemy import select

from models.base.actor import SYSTEM
from models.base.orm import session
from models.fee.composing import Line
from models.fee.lines import change
from models.fee.recognition import recognise_some
from models.fee.tables import Bill
from models.ledger import Account
from models.ledger.balances import balances
from models.ledger.sealing import seal
from models.ledger.tables import Entry

OCTOBER, NOVEMBER, DECEMBER = (date(2026, month, 1) for month in (10, 11, 12))


@pytest.fixture
def bills(db):
    with time_machine.travel(AUTUMN, tick=False):
        db.write(lambda: some_homes(3, area=4733))
        run_bills(db, "2026-Q4")
    return db


def fees(db) -> int:
    with db.read():
        return -balances().get(Account.FEES, 0)


def days(db) -> list[date]:
    with db.read():
        return list(session().scalars(select(Entry.day).where(Entry.kind == "earned").order_by(Entry.id)))


def at(year: int, month: int, day: int):
    return time_machine.travel(datetime(year, month, day, tzinfo=UTC), tick=False)


def test_each_month_has_its_part_and_together_they_are_the_whole(bills):
    with at(2027, 1, 2):
        for month, sum_so_far in ((OCTOBER, 42_60), (NOVEMBER, 85_20), (DECEMBER, 127_80)):
            assert not bills.write(recognise_some, month)
            assert fees(bills) == sum_so_far
            bills.write(recognise_some, month)
            assert fees(bills) == sum_so_far
        with bills.read():
            assert balances()[Account.DEFERRED] == 0
    assert days(bills) == [date(2026, 10, 31), date(2026, 11, 30), date(2026, 12, 31)]


def test_a_month_that_runs_is_not_earned(bills):
    with at(2026, 11, 30):
        bills.write(recognise_some, NOVEMBER)
    assert fees(bills) == 0


def test_lines_that_came_later_are_made_up_for_in_their_month_or_where_it_is_sealed_today(bills):
    with at(2026, 12, 2):
        bills.write(recognise_some, OCTOBER)

    def less() -> None:
        bill = session().scalars(select(Bill).order_by(Bill.id)).first()
        change(bill, "corrected", [Line("withheld", -30_00)], ONE)

    with at(2026, 12, 3):
        bills.write(less)
        bills.write(lambda: seal(estate_of(), OCTOBER, SYSTEM))
        bills.write(recognise_some, OCTOBER)
        bills.write(recognise_some, NOVEMBER)
    assert fees(bills) == 2 * (42_60 - 10_00)
    assert days(bills) == [date(2026, 10, 31), date(2026, 12, 3), date(2026, 11, 30)]
