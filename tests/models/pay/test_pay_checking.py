"""What the platform was paid is booked once, what it gave back as well, or it is said."""

from datetime import date

import pytest
from bill_files import a_home, a_refund, estate_of, paid_orders
from sqlalchemy import select, update

from models.base.actor import SYSTEM
from models.base.orm import session
from models.fee.payments import Way, receive
from models.ledger import Account, Posting, post
from models.pay.checking import faults
from models.pay.tables import Order, Refund, RefundState

DAY = date(2026, 3, 23)


@pytest.fixture
def home(db) -> int:
    """It paid 9.00 over the platform, and all is well."""

    def made() -> int:
        home = a_home()
        paid_orders(home, DAY, {"o-1": 9_00})
        payment, _ = receive(home, 9_00, Way.WECHAT, "42o-1", DAY, SYSTEM)
        session().execute(update(Order).values(payment_id=payment))
        return home

    return db.write(made)


def _faults(db) -> list[tuple[str, int]]:
    with db.read():
        return [(what, fen) for what, _, fen in faults()]


def _booked_back(home: int, refund: int) -> None:
    lines = [Posting(Account.PREPAID, 3_00, home), Posting(Account.WECHAT, -3_00)]
    about = ("refund", refund)
    post("refunded", estate_of(home), DAY, lines, key=f"refunded/{refund}", by=SYSTEM, about=about)


def test_a_payment_with_its_order_is_right(db, home):
    assert _faults(db) == []


def test_an_order_that_is_paid_and_not_booked_is_said(db, home):
    db.write(paid_orders, home, DAY, {"o-2": 7})
    assert _faults(db) == [("order", 7)]


def test_a_payment_of_another_sum_is_said(db, home):
    db.write(lambda: session().execute(update(Order).values(paid_fen=9_01)) and None)
    assert _faults(db) == [("order", 1)]


def test_a_payment_that_no_order_knows_is_said(db, home):
    db.write(receive, home, 5, Way.WECHAT, "nobody", DAY, SYSTEM)
    assert _faults(db) == [("payment", 5)]


def test_the_first_of_two_transactions_is_known_by_its_number(db, home):
    def second() -> None:
        payment, _ = receive(home, 9_00, Way.WECHAT, "another", DAY, SYSTEM)
        session().execute(update(Order).values(payment_id=payment))

    db.write(second)
    assert _faults(db) == []


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("booked", [True, False])
def test_a_refund_is_done_when_it_is_booked(db, home, done: bool, booked: bool):
    state = RefundState.DONE if done else RefundState.SENT
    db.write(a_refund, "o-1", "r-1", 3_00, DAY, state)
    if booked:
        db.write(lambda: _booked_back(home, session().scalars(select(Refund.id)).one()))
    assert _faults(db) == ([] if done == booked else [("refund", 3_00)])


def test_a_home_that_used_more_than_it_paid_beforehand_is_said(db, home):
    def spoil() -> None:
        lines = [Posting(Account.PREPAID, 9_02, home), Posting(Account.CASH, -9_02)]
        post("paid", estate_of(home), DAY, lines, key="spoilt", by=SYSTEM)

    db.write(spoil)
    assert _faults(db) == [("prepaid", 2)]
