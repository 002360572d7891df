"""From the tap to the booked payment: what is paid at the platform is paid here, once."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from fee_bills import pay
from pay_till import APP, Till, push
from paying_homes import owing
from sqlalchemy import func, select, update

from models.base import quarantine
from models.base.clock import local, now
from models.base.orm import session
from models.base.refusals import NotAllowed, NotFound
from models.fee.tables import Bill
from models.ledger.accounts import Account
from models.outbox.letter import Letter
from models.pay.said import TradeState
from models.pay.tables import Order, RefundState, State
from server import paying


def _letters(db) -> list[str]:
    with db.read():
        return list(session().scalars(select(Letter.kind).order_by(Letter.id)))


def test_a_tap_opens_an_order_for_all_that_is_owed_and_its_payment_settles_the_bills(db):
    home = owing(db, 45_00, 45_00)
    tapped = home.tap()
    assert tapped.fen == 90_00
    assert tapped.parameters == {"appId": APP, "package": f"prepay_id=wx-{tapped.number}"}
    assert home.order(tapped.number).state == State.OPEN
    push(db, home.till.pay(tapped.number))
    assert home.order(tapped.number).state == State.PAID
    assert [home.bill(index).state for index in (0, 1)] == ["paid", "paid"]
    assert home.balance(Account.WECHAT) == 90_00
    assert home.balance(Account.RECEIVABLE) == 0
    assert _letters(db) == ["paid"]
    home.in_order()


def test_a_second_tap_gives_the_same_order(db):
    home = owing(db, 45_00)
    assert home.tap() == home.tap()
    assert len(home.till.slips) == 1


def test_many_taps_in_the_same_moment_are_one_order(db):
    home = owing(db, 45_00)
    with ThreadPoolExecutor(16) as many:
        tapped = list(many.map(lambda _: home.tap(), range(32)))
    assert len({one.number for one in tapped}) == 1
    assert len(home.till.slips) == 1


def test_an_order_that_is_about_to_end_is_not_given_to_anybody(db):
    with time_machine.travel(now(), tick=False) as clock:
        home = owing(db, 45_00)
        first = home.tap()
        clock.shift(timedelta(minutes=29))
        second = home.tap()
        assert second.number != first.number
        assert home.till.slips[first.number].state == TradeState.CLOSED


def test_the_numbers_are_such_as_the_platform_takes(db):
    home = owing(db, 45_00)
    number = home.tap().number
    assert 6 <= len(number) <= 32
    assert all(sign.isascii() and (sign.isalnum() or sign in "_-") for sign in number)


def test_what_the_payer_reads_in_wechat_names_no_home_and_nobody(db):
    home = owing(db, 45_00, 45_00)
    home.tap()
    (slip,) = home.till.slips.values()
    assert slip.description == "物业费 2026-Q1 至 2026-Q2"


def test_somebody_who_does_not_live_there_pays_a_bill_by_its_link_but_not_the_whole_home(db):
    home = owing(db, 45_00, 45_00, payers=1)
    with pytest.raises(NotFound):
        home.paying.pay(home.home, 999, "openid-x", APP)
    assert home.paying.pay(home.home, 999, "openid-x", APP, home.bills[:1]).fen == 45_00


def test_bills_of_another_home_are_not_found(db):
    home = owing(db, 45_00)
    with pytest.raises(NotFound):
        home.tap(bills=[home.bills[0], home.bills[0] + 1])
    assert home.till.slips == {}


def test_there_is_nothing_to_pay_on_a_paid_bill(db):
    home = owing(db, 45_00)
    db.write(pay, home.home, 45_00, local(now()).date())
    with pytest.raises(NotAllowed, match="nothing_to_pay"):
        home.tap()


def test_after_a_restore_nothing_is_asked_of_the_platform(db):
    home = owing(db, 45_00)
    number = home.tap().number
    db.write(quarantine.begin, "restore")
    with pytest.raises(NotAllowed, match="pay_away"):
        home.tap()
    _all_due(db)
    assert home.paying.ask() == 0
    assert ("query", number) not in home.till.events


def test_something_else_is_paid_only_after_the_first_order_is_closed_there(db):
    home = owing(db, 45_00, 30_00)
    first = home.tap(bills=home.bills[:1])
    second = home.tap(bills=home.bills)
    assert home.order(first.number).state == State.CLOSED
    assert home.till.slips[first.number].state == TradeState.CLOSED
    assert home.till.events.index(("close", first.number)) < home.till.events.index(("order", second.number))


def test_while_the_platform_does_not_say_that_it_is_closed_there_is_no_new_order(db):
    home = owing(db, 45_00, 30_00)
    first = home.tap(bills=home.bills[:1])
    home.till.is_away = True
    with pytest.raises(NotAllowed, match="order_closing"):
        home.tap(bills=home.bills)
    assert home.order(first.number).state == State.CLOSING
    home.till.is_away = False
    assert home.tap(bills=home.bills).fen == 75_00


def test_what_was_paid_in_the_moment_of_closing_is_booked(db):
    home = owing(db, 45_00, 30_00)
    first = home.tap(bills=home.bills[:1])
    asked = home.till.query

    def paid_after_the_question(number, **waits):
        found = asked(number, **waits)
        if found is not None and found.state == TradeState.NOTPAY:
            home.till.pay(number)
        return found

    home.till.query = paid_after_the_question
    second = home.tap(bills=home.bills)
    assert home.order(first.number).state == State.PAID
    assert second.fen == 30_00
    home.in_order()


def test_when_the_platform_is_away_nothing_is_lost_and_the_next_tap_goes_on(db):
    home = owing(db, 45_00)
    home.till.is_away = True
    with pytest.raises(NotAllowed, match="pay_away"):
        home.tap()
    home.till.is_away = False
    tapped = home.tap()
    with db.read():
        assert session().execute(select(func.count(Order.id))).scalar_one() == 1
    push(db, home.till.pay(tapped.number))
    home.in_order()


def test_an_order_that_the_platform_does_not_take_is_closed_and_another_one_made(db):
    home = owing(db, 45_00)
    home.till.is_away = True
    with pytest.raises(NotAllowed):
        home.tap()
    home.till.is_away = False
    with db.read():
        number = session().scalars(select(Order.number)).one()
    home.till.order(
        number=number, app_id=APP, openid="other", fen=1, description="", expires_at=now()
    )  # somebody used our number for something else
    with pytest.raises(NotAllowed, match="pay_away"):
        home.tap()
    assert home.order(number).state == State.CLOSED
    assert home.tap().number != number


@pytest.mark.parametrize("thinking", [0, 100, 800, 1700])
def test_without_any_notification_a_payment_is_here_within_five_minutes(db, thinking):
    with time_machine.travel(now(), tick=False) as clock:
        home = owing(db, 45_00)
        tapped = home.tap()
        _pass(clock, home, thinking)
        home.till.pay(tapped.number)
        assert _pass(clock, home, 300, until=lambda: home.order(tapped.number).state == State.PAID) < 300
        home.in_order()


def test_whoever_never_pays_has_an_order_that_is_closed_there_too(db):
    with time_machine.travel(now(), tick=False) as clock:
        home = owing(db, 45_00)
        tapped = home.tap()
        _pass(clock, home, 32 * 60)
        assert home.order(tapped.number).state == State.CLOSED
        assert home.till.slips[tapped.number].state == TradeState.CLOSED
        assert len([one for one in home.till.events if one == ("query", tapped.number)]) < 30


def test_a_prepay_that_comes_too_late_is_given_to_nobody_and_closed(db):
    home = owing(db, 45_00)
    order = home.till.order

    def slow(**facts):
        db.write(lambda: session().execute(update(Order).values(state=State.CLOSED)))
        return order(**facts)

    home.till.order = slow
    with pytest.raises(NotAllowed, match="order_closing"):
        home.tap()
    home.paying.ask()
    (slip,) = home.till.slips.values()
    assert slip.state == TradeState.CLOSED


def test_paid_at_the_counter_meanwhile_the_order_is_closed(db):
    home = owing(db, 45_00)
    tapped = home.tap()
    db.write(pay, home.home, 45_00, local(now()).date())
    _all_due(db)
    home.paying.ask()
    assert home.order(tapped.number).state == State.CLOSED
    assert home.till.slips[tapped.number].state == TradeState.CLOSED


def test_paid_at_the_counter_and_then_on_the_phone_goes_back(db):
    home = owing(db, 45_00)
    tapped = home.tap()
    trade = home.till.pay(tapped.number)
    db.write(pay, home.home, 40_00, local(now()).date())
    push(db, trade)
    (back,) = home.refunds()
    assert (back.fen, back.why, back.state) == (40_00, "surplus", RefundState.WANTED)
    assert home.bill().state == "paid"
    assert _letters(db) == ["paid_twice"]
    home.paying.give_back()
    home.till.pay_out(back.number)
    _all_due(db)
    home.paying.give_back()
    assert home.refunds()[0].state == RefundState.DONE
    assert home.balance(Account.REFUND) == 0
    assert home.balance(Account.WECHAT) == 5_00
    assert _letters(db) == ["paid_twice", "refund_done"]
    home.in_order()


@pytest.mark.parametrize("change", [-5_00, 5_00])
def test_a_bill_that_changed_between_prepay_and_notice_is_held_for_a_person(db, change):
    home = owing(db, 45_00)
    tapped = home.tap()
    trade = home.till.pay(tapped.number)
    db.write(lambda: session().execute(update(Bill).values(amount_fen=Bill.amount_fen + change)))
    push(db, trade)
    held = home.order(tapped.number)
    assert (held.state, held.trouble, held.paid_fen) == (State.HELD, "bill_changed", 45_00)
    assert home.bill().paid_fen == 0
    assert home.balance(Account.WECHAT) == 0
    assert _letters(db) == ["paid_held"]
    _all_due(db)
    home.paying.ask()
    assert home.order(tapped.number).state == State.HELD


def test_a_bill_that_changed_before_anybody_paid_closes_the_order(db):
    home = owing(db, 45_00)
    tapped = home.tap()
    db.write(lambda: session().execute(update(Bill).values(amount_fen=50_00)))
    _all_due(db)
    home.paying.ask()
    assert home.order(tapped.number).state == State.CLOSED


def test_many_clocks_ask_about_an_order_once(db):
    home = owing(db, 45_00)
    tapped = home.tap()
    _all_due(db)
    other = type(home.paying)(db, home.till)
    assert home.paying.ask() + other.ask() == 1
    assert home.till.events.count(("query", tapped.number)) == 1


def test_whoever_took_an_order_and_died_leaves_it_to_others(db):
    with time_machine.travel(now(), tick=False) as clock:
        home = owing(db, 45_00, till=Till())
        home.till.pay(home.tap().number)
        clock.shift(timedelta(seconds=20))
        query, home.till.query = home.till.query, _dies
        home.paying.ask()
        home.till.query = query
        assert _pass(clock, home, 120, until=lambda: home.bill().state == "paid") <= 75


def test_what_a_round_has_no_time_for_is_left_to_a_later_one(db, monkeypatch):
    home = owing(db, 45_00, payers=3)
    for who in range(3):
        home.tap(who)
    _all_due(db)
    asked, query = [], home.till.query

    def slowly(number, **waits):
        asked.append(number)
        time.sleep(0.3)
        return query(number, **waits)

    monkeypatch.setattr(paying, "ROUND_SECONDS", 0.2)
    monkeypatch.setattr(paying, "AT_ONCE", 1)
    home.till.query = slowly
    home.paying.ask()
    assert len(asked) <= 1  # none at all on a slow machine


def _dies(*_given, **_named):
    raise RuntimeError("killed")


def _all_due(db) -> None:
    from models.pay.tables import Refund

    def now_due() -> None:
        session().execute(update(Order).where(Order.ask_at.is_not(None)).values(ask_at=now()))
        session().execute(update(Refund).where(Refund.ask_at.is_not(None)).values(ask_at=now()))

    db.write(now_due)


def _pass(clock, home, seconds, until=lambda: False) -> int:
    """So many seconds go by with the clock's line every 15; returns after how many `until` held."""
    for gone in range(0, seconds, 15):
        if until():
            return gone
        clock.shift(timedelta(seconds=15))
        home.paying.ask()
    return seconds
