"""Over the counter nothing is given that goes back over WeChat already."""

import pytest
from fee_bills import CLERK, OTHER, pay
from pay_till import push
from paying_homes import owing
from sqlalchemy import select, update

from models.base.clock import local, now
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.fee.payments import Way
from models.joins.returning import give_back
from models.ledger import Account
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


def test_what_the_platform_cannot_pay_any_more_is_given_in_cash_once(db):
    home = owing(db, 45_00)
    push(db, home.till.pay(home.tap().number))
    today = local(now()).date()

    def owed() -> None:
        refund = refunding.ask(session().scalars(select(Order)).one(), 20_00, "mistaken", CLERK)
        refunding.agree(refund.number, OTHER)
        session().execute(update(Refund).values(state=RefundState.DECLINED, ask_at=None))

    db.write(owed)
    for is_new in (True, False):
        assert db.write(give_back, home.home, 20_00, Way.CASH, "R1", today, CLERK) is is_new
    assert home.balance(Account.REFUND) == 0
    assert home.balance(Account.CASH) == -20_00
    home.in_order()
