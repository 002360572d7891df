"""Billed money becomes fees month by month, once, to the fen."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from fee_bills import a_bill
from fee_books import homes
from fee_homes import AUTUMN, ONE, estate_of, run_bills, some_homes
from sqlalchemy import select

from models.base.actor import SYSTEM
from models.base.orm import session
from models.fee.composing import Line
from models.fee.lines import change
from models.fee.recognition import recognise, unrecognised
from models.fee.tables import Bill
from models.ledger import Account
from models.ledger.balances import balances
from models.ledger.sealing import seal
from models.ledger.tables import Entry
from server.billing import earn_month

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
            earn_month(bills, month)
            assert fees(bills) == sum_so_far
            earn_month(bills, month)
            assert fees(bills) == sum_so_far
        with bills.read():
            assert balances()[Account.DEFERRED] == 0
    assert days(bills) == [date(2026, 10, 31), date(2026, 11, 30), date(2026, 12, 31)]


def test_a_month_that_runs_is_not_earned(bills):
    with at(2026, 11, 30):
        earn_month(bills, NOVEMBER)
    assert fees(bills) == 0


def test_lines_that_came_later_are_made_up_for_in_their_month_or_where_it_is_sealed_today(bills):
    with at(2026, 12, 2):
        earn_month(bills, OCTOBER)

    def less() -> None:
        bill = session().scalars(select(Bill).order_by(Bill.id)).first()
        change(bill, "corrected", [Line("withheld", -30_00)], ONE)

    with at(2026, 12, 3):
        bills.write(less)
        bills.write(lambda: seal(estate_of(), OCTOBER, SYSTEM))
        earn_month(bills, OCTOBER)
        earn_month(bills, NOVEMBER)
    assert fees(bills) == 2 * (42_60 - 10_00)
    assert days(bills) == [date(2026, 10, 31), date(2026, 12, 3), date(2026, 11, 30)]


def test_killed_between_two_estates_each_month_is_booked_once(bills):
    with time_machine.travel(AUTUMN, tick=False):
        other = bills.write(_another_estate)
    with at(2027, 1, 2):
        killed = _Killed(bills, after=1)
        with pytest.raises(RuntimeError, match="killed"):
            earn_month(killed, OCTOBER)
        with bills.read():
            assert unrecognised(OCTOBER) == [other]
        for _ in range(2):
            earn_month(bills, OCTOBER)
    with bills.read():
        booked = session().execute(select(Entry.estate_id, Entry.key).where(Entry.kind == "earned")).all()
        assert len(booked) == len({estate for estate, _ in booked}) == 2
        assert unrecognised(OCTOBER) == []
    assert fees(bills) == 42_60 + 20_00


def test_one_that_is_told_of_a_month_that_runs_books_nothing(bills):
    with at(2026, 11, 30), bills.read():
        estate = estate_of()
    with at(2026, 11, 30):
        bills.write(recognise, estate, NOVEMBER)
    assert fees(bills) == 0


def _another_estate() -> int:
    """With one bill of 60.00 for the quarter."""
    (home,) = homes(1, estate="建设小区", name="1")
    bill = session().get_one(Bill, a_bill(home, 60_00, "2026-Q4"))
    return bill.estate_id


class _Killed:
    """A database whose process dies after so many transactions."""

    def __init__(self, real, after: int) -> None:
        self._real, self._left = real, after
        self.read = real.read

    def write(self, work, *args):
        if not self._left:
            raise RuntimeError("killed")
        self._left -= 1
        return self._real.write(work, *args)
