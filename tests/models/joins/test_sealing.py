"""A month is sealed when nothing of it waits for anybody, and not before."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime

import pytest
from bill_files import Paid, a_home, a_refund, clerk, estate_of, paid_orders, trade_file
from sqlalchemy import select, update

from models.base.actor import SYSTEM, By
from models.base.clock import SHANGHAI, local, now
from models.base.orm import put, session
from models.base.refusals import NotAllowed, NotFound
from models.books.tables import Income, Outlay
from models.fee.payments import Payment, Way, agree_wrong, receive, say_right, say_wrong
from models.joins.sealing import lacking, seal_month
from models.ledger import Account, Posting, post
from models.ledger.sealing import is_sealed
from models.ledger.tables import SealedMonth
from models.pay.bill_files import BillFile, Kind, read
from models.pay.checking import faults
from models.pay.comparing import compare
from models.pay.differences import settle
from models.pay.tables import Difference, Order, RefundState, State

MONTH = date(2026, 3, 1)
DAY = date(2026, 3, 23)


@pytest.fixture
def home(db) -> int:
    """A home that paid in cash in March."""

    def made() -> int:
        home = a_home()
        receive(home, 45_00, Way.CASH, "0001", DAY, clerk())
        return home

    return db.write(made)


@pytest.fixture
def estate(db, home) -> int:
    with db.read():
        return estate_of(home)


def _lacks(db, estate: int, month: date = MONTH) -> list[tuple[str, int]]:
    with db.read():
        found = [(one.code, one.many) for one in lacking(estate, month)]
    if found:
        with pytest.raises(NotAllowed, match="month_lacks"):
            _seal(db, estate, month)
    return found


def _seal(db, estate: int, month: date = MONTH, by: str = "C001") -> None:
    db.write(lambda: seal_month(estate, month, clerk(by)))


def _compare_month(db, *, kinds: tuple[Kind, ...] = tuple(Kind)) -> None:
    """From the day on from which an order is there at the earliest."""

    def compared() -> None:
        for kind in kinds:
            for number in range(DAY.day, 32):
                compare(BillFile(kind, "", MONTH.replace(day=number)), SYSTEM)

    db.write(compared)


def test_a_month_of_which_nothing_waits_is_sealed(db, estate):
    assert _lacks(db, estate) == []
    _seal(db, estate)
    with db.read():
        assert is_sealed(estate, DAY)
    with pytest.raises(NotAllowed, match="month_sealed"):
        _seal(db, estate)


def test_a_payment_that_somebody_says_is_wrong_waits_until_it_stands_or_is_put_right(db, estate, home):
    with db.read():
        number = session().scalars(select(Payment.id)).one()

    def doubts() -> None:
        say_wrong(session().get_one(Payment, number), clerk(), "记到别家了")

    db.write(doubts)
    assert _lacks(db, estate) == [("doubted", 1)]
    db.write(lambda: say_right(session().get_one(Payment, number)))
    assert _lacks(db, estate) == []
    db.write(doubts)
    db.write(lambda: agree_wrong(session().get_one(Payment, number), By.staff(99)))
    assert _lacks(db, estate) == []


def test_who_does_not_decide_there_seals_nothing(db, estate):
    for by in ("C002", "K001"):
        with pytest.raises(NotFound, match="estate_not_found"):
            _seal(db, estate, by=by)


def test_one_that_runs_is_not(db, estate):
    _seal(db, estate)
    with pytest.raises(NotAllowed, match="month_running"):
        _seal(db, estate, local(now()).date().replace(day=1))


def test_the_months_before_come_first(db, estate):
    def booked() -> None:
        lines = [Posting(Account.CASH, 1), Posting(Account.OTHER_INCOME, -1)]
        post("received", estate, date(2026, 1, 31), lines, key="january", by=clerk())

    db.write(booked)
    assert _lacks(db, estate) == [("months_before", 1)]
    _seal(db, estate, date(2026, 1, 1))
    assert _lacks(db, estate) == []  # February, in which nothing was booked, asks nobody


def test_books_that_are_wrong_are_not_sealed(db, home, estate):
    def spoil() -> None:
        lines = [Posting(Account.PREPAID, 100_00, home), Posting(Account.CASH, -100_00)]
        post("paid", estate, DAY, lines, key="spoilt", by=clerk())

    db.write(spoil)
    assert _lacks(db, estate) == [("books_wrong", 1)]


def test_every_day_since_the_first_order_is_compared_in_both_files(db, home, estate):
    db.write(paid_orders, home, date(2026, 3, 30), {"o-1": 5}, State.CLOSED)
    assert _lacks(db, estate) == [("trade_uncompared", 2), ("fund_uncompared", 2)]
    _compare_month(db, kinds=(Kind.TRADE,))
    assert _lacks(db, estate) == [("fund_uncompared", 2)]
    _compare_month(db, kinds=(Kind.FUND,))
    assert _lacks(db, estate) == []


def test_a_difference_is_settled_first_also_one_that_is_nobodys(db, home, estate):
    db.write(compare, read(trade_file(DAY, [Paid("o-strange", 5)])), SYSTEM)
    assert _lacks(db, estate) == [("differences", 1)]
    db.write(lambda: settle(session().scalars(select(Difference)).one(), clerk(), "退了"))
    assert _lacks(db, estate) == []


def test_a_difference_of_another_estate_or_a_later_month_does_not_matter(db, estate):
    def others() -> None:
        common = {"kind": "trade", "what": "missing_there"}
        put(Difference, **common, day=DAY, number="o-1", estate_id=estate + 1)
        put(Difference, **common, day=date(2026, 4, 1), number="o-2", estate_id=estate)

    db.write(others)
    assert _lacks(db, estate) == []


@pytest.mark.parametrize("state", [State.MAKING, State.OPEN, State.CLOSING, State.HELD])
def test_an_order_that_nobody_knows_the_end_of_is_waited_for(db, home, estate, state: State):
    db.write(paid_orders, home, DAY, {"o-1": 5}, state)
    _compare_month(db)
    found = _lacks(db, estate)
    assert ("orders", 1) in found
    db.write(lambda: session().execute(update(Order).values(state=State.CLOSED)) and None)
    assert ("orders", 1) not in _lacks(db, estate)


@pytest.mark.parametrize("state", [RefundState.ASKED, RefundState.WANTED, RefundState.SENT, RefundState.HELD])
def test_a_refund_that_is_not_done_is_waited_for(db, home, estate, state: RefundState):
    db.write(paid_orders, home, DAY, {"o-1": 5}, State.CLOSED)
    db.write(a_refund, "o-1", "r-1", 5, DAY, state)
    _compare_month(db)
    assert _lacks(db, estate) == [("refunds", 1)]


@pytest.mark.parametrize("state", ["draft", "waiting"])
def test_an_outlay_and_an_income_that_wait_for_somebody_are_waited_for(db, estate, state: str):
    def entered() -> None:
        common = {"estate_id": estate, "day": DAY, "fen": 1, "fund": "fees", "by_id": 1, "state": state}
        put(
            Outlay, **common, spent_for="repair", paid_from="cash", payee_kind="firm", payee="五金店",
            item="灯泡", quantity=1000, unit="个", spender_id=1, conflicts=[],
        )  # fmt: skip
        put(Income, **common, kind="rent", paid_to="cash", words="广告位")

    db.write(entered)
    assert _lacks(db, estate) == [("outlays", 1), ("incomes", 1)]


def test_what_was_made_after_the_month_is_another_months(db, home, estate):
    db.write(paid_orders, home, date(2026, 4, 1), {"o-1": 5}, State.OPEN)
    midnight = datetime(2026, 4, 1, tzinfo=SHANGHAI)
    db.write(lambda: session().execute(update(Order).values(made_at=midnight)) and None)
    assert _lacks(db, estate) == []


def test_nothing_slips_in_while_a_month_is_sealed(db, home, estate):
    def pay(number: int) -> bool:
        try:
            db.write(receive, home, 1_00, Way.CASH, f"1{number:03}", DAY, By.staff(1))
        except NotAllowed as refused:
            if refused.code != "month_sealed":
                raise
            return False
        return True

    with ThreadPoolExecutor(8) as many:
        before = [many.submit(pay, number) for number in range(40)]
        sealing = many.submit(_seal, db, estate)
        after = [many.submit(pay, number) for number in range(40, 80)]
        sealing.result()
        booked = sum(one.result() for one in before + after)
    with db.read():
        assert list(faults()) == []
        (month,) = session().scalars(select(SealedMonth))
        assert month.closing[Account.CASH] == 45_00 + booked * 1_00
