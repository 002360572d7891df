"""The same against the platform as the simulator plays it: real signatures, its own rules, its bad days."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pay_desk import PayDesk, pay_desk
from paying_homes import Payers, owing
from settings_files import plain_url
from sqlalchemy import update

from models.base.clock import now
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.ledger import Account
from models.pay.tables import Order, Refund, RefundState, State
from server.pay.office import Office
from server.paying import Paying, Started

APP = "wx5a4db0c0ff1c1a10"
ORDER, QUERY = "/v3/pay/transactions/jsapi", "/v3/pay/transactions/out-trade-no/*"


class Away(Payers):
    """Its till is the simulator's."""

    desk: PayDesk

    def tap_there(self, who: int = 0, bills: list[int] | None = None) -> Started:
        person = self.people[who]
        return self.paying.pay(self.home, person, f"openid-{person}", APP, bills or self.bills)

    def pay_there(self, tapped: Started, outcome: str = "unheard") -> None:
        prepay = tapped.parameters["package"].removeprefix("prepay_id=")
        order = self.order(tapped.number)
        self.desk.pay.pay(prepay, order.openid, outcome)

    def there(self, number: str) -> str:
        return self.desk.pay.book.orders[number].state

    def clock(self) -> None:
        """A round of the clock, everything due."""

        def due() -> None:
            for table in (Order, Refund):
                session().execute(update(table).where(table.ask_at.is_not(None)).values(ask_at=now()))

        self.db.write(due)
        self.paying.ask()
        self.paying.give_back()


@pytest.fixture
def home(db, tmp_path: Path) -> Iterator[Away]:
    with pay_desk(tmp_path, pay_refund_seconds=0.0) as desk:
        made = owing(db, 45_00, 30_00, payers=2)
        home = Away(db, made.till, made.home, made.bills, made.people)
        home.desk = desk
        office = Office(desk.config(plain_url(db)), db)
        home.paying = Paying(db, office.merchant)
        yield home


def test_what_nobody_notified_us_of_is_booked_when_the_clock_asks(home):
    tapped = home.tap_there()
    home.pay_there(tapped)
    home.clock()
    assert home.order(tapped.number).state == State.PAID
    assert home.balance(Account.WECHAT) == 75_00
    home.in_order()


def test_something_else_is_paid_after_the_first_is_closed_there(home):
    first = home.tap_there(bills=home.bills[:1])
    second = home.tap_there()
    assert (home.there(first.number), home.there(second.number)) == ("CLOSED", "NOTPAY")


def test_paid_while_it_was_being_closed_is_booked_or_goes_back(home):
    first = home.tap_there()
    other = home.tap_there(1)
    home.pay_there(first)
    home.clock()  # the first is paid, so the other one shall be closed; somebody is faster
    home.pay_there(other, "late")
    for _ in range(3):
        home.clock()
    assert (home.order(first.number).state, home.order(other.number).state) == (State.PAID, State.PAID)
    assert [(one.fen, one.state) for one in home.refunds()] == [(75_00, RefundState.DONE)]
    assert home.balance(Account.WECHAT) == 75_00
    home.in_order()


@pytest.mark.parametrize("effect", [False, True])
def test_an_order_whose_answer_was_lost_is_the_same_one_at_the_next_tap(home, effect):
    home.desk.fault("cut", ORDER, times=1, effect=effect)
    with pytest.raises(NotAllowed, match="pay_away"):
        home.tap_there()
    tapped = home.tap_there()
    assert list(home.desk.pay.book.orders) == [tapped.number]


def test_an_answer_that_nobody_signed_books_nothing(home):
    tapped = home.tap_there()
    home.pay_there(tapped)
    home.desk.fault("unsigned", QUERY, times=1)
    home.clock()
    assert home.order(tapped.number).state == State.OPEN
    home.clock()
    assert home.order(tapped.number).state == State.PAID


def test_over_its_time_it_is_closed_there_and_asked_about_once_more(home, db):
    tapped = home.tap_there()
    db.write(lambda: session().execute(update(Order).values(expires_at=now() - timedelta(seconds=1))))
    home.clock()
    assert home.there(tapped.number) == "CLOSED"
    assert home.order(tapped.number).ask_at > now()
    home.clock()
    assert home.order(tapped.number).ask_at is None


@pytest.mark.parametrize("effect", [False, True])
def test_a_refund_whose_answer_was_lost_is_paid_once(home, effect):
    taps = [home.tap_there(0), home.tap_there(1)]
    for tapped in taps:
        home.pay_there(tapped)
    home.desk.fault("cut", "/v3/refund/*", times=3, effect=effect)
    for _ in range(7):
        home.clock()
    (back,) = home.refunds()
    assert back.state == RefundState.DONE
    assert list(home.desk.pay.book.refunds) == [back.number]
    assert home.balance(Account.WECHAT) == 75_00
    home.in_order()
