"""Who leaves a year has the money back the way it came: over WeChat, or at the counter."""

from datetime import timedelta

import pytest
from fee_books import living_in
from fee_homes import HOME, ONE, an_offer, bills_of, some_homes
from pay_till import Till, push, refund_push
from paying_homes import Payers, in_order
from sqlalchemy import select

from models.base.clock import local, now
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.contract.tables import Contract
from models.fee import buying, gifts
from models.fee.payments import Payment, Way, receive
from models.fee.returning import owed_back
from models.joins.leaving import leave
from models.joins.returning import give_back
from models.ledger import Account
from models.pay.reading import receipt_of
from models.pay.tables import RefundState


def year(db) -> tuple[Payers, int]:
    """A home that bought a year with a gift and is about to pay it."""
    today = local(now()).date()

    def work() -> tuple[int, int, int]:
        (home,) = some_homes(1)
        days = {"open_from": today, "open_until": today + timedelta(days=60)}
        offer = an_offer(gift="一袋米", gift_stock=1, gift_fen=20_00, **days)
        return home, buying.agree(home, offer, HOME, "page").id, living_in(home)

    home, contract, person = db.write(work)
    with db.read():
        bills = [one.id for one in bills_of(home)]
    return Payers(db, Till(), home, bills, [person]), contract


def pays_over_wechat(db, home: Payers) -> str:
    number = home.tap().number
    push(db, home.till.pay(number))
    return number


def test_what_came_over_wechat_goes_back_over_wechat(db):
    home, contract = year(db)
    number = pays_over_wechat(db, home)
    owed, sent = db.write(leave, contract, ONE, "搬家")
    assert (owed.rest, sent) == (150_00, 150_00)
    (refund,) = home.refunds()
    assert (refund.fen, refund.why, refund.state) == (150_00, "left_early", RefundState.WANTED)
    home.till.refund(number=refund.number, trade_number=number, fen=150_00, of_fen=150_00, why="")
    refund_push(db, home.till.pay_out(refund.number))
    assert home.balance(Account.WECHAT) == 0
    assert home.balance(Account.REFUND) == 0
    in_order(db)


def test_a_gift_that_was_handed_over_is_kept_back(db):
    home, contract = year(db)
    pays_over_wechat(db, home)
    db.write(gifts.hand_over, contract, "picture", ONE)
    owed, sent = db.write(leave, contract, ONE, "")
    assert (owed.rest, sent) == (130_00, 130_00)
    assert home.refunds()[0].fen == 130_00
    assert home.balance(Account.OTHER_INCOME) == -20_00
    in_order(db)


def test_what_came_over_the_counter_waits_there(db):
    home, contract = year(db)
    db.write(receive, home.home, 150_00, Way.CASH, "1", local(now()).date(), ONE)
    owed, sent = db.write(leave, contract, ONE, "")
    assert (owed.rest, sent, home.refunds()) == (150_00, 0, [])
    with db.read():
        assert owed_back() == {home.home: 150_00}
    assert db.write(give_back, home.home, 150_00, Way.CASH, "R1", local(now()).date(), ONE)
    assert home.balance(Account.REFUND) == 0
    in_order(db)


def test_what_came_both_ways_goes_back_both_ways_and_not_twice(db):
    home, contract = year(db)
    db.write(receive, home.home, 50_00, Way.CASH, "1", local(now()).date(), ONE)
    pays_over_wechat(db, home)
    owed, sent = db.write(leave, contract, ONE, "")
    with db.read():  # nothing of it is kept for bills to come, whichever way it came
        receipts = [receipt_of(one) for one in session().scalars(select(Payment.id).order_by(Payment.id))]
    assert [(one["bills"], one["owed_back"], one["kept"]) for one in receipts] == [
        ([], 50_00, 0),
        ([], 100_00, 0),
    ]
    assert (owed.rest, sent) == (150_00, 100_00)
    with pytest.raises(NotAllowed, match="owed_back_less"):
        db.write(give_back, home.home, 50_01, Way.CASH, "R1", local(now()).date(), ONE)
    assert db.write(give_back, home.home, 50_00, Way.CASH, "R1", local(now()).date(), ONE)
    in_order(db)


def test_what_was_tapped_before_and_paid_after_leaving_waits_for_a_person(db):
    home, contract = year(db)
    number = home.tap().number
    db.write(leave, contract, ONE, "")
    push(db, home.till.pay(number))
    with db.read():
        assert session().get_one(Contract, contract).state == "ended"
    assert home.order(number).state == "held"
    assert home.balance(Account.RECEIVABLE) == 0
    in_order(db)
