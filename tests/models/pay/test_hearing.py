"""Every word of the platform about every order has one outcome, and money is booked once."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from factories import unit_of_work
from fee_bills import a_bill, estate_of
from fee_books import homes, living_in
from pay_till import APP, MCH, Till, push
from paying_homes import in_order, owing
from sqlalchemy import func, select, update

from models.base.actor import By
from models.base.clock import now
from models.base.orm import put, session
from models.fee.payments import Payment
from models.fee.tables import Bill
from models.ledger.accounts import Account
from models.ledger.tables import Entry
from models.pay import hearing
from models.pay.pushes import strays
from models.pay.said import Trade, TradeState
from models.pay.tables import Order, OrderPart, Push, Refund, RefundState, State

S, R, N, C = TradeState.SUCCESS, TradeState.REFUND, TradeState.NOTPAY, TradeState.CLOSED
U, E, V = TradeState.USERPAYING, TradeState.PAYERROR, TradeState.REVOKED

# (state here, said there) → (state afterwards, whether it is to be closed there). None: no such order there.
OUTCOMES = {
    **{(one, S): (State.PAID, False) for one in (State.MAKING, State.OPEN, State.CLOSING, State.CLOSED)},
    **{(one, R): (State.HELD, False) for one in (State.MAKING, State.OPEN, State.CLOSING, State.CLOSED)},
    **{(State.MAKING, said): (State.MAKING, False) for said in (N, U, E, None)},
    **{(State.OPEN, said): (State.OPEN, False) for said in (N, U, E, None)},
    **{(State.CLOSING, said): (State.CLOSING, True) for said in (N, U, E)},
    (State.CLOSING, None): (State.CLOSED, False),
    **{(one, C): (State.CLOSED, False) for one in (State.MAKING, State.OPEN, State.CLOSING)},
    **{(one, V): (State.CLOSED, False) for one in (State.MAKING, State.OPEN, State.CLOSING)},
    **{(State.CLOSED, said): (State.CLOSED, False) for said in (N, U, E, C, V, None)},
    **{(one, said): (one, False) for one in (State.PAID, State.HELD) for said in (*TradeState, None)},
}  # fmt: skip
OVER = {  # the same when the order's time is up
    **OUTCOMES,
    **{(one, said): (State.CLOSING, True) for one in (State.MAKING, State.OPEN) for said in (N, U, E)},
    **{(one, None): (State.CLOSED, False) for one in (State.MAKING, State.OPEN)},
}


def test_the_table_of_outcomes_has_no_hole():
    assert set(OUTCOMES) == {(state, said) for state in State for said in (*TradeState, None)}


@pytest.mark.parametrize("table", [OUTCOMES, OVER], ids=["in time", "over"])
@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_every_word_about_every_order_has_its_outcome(db, table):
    home = owing(db, 45_00)
    number = home.tap().number
    home.till.pay(number)
    paid = home.till.trade(number)
    expires = now() + timedelta(minutes=30 if table is OUTCOMES else -1)
    for (state, said), (after, closes) in table.items():
        trade = None if said is None else paid._replace(state=said)
        with contextlib.suppress(_Undone), unit_of_work(db):
            order = session().scalars(select(Order)).one()
            order.state, order.expires_at = state, expires
            if state in (State.PAID, State.HELD):
                order.transaction_id, order.paid_fen = paid.transaction_id, 45_00
            session().flush()
            answer = hearing.answered(number, trade)
            session().flush()
            assert (order.state, answer) == (after, closes), f"{state} here, {said} there"
            booked = session().execute(select(func.count(Payment.id))).scalar_one()
            assert booked == (1 if (state, said) in _BOOKS else 0), f"{state} here, {said} there"
            raise _Undone


_BOOKS = {(state, S) for state in (State.MAKING, State.OPEN, State.CLOSING, State.CLOSED)}


class _Undone(Exception):  # noqa: N818
    pass


def test_one_notification_a_thousand_times_is_one_entry(db):
    home = owing(db, 45_00)
    trade = home.till.pay(home.tap().number)
    with ThreadPoolExecutor(32) as many:
        list(many.map(lambda _: push(db, trade), range(1000)))
    with db.read():
        assert session().execute(select(func.count(Payment.id))).scalar_one() == 1
        assert session().execute(select(func.count(Entry.id)).where(Entry.kind == "paid")).scalar_one() == 1
        assert session().execute(select(func.count(Push.id))).scalar_one() == 1
    home.in_order()


def test_other_notifications_and_questions_about_the_same_payment_are_one_entry(db):
    home = owing(db, 45_00)
    number = home.tap().number
    trade = home.till.pay(number)

    def once(turn: int) -> None:
        if turn % 2:
            push(db, trade, f"EV-{turn}")
        else:
            db.write(hearing.answered, number, trade)

    with ThreadPoolExecutor(16) as many:
        list(many.map(once, range(64)))
    assert home.balance(Account.WECHAT) == 45_00
    home.in_order()


@pytest.mark.parametrize(
    ("wrong", "trouble"),
    [
        ({"fen": 44_99}, "sum"),
        ({"fen": 45_01}, "sum"),
        ({"fen": None}, "currency"),
        ({"fen": 10**12}, "currency"),
        ({"currency": "USD"}, "currency"),
        ({"currency": None}, "currency"),
        ({"transaction_id": None}, "transaction"),
    ],
)
def test_what_is_not_what_was_to_be_paid_is_held_and_nothing_booked(db, wrong, trouble):
    home = owing(db, 45_00)
    trade = home.till.pay(home.tap().number)
    push(db, trade._replace(**wrong))
    held = home.order(trade.number)
    assert (held.state, held.trouble) == (State.HELD, trouble)
    assert home.bill().paid_fen == 0
    assert home.balance(Account.WECHAT) == 0
    push(db, trade, "EV-right")  # what is held stays held until a person decides
    assert home.order(trade.number).state == State.HELD


@pytest.mark.parametrize("other", [{"mch_id": "1900000999"}, {"app_id": "wx-else"}, {"number": "o-nobody"}])
def test_what_is_not_about_our_order_books_nothing_and_is_kept_for_a_person(db, other):
    home = owing(db, 45_00)
    trade = home.till.pay(home.tap().number)
    push(db, trade._replace(**other))
    assert home.order(trade.number).state == State.OPEN
    assert home.balance(Account.WECHAT) == 0
    with db.read():
        kept = session().scalars(select(Push)).one()
        assert "openid" not in str(kept.facts)
        assert strays() == [(other.get("number", trade.number), "TRANSACTION.SUCCESS")]


def test_a_transaction_that_paid_another_order_does_not_pay_this_one(db):
    home = owing(db, 45_00, 30_00, payers=2)
    first, second = home.tap(0, home.bills[:1]), home.tap(1, home.bills[1:])
    paid = home.till.pay(first.number)
    push(db, paid)
    other = home.till.pay(second.number)
    push(db, other._replace(transaction_id=paid.transaction_id))
    assert home.order(second.number).trouble == "transaction"


def test_an_order_that_is_paid_again_by_another_transaction_is_a_trouble(db):
    home = owing(db, 45_00)
    trade = home.till.pay(home.tap().number)
    push(db, trade)
    push(db, trade._replace(transaction_id="42-again"), "EV-again")
    assert home.order(trade.number).trouble == "paid_again"
    assert home.balance(Account.WECHAT) == 45_00


@pytest.mark.parametrize("way", ["push", "ask"])
def test_a_closed_order_that_was_paid_after_all_is_booked_while_it_is_owed(db, way):
    home = owing(db, 45_00)
    number = home.tap().number
    trade = home.till.pay(number)
    db.write(hearing.closed, number)
    assert home.order(number).state == State.CLOSED
    push(db, trade) if way == "push" else db.write(hearing.answered, number, trade)
    assert home.bill().state == "paid"
    home.in_order()


def test_whoever_pays_first_closes_the_orders_of_the_others(db):
    home = owing(db, 45_00, payers=3)
    taps = [home.tap(who) for who in range(3)]
    push(db, home.till.pay(taps[1].number))
    assert [home.order(tap.number).state for tap in taps] == [State.CLOSING, State.PAID, State.CLOSING]
    home.paying.ask()
    assert [home.till.slips[tap.number].state for tap in taps] == [C, S, C]


def test_a_payment_is_booked_on_its_own_day_and_today_where_that_month_is_sealed(db):
    from models.ledger.sealing import seal

    home = owing(db, 45_00)
    number = home.tap().number
    trade = home.till.pay(number, at=now() - timedelta(days=40))
    month = (now() - timedelta(days=40)).date().replace(day=1)
    db.write(lambda: seal(estate_of(home.home), month, By.staff(1)))
    push(db, trade)
    with db.read():
        entry = session().scalars(select(Entry).where(Entry.kind == "paid")).one()
        assert entry.day > month.replace(day=28)
    home.in_order()


def test_of_several_payers_one_is_booked_and_all_others_get_their_money_back(db):
    """P5 in a quick form: many bills, two to five who have paid at the same time, all notified at once."""
    bills, till = 12, Till()
    taps = _everybody_taps(db, till, bills)
    trades = [till.pay(number) for number in taps]
    with ThreadPoolExecutor(16) as many:
        list(many.map(lambda trade: push(db, trade), trades))
    _all_given_back(db, till)
    with db.read():
        assert session().execute(select(func.count(Bill.id)).where(Bill.state != "paid")).scalar_one() == 0
        assert session().execute(select(func.sum(Bill.paid_fen))).scalar_one() == bills * 45_00
        back = session().execute(select(func.sum(Refund.fen))).scalar_one()
        assert back == (len(taps) - bills) * 45_00
        assert set(session().scalars(select(Refund.state))) == {RefundState.DONE}
    in_order(db)


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_eighty_bills_with_several_payers_are_each_paid_once(db):
    """P5 by rows made in bulk, because what is under test is who gets the bill; `make chaos` taps."""
    trades = db.write(_eighty)
    for start in range(0, len(trades), 20):
        some = trades[start : start + 20]
        db.write(lambda some=some: [hearing.heard(one, key=one.number, event="x") for one in some])
    with db.read():
        assert session().execute(select(func.count(Bill.id)).where(Bill.state != "paid")).scalar_one() == 0
        assert session().execute(select(func.sum(Bill.paid_fen))).scalar_one() == 80 * 45_00
        assert session().execute(select(func.sum(Refund.fen))).scalar_one() == (len(trades) - 80) * 45_00
    in_order(db)


def _everybody_taps(db, till: Till, bills: int) -> list[str]:
    first = owing(db, 45_00, till=till)

    def more() -> list[tuple[int, int]]:
        return [(home, a_bill(home, 45_00)) for home in homes(bills - 1, unit="2")]

    owed = [(first.home, first.bills[0]), *db.write(more)]
    taps = []
    for turn, (home, bill) in enumerate(owed):
        for who in range(2 + turn % 4):
            payer = 1000 * turn + who + 1
            taps.append(first.paying.pay(home, payer, f"openid-{payer}", APP, [bill]).number)
    return taps


def _all_given_back(db, till: Till) -> None:
    from server.paying import Paying

    paying = Paying(db, till)
    while paying.give_back():
        for number in till.backs:
            till.pay_out(number)
        db.write(lambda: session().execute(update(Refund).values(ask_at=now())))


def _eighty() -> list[Trade]:
    from factories import a_town

    a_town()
    trades = []
    (home,) = homes(1)
    payer, estate = living_in(home), estate_of(home)
    for turn, one in enumerate(homes(80, unit="9")):
        bill = a_bill(one, 45_00)
        for who in range(2 + turn % 4):
            number = f"o{turn:04}-{who}"
            order = put(
                Order, number=number, household_id=one, estate_id=estate, payer_id=payer, openid="o",
                app_id=APP, mch_id=MCH, fen=45_00, state=State.OPEN, expires_at=now() + timedelta(minutes=30),
            )  # fmt: skip
            put(OrderPart, order_id=order, bill_id=bill, fen=45_00, amount_fen=45_00)
            trades.append(Trade(number, S, MCH, APP, 45_00, "CNY", f"42-{number}", "o", now()))
    return trades
