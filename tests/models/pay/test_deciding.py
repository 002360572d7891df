"""What was held is decided by a person: booked, given back, or noted; nothing else and only once."""

import pytest
from fee_bills import CLERK, OTHER
from pay_till import MCH, push
from paying_homes import Payers, owing
from sqlalchemy import select, update

from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.fee.tables import Bill
from models.ledger.accounts import Account
from models.outbox.letter import Letter
from models.pay import deciding, reading, refunding
from models.pay.said import TradeState
from models.pay.tables import Order, RefundState, State


def _held(db, **wrong) -> tuple[Payers, str]:
    home = owing(db, 45_00)
    trade = home.till.pay(home.tap().number)
    push(db, trade._replace(**wrong))
    assert home.order(trade.number).state == State.HELD
    return home, trade.number


def test_as_prepaid_it_pays_what_is_owed_and_the_rest_is_kept(db):
    home, number = _held(db, fen=60_00)
    db.write(deciding.settle, number, CLERK, "prepaid")
    order = home.order(number)
    assert (order.state, order.settled_by) == (State.PAID, CLERK.id)
    assert home.bill().state == "paid"
    assert home.balance(Account.PREPAID) == -15_00
    with db.read():
        assert list(session().scalars(select(Letter.kind).order_by(Letter.id))) == ["paid_held", "paid"]
    home.in_order()
    with pytest.raises(NotAllowed, match="order_settled"):
        db.write(deciding.settle, number, CLERK, "give_back")


def test_given_back_all_of_it_goes_back_and_the_bill_stays_open(db):
    home, number = _held(db, fen=44_00)
    db.write(deciding.settle, number, CLERK, "give_back")
    assert home.bill().paid_fen == 0
    (back,) = home.refunds()
    assert (back.fen, back.why, back.state, back.by_id) == (44_00, "settled", RefundState.WANTED, CLERK.id)
    assert home.balance(Account.REFUND) == -44_00
    home.in_order()


def test_a_bill_that_changed_is_paid_as_far_as_it_goes(db):
    home = owing(db, 45_00)
    trade = home.till.pay(home.tap().number)
    db.write(lambda: session().execute(update(Bill).values(amount_fen=50_00)))
    push(db, trade)
    db.write(deciding.settle, trade.number, CLERK, "prepaid")
    assert (home.bill().paid_fen, home.bill().state) == (45_00, "open")


def test_what_is_not_here_is_only_noted(db):
    home, number = _held(db, state=TradeState.REFUND)
    for how in ("prepaid", "give_back"):
        with pytest.raises(Invalid, match="order_how"):
            db.write(deciding.settle, number, CLERK, how)
    db.write(deciding.settle, number, CLERK, "noted")
    assert home.order(number).state == State.CLOSED
    assert home.balance(Account.WECHAT) == 0


def test_money_that_is_here_cannot_be_noted_away(db):
    _home, number = _held(db, fen=1)
    with pytest.raises(Invalid, match="order_how"):
        db.write(deciding.settle, number, CLERK, "noted")


def test_without_a_transaction_it_is_booked_under_its_own_number(db):
    home, number = _held(db, transaction_id=None)
    db.write(deciding.settle, number, CLERK, "prepaid")
    assert home.bill().state == "paid"
    home.in_order()


def test_one_that_has_no_trouble_and_one_that_is_not_there_cannot_be_decided(db):
    home = owing(db, 45_00)
    number = home.tap().number
    with pytest.raises(NotAllowed, match="order_settled"):
        db.write(deciding.settle, number, CLERK, "prepaid")
    with pytest.raises(NotFound, match="order_not_found"):
        db.write(deciding.settle, "o-nobody", CLERK, "prepaid")


def test_a_second_payment_of_a_paid_order_is_noted_and_stays_booked_once(db):
    home = owing(db, 45_00)
    trade = home.till.pay(home.tap().number)
    push(db, trade)
    push(db, trade._replace(transaction_id="42-again"), "EV-again")
    with db.read():
        assert [line["number"] for line in reading.orders(reading.TROUBLED)] == [trade.number]
    db.write(deciding.settle, trade.number, CLERK, "noted")
    assert home.order(trade.number).state == State.PAID
    with db.read():
        assert list(reading.orders(reading.TROUBLED)) == []


def test_every_trouble_of_an_order_has_a_way_out_and_words():
    from handlers import words

    assert set(deciding.WAYS_OUT) <= set(words.labels("pay_troubles"))


def test_a_receipt_says_what_was_paid_and_what_goes_back(db):
    home = owing(db, 45_00, 45_00, payers=2)
    first, second = home.tap(0), home.tap(1, home.bills[:1])
    both, one = home.till.pay(first.number), home.till.pay(second.number)
    push(db, both)
    push(db, one)
    with db.read():
        payments = {line["number"]: line["payment"] for line in reading.orders()}
        whole = reading.receipt_of(payments[first.number])
        twice = reading.receipt_of(payments[second.number])
        assert twice["payer_id"] == home.people[1]
    assert [fen for _, _, fen in whole["bills"]] == [45_00, 45_00]
    assert (whole["fen"], whole["owed_back"], whole["way"], whole["refunds"]) == (90_00, 0, "wechat", [])
    assert whole["receipt"] == both.transaction_id
    assert (twice["bills"], twice["owed_back"]) == ([], 45_00)
    assert [(fen, state) for fen, state, _, _ in twice["refunds"]] == [(45_00, RefundState.WANTED)]


def test_a_list_of_orders_shows_home_and_trouble(db):
    home, number = _held(db, fen=60_00)
    with db.read():
        (line,) = reading.orders(Order.state == State.HELD)
        place = session().execute(select(Order.household_id)).scalar_one()
    assert line["number"] == number
    assert line["household"] == "育英小区-3-1-101"
    assert (line["fen"], line["paid_fen"], line["state"], line["trouble"]) == (45_00, 60_00, "held", "sum")
    assert place == home.home
    assert MCH not in str(line)


def _receipt(db, home: Payers, order: str) -> dict[str, object]:
    number = home.order(order).payment_id
    assert number is not None
    with db.read():
        return reading.receipt_of(number)


def test_a_receipt_does_not_keep_for_bills_to_come_what_went_back(db):
    home = owing(db, 45_00)
    order = home.tap().number
    push(db, home.till.pay(order))

    def asked() -> str:
        row = session().scalars(select(Order).where(Order.number == order)).one()
        return refunding.ask(row, 20_00, "mistaken", CLERK).number

    refund = db.write(asked)
    said = _receipt(db, home, order)
    assert ([fen for _, _, fen in said["bills"]], said["owed_back"], said["kept"]) == ([45_00], 0, 0)
    db.write(refunding.agree, refund, OTHER)
    said = _receipt(db, home, order)
    assert ([fen for _, _, fen in said["bills"]], said["owed_back"], said["kept"]) == ([25_00], 20_00, 0)
