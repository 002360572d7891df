"""A day of payments over real connections, with everything that goes wrong on one: at its end the platform's
bill files and the books say the same, to the fen."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from factories import a_town
from fee_bills import a_bill
from fee_books import homes, living_in
from pay_desk import Listening, pay_desk
from paying_homes import in_order
from settings_files import plain_url
from sqlalchemy import select, update

from models.base.clock import SHANGHAI, ago, local, now
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.fee.tables import Bill
from models.ledger.accounts import Account
from models.ledger.balances import balances
from models.pay import differences
from models.pay.bill_files import Kind
from models.pay.tables import Order, Refund, RefundState, State
from server.app import create_app
from server.database import Database
from server.pay import office
from server.paying import Paying
from server.reconciling import catch_up
from server.sandbox.pay_keys import CERTIFICATE_MODE, PUBLIC_MODE

HOMES = 24
NOON = datetime(2026, 11, 20, 12, tzinfo=SHANGHAI)


@pytest.mark.parametrize("mode", [PUBLIC_MODE, CERTIFICATE_MODE])
@time_machine.travel(NOON)  # because a day that ends meanwhile would have two bill files
def test_a_day_of_payments_comes_out_even(db: Database, tmp_path: Path, mode: str):
    dice = random.Random(20261121)
    limits = {"pay_refund_seconds": 0.0, "pay_bill_hours": -24, "pay_retry_seconds": [0.05] * 3}
    with pay_desk(tmp_path, mode, pay_probe_every=5, **limits) as desk, Listening() as door:
        places = db.write(lambda: (a_town(), homes(HOMES))[1])
        people = db.write(lambda: {home: [living_in(home), living_in(home)] for home in places})
        for number, home in enumerate(places):
            db.write(a_bill, home, 100_00 + number)
        config = desk.config(plain_url(db), base_url=door.address)
        office.look_for_certificates(config, db)
        door.hear(create_app(config, db))
        made = office.opened(config, db)
        assert made is not None
        paying = Paying(db, made.merchant)
        apps = desk.pay.book.app_ids  # the service account's and the mini-program's: both pay (5.1)
        desk.fault("cut", "/push/*", share=0.4)  # notifications get lost
        desk.fault("cut", "/v3/pay/transactions/jsapi", share=0.15, effect=True)  # done, but nobody heard
        desk.fault("http", "/v3/pay/*", share=0.1)
        desk.fault("unsigned", "/v3/pay/transactions/out-trade-no/*", share=0.1)
        for home in places:
            taps = {}
            for person in people[home][: dice.choice((1, 1, 2))]:
                try:
                    taps[person] = paying.pay(home, person, f"o-{person}", dice.choice(apps)).number
                except NotAllowed:
                    taps[person] = _order_of(db, person)  # the platform may have it all the same
            for person, number in taps.items():
                if number in desk.pay.book.orders:
                    desk.pay.pay(number, f"o-{person}", dice.choice(("success", "success", "unheard")))
        assert desk.pay.pushes.idle()
        desk.simulator.faults.lift()
        _asked_until_all_is_known(db, paying)
        assert desk.pay.pushes.idle()
        day = local(now()).date()
        with time_machine.travel(now() + timedelta(days=1)):
            assert catch_up(db, made.merchant, [(day, kind) for kind in Kind]) == 2
        paid = [one for one in desk.pay.book.orders.values() if one.transaction_id]
        given_back = sum(one.fen for one in desk.pay.book.refunds.values())
        assert len(paid) > HOMES * 0.7
        assert {one.app_id for one in paid} == set(apps)
        assert len(apps) == 2
        assert given_back > 0
        with db.read():
            assert session().scalars(select(Order).where(Order.state == State.HELD)).all() == []
            states = {one.number: one.state for one in session().scalars(select(Order))}
            refunds = {one.state for one in session().scalars(select(Refund))}
            bills = sum(one.paid_fen for one in session().scalars(select(Bill)))
            received = balances()[Account.WECHAT]
            found = [one.what for one, _ in differences.unsettled()]
        assert {number for number, state in states.items() if state == State.PAID} == {
            one.number for one in paid
        }
        assert refunds == {RefundState.DONE}
        assert bills == sum(one.fen for one in paid) - given_back
        assert received == bills - sum(map(_fee, paid)) + sum(map(_fee, desk.pay.book.refunds.values()))
        assert found == []
        in_order(db)


def _fee(one: Any) -> int:
    """What the platform keeps: 0.60 % to the nearest fen."""
    return int(Decimal(one.fen * 60).scaleb(-4).quantize(Decimal(1), ROUND_HALF_UP))


def _order_of(db: Database, person: int) -> str:
    with db.read():
        return str(session().scalars(select(Order.number).where(Order.payer_id == person)).one())


def _asked_until_all_is_known(db: Database, paying: Paying) -> None:
    """What the clock does within minutes, at once."""
    for _ in range(4):
        db.write(_now_due, Order)
        paying.ask()
        db.write(_now_due, Refund)
        paying.give_back()


def _now_due(what: Any) -> None:
    session().execute(update(what).where(what.ask_at.is_not(None)).values(ask_at=ago(seconds=1)))
