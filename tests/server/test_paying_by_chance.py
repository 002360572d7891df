"""Whatever happens in whatever order: what was paid at the platform is here once, to the fen, or held."""

import contextlib
import random
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from fee_bills import CLERK, OTHER, a_bill, pay
from pay_till import Till, push, refund_push
from paying_homes import Payers, owing
from sqlalchemy import select

from models.base.clock import local, now
from models.base.orm import session
from models.base.refusals import Refused
from models.fee.composing import Line
from models.fee.lines import change
from models.fee.payments import hold
from models.fee.tables import Bill
from models.ledger import Account
from models.ledger.balances import balances
from models.pay import deciding, reading, refunding
from models.pay.checking import faults
from models.pay.said import RefundStatus, TradeState
from models.pay.tables import UNSETTLED, Order, Refund, RefundState, State

STEPS = 60


class World:
    """One home, three payers, and everything that may happen to its money."""

    def __init__(self, db, clock, seed: int) -> None:
        self.db, self.clock, self.chance = db, clock, random.Random(seed)
        self.home: Payers = owing(db, 45_00, 30_00, payers=3, till=Till(seed=seed))
        self.till = self.home.till
        self.counter = 0

    def step(self) -> None:
        happens: list[Callable[[], object]] = [
            self.tap, self.tap, self.tap_one, self.pays, self.pays, self.notified, self.refunds_notified,
            self.time, self.time, self.counter_pays, self.bill_changes, self.another_bill, self.wants_back,
            self.decides, self.paid_out, self.fog,
        ]  # fmt: skip
        with contextlib.suppress(Refused):  # an answer, and nothing happened
            self.chance.choice(happens)()

    def tap(self) -> None:
        self.home.tap(self.chance.randrange(3), self.home.bills)

    def tap_one(self) -> None:
        self.home.tap(self.chance.randrange(3), [self.chance.choice(self.home.bills)])

    def pays(self) -> None:
        with self.db.read():
            given = set(session().scalars(select(Order.number).where(Order.prepay_id.is_not(None))))
        for number, slip in self.till.slips.items():
            if number in given and slip.state == TradeState.NOTPAY and slip.expires_at > now():
                self.till.pay(number)
                return

    def notified(self) -> None:
        for number, slip in self.till.slips.items():
            if slip.state == TradeState.SUCCESS and self.chance.random() < 0.5:
                trade = self.till.trade(number)._replace(state=TradeState.SUCCESS)
                push(self.db, trade, f"EV-{number}-{self.chance.randrange(3)}")

    def refunds_notified(self) -> None:
        for number, back in self.till.backs.items():
            if back.status == RefundStatus.SUCCESS:
                refund_push(self.db, self.till.returned(number))

    def time(self) -> None:
        self.clock.shift(timedelta(seconds=self.chance.choice((15, 60, 600, 1900))))
        self.home.paying.ask()
        self.home.paying.give_back()

    def counter_pays(self) -> None:
        self.counter += 1
        fen = self.chance.randrange(1, 50_00)
        self.db.write(pay, self.home.home, fen, local(now()).date(), str(self.counter))

    def bill_changes(self) -> None:
        key = self.chance.choice(self.home.bills)
        line = Line("withheld", self.chance.choice((-3_00, 2_00)))

        def changed() -> None:
            hold(self.home.home)
            change(session().get_one(Bill, key, with_for_update=True), "changed", [line], CLERK)

        self.db.write(changed)

    def another_bill(self) -> None:
        if len(self.home.bills) < 8:
            label = f"{2025 + len(self.home.bills)}"
            self.home.bills.append(self.db.write(a_bill, self.home.home, 20_00, label))

    def wants_back(self) -> None:
        def wanted() -> None:
            paid = session().scalars(select(Order).where(Order.state == State.PAID)).all()
            if paid:
                order = self.chance.choice(paid)
                refund = refunding.ask(order, self.chance.randrange(1, 60_00), "mistaken", CLERK)
                refunding.agree(refund.number, OTHER)

        self.db.write(wanted)

    def decides(self) -> None:
        with self.db.read():
            held = [line["number"] for line in reading.orders(reading.TROUBLED)]
        for number in held:
            how = self.chance.choice(("prepaid", "give_back", "noted"))
            self.db.write(deciding.settle, number, OTHER, how)

    def paid_out(self) -> None:
        for number, back in self.till.backs.items():
            if back.status == RefundStatus.PROCESSING:
                self.till.pay_out(number)

    def fog(self) -> None:
        self.till.doubt = self.chance.choice((0.0, 0.0, 0.3))

    def comes_to_rest(self) -> None:
        self.till.doubt = 0.0
        for _ in range(6):
            self.clock.shift(timedelta(minutes=10))
            self.home.paying.ask()
            self.home.paying.give_back()
            self.paid_out()
            for number in [line["number"] for line in self._held()]:
                self.db.write(deciding.settle, number, OTHER, "give_back")

    def _held(self) -> list[dict]:
        with self.db.read():
            return list(reading.orders(reading.TROUBLED))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_it_always_comes_to_the_fen(db, seed):
    with time_machine.travel(now(), tick=False) as clock:
        world = World(db, clock, seed)
        for _ in range(STEPS):
            world.step()
            with db.read():
                assert list(faults()) == []
        world.comes_to_rest()
    with db.read():
        assert list(faults()) == []
        orders = {one.number: one for one in session().scalars(select(Order))}
        assert not [one for one in orders.values() if one.state in (*UNSETTLED, State.HELD)]
        for number, slip in world.till.slips.items():
            paid = slip.state == TradeState.SUCCESS
            assert (orders[number].state == State.PAID) is paid, number
        books = balances()
        there = sum(one.fen - one.given_back for one in world.till.slips.values() if one.transaction_id)
        assert books.get(Account.WECHAT, 0) == there
        assert books.get(Account.REFUND, 0) == 0
        assert set(session().scalars(select(Refund.state))) <= {RefundState.DONE}
