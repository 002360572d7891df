"""Over the counter nothing is given that goes back over WeChat already, nor what the till has not."""

import pytest
from fee_bills import CLERK, OTHER, estate_of, pay
from fee_books import homes
from pay_till import push
from paying_homes import owing
from sqlalchemy import select, update

from models.base.clock import local, now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed
from models.fee.checking import faults
from models.fee.payments import Payment, Way, agree_wrong, receive, say_wrong
from models.joins.returning import give_back
from models.ledger import Account, Posting, post
from models.ledger.balances import balances, household_balance
from models.pay import refunding
from models.pay.tables import Order, Refund, RefundState


def test_what_is_on_its_way_over_wechat_is_not_given_in_cash_as_well(db):
    home = owing(db, 45_00)
    trade = home.till.pay(home.tap().number)
    today = local(now()).date()
    db.write(pay, home.home, 45_00, today)
    push(db, trade)
    with pytest.raises(NotAllowed, match="owed_back_less"):
        db.write(give_back, home.home, 45_00, Way.CASH, "R1", today, CLERK)
    home.in_order()


@pytest.fixture
def owed(db):
    """A home that paid 45.00 over WeChat and is to have 20.00 back, which the platform will not pay."""
    home = owing(db, 45_00)
    push(db, home.till.pay(home.tap().number))

    def agreed() -> None:
        refund = refunding.ask(session().scalars(select(Order)).one(), 20_00, "mistaken", CLERK)
        refunding.agree(refund.number, OTHER)
        session().execute(update(Refund).values(state=RefundState.DECLINED, ask_at=None))

    db.write(agreed)
    return home


def _till(db, home: int, fen: int) -> None:
    """So much in the estate's till, from somebody who pays cash."""
    today = local(now()).date()
    db.write(lambda: receive(home, fen, Way.CASH, "0001", today, CLERK))


def _given(db, home: int, receipt: str = "R1", way: Way = Way.CASH) -> bool:
    return db.write(give_back, home, 20_00, way, receipt, local(now()).date(), CLERK)


def test_what_the_platform_cannot_pay_any_more_is_given_in_cash_once(db, owed):
    _till(db, owed.home, 20_00)
    assert [_given(db, owed.home), _given(db, owed.home)] == [True, False]
    assert owed.balance(Account.REFUND) == 0
    assert owed.balance(Account.CASH) == 0
    owed.in_order()


@pytest.mark.parametrize("way", [Way.CASH, Way.TRANSFER])
def test_a_till_or_a_bank_that_has_not_so_much_gives_nothing(db, owed, way):
    if way == Way.CASH:
        _till(db, owed.home, 19_99)
    with pytest.raises(Invalid, match="books_account_short") as refused:
        _given(db, owed.home, way=way)
    assert refused.value.facts["wanted"] == "20.00"
    assert owed.balance(Account.REFUND) == -20_00


def test_what_a_home_paid_beforehand_is_given_back_once_and_no_more_of_it(db):
    home = owing(db, 45_00).home
    _till(db, home, 75_00)
    today = local(now()).date()

    def back(fen: int, receipt: str) -> bool:
        return db.write(lambda: give_back(home, fen, Way.CASH, receipt, today, CLERK, kept=True))

    for fen, code in ((30_01, "owed_back_less"), (0, "refund_sum")):
        with pytest.raises((Invalid, NotAllowed), match=code):
            back(fen, "R1")
    with pytest.raises(NotAllowed, match="owed_back_less"):  # it is kept as long as nobody asks for it
        _given(db, home)
    assert [back(20_00, "R1"), back(20_00, "R1")] == [True, False]
    with db.read():
        sums = [household_balance(one, home) for one in (Account.PREPAID, Account.REFUND)]
        assert (sums, list(faults())) == ([-10_00, 0], [])
        assert balances()[Account.CASH] == 55_00
    with pytest.raises(NotAllowed, match="payment_used"):  # what has gone was no mistake
        db.write(lambda: _taken_back(session().scalars(select(Payment)).one()))


def _taken_back(payment: Payment) -> None:
    say_wrong(payment, CLERK, "x")
    agree_wrong(payment, OTHER)


def test_the_same_number_of_another_estates_book_is_another_receipt(db, owed):
    (other,) = db.write(lambda: homes(1, estate="建设小区", name="1"))
    for home in (owed.home, other):
        _till(db, home, 30_00)
    assert _given(db, owed.home)

    def owes() -> None:
        lines = [Posting(Account.BANK, 20_00), Posting(Account.REFUND, -20_00, other)]
        post("paid", estate_of(other), local(now()).date(), lines, key="paid/x", by=CLERK)

    db.write(owes)
    assert _given(db, other)
    assert not _given(db, other)
