"""P9: of the platform's file and our books exactly what differs is found, a task each, until it is right."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from bill_files import (
    MERCHANT,
    Back,
    Flow,
    Paid,
    a_home,
    a_refund,
    clerk,
    estate_of,
    fund_file,
    paid_orders,
    trade_file,
)
from sqlalchemy import func, select, update

from models.base.actor import SYSTEM
from models.base.clock import SHANGHAI, local, now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.ledger import Account
from models.ledger.balances import balances
from models.ledger.sealing import seal
from models.pay.bill_files import BillFile, Kind, read
from models.pay.comparing import Outcome, compare, compared
from models.pay.differences import Code, settle, settle_booked, unsettled
from models.pay.tables import Compared, Difference, Order, Refund, RefundState, State

DAY = date(2026, 3, 23)


@pytest.fixture
def home(db) -> int:
    return db.write(a_home)


def _compare(db, data: bytes, **more) -> Outcome:
    return db.write(compare, read(data), SYSTEM, **more)


def _open(db) -> list[tuple[str, str, int | None, int | None]]:
    with db.read():
        return [(one.what, one.number, one.ours_fen, one.theirs_fen) for one, _ in unsettled()]


def _orders(db, home: int, sums: dict[str, int], day: date = DAY, state: State = State.PAID) -> None:
    db.write(paid_orders, home, day, sums, state)


def test_ten_thousand_lines_with_one_of_each_planted_show_exactly_these(db, home):
    sums = {f"o-{n:05}": 100 + n for n in range(10_000)}
    _orders(db, home, sums)
    db.write(a_refund, "o-00010", "r-fine", 50, DAY)
    db.write(a_refund, "o-00011", "r-extra", 50, DAY)
    db.write(a_refund, "o-00012", "r-wrong", 50, DAY)
    db.write(a_refund, "o-00013", "r-slow", 50, None, RefundState.SENT)
    rows = [Paid(number, fen) for number, fen in sums.items() if number != "o-07777"]
    rows[42] = Paid("o-00042", 143)
    rows += [Paid("o-strange", 500), Back("r-fine", 50), Back("r-wrong", 51), Back("r-strange", 7)]
    rows += [Back("r-slow", 50)]
    began = time.thread_time()
    outcome = _compare(db, trade_file(DAY, rows), mch_id=MERCHANT)
    took = time.thread_time() - began
    assert sorted(_open(db)) == [
        (Code.AMOUNT_DIFFERS, "o-00042", 142, 143),
        (Code.MISSING_HERE, "o-strange", None, 500),
        (Code.MISSING_THERE, "o-07777", 100 + 7777, None),
        (Code.REFUND_DIFFERS, "r-wrong", 50, 51),
        (Code.REFUND_MISSING_HERE, "r-slow", None, 50),
        (Code.REFUND_MISSING_THERE, "r-extra", 50, None),
        (Code.REFUND_UNKNOWN, "r-strange", None, 7),
    ]
    assert outcome[:4] == (Kind.TRADE, DAY, 10_004, 9_999)
    assert outcome.open == 7
    assert took < 10, f"{took:.1f} s of processor"


def test_a_day_on_which_both_say_the_same_leaves_nothing(db, home):
    _orders(db, home, {"o-1": 180_00})
    db.write(a_refund, "o-1", "r-1", 80_00, DAY)
    outcome = _compare(db, trade_file(DAY, [Paid("o-1", 180_00), Back("r-1", 80_00)]))
    assert outcome == Outcome(Kind.TRADE, DAY, 2, 2, 100_00, 0)
    assert _open(db) == []
    with db.read():
        assert compared(Kind.TRADE, DAY, DAY) == {DAY}
        assert compared(Kind.FUND, DAY, DAY) == frozenset()


def test_the_same_file_again_makes_no_second_task(db, home):
    data = trade_file(DAY, [Paid("o-strange", 5)])
    assert [_compare(db, data).open for _ in range(3)] == [1, 1, 1]
    with db.read():
        assert session().execute(select(func.count(Difference.id))).scalar() == 1
        assert session().execute(select(func.count(Compared.id))).scalar() == 1


def test_what_is_right_by_now_settles_itself(db, home):
    _orders(db, home, {"o-late": 5}, state=State.OPEN)
    data = trade_file(DAY, [Paid("o-late", 5)])
    assert _compare(db, data).open == 1

    def paid() -> None:
        order = session().scalars(select(Order)).one()
        order.state, order.paid_at = State.PAID, datetime.combine(DAY, datetime.min.time(), SHANGHAI)

    db.write(paid)
    assert _compare(db, data).open == 0
    assert _open(db) == []


def test_what_was_booked_meanwhile_settles_itself_without_the_file(db, home):
    _orders(db, home, {"o-late": 5}, state=State.OPEN)
    _orders(db, home, {"o-1": 9})
    db.write(a_refund, "o-1", "r-late", 3, None, RefundState.SENT)
    _compare(db, trade_file(DAY, [Paid("o-late", 5), Paid("o-1", 9), Back("r-late", 3)]))
    assert db.write(settle_booked) == 0

    def told() -> None:
        moment = datetime.combine(DAY, datetime.min.time(), SHANGHAI)
        session().execute(update(Order).values(state=State.PAID, paid_at=moment))
        session().execute(update(Refund).values(state=RefundState.DONE, done_at=moment))

    db.write(told)
    assert db.write(settle_booked) == 2
    assert _open(db) == []


def test_an_order_that_is_held_is_known_and_no_difference(db, home):
    _orders(db, home, {"o-1": 5}, state=State.HELD)
    assert _compare(db, trade_file(DAY, [Paid("o-1", 5)])).open == 0


def test_somebody_settles_a_difference_with_words_and_once(db, home):
    data = trade_file(DAY, [Paid("o-strange", 5)])
    _compare(db, data)

    def settled(how: str, by: str = "C001") -> None:
        settle(session().scalars(select(Difference)).one(), clerk(by), how)

    for bad in ("", "  ", "很" * 301):
        with pytest.raises(Invalid, match="difference_words"):
            db.write(settled, bad)
    with pytest.raises(NotFound, match="difference_not_found"):
        db.write(settled, "不归我管", "K001")
    db.write(settled, " 测试时付的，已退回 ")
    with pytest.raises(NotAllowed, match="difference_settled"):
        db.write(settled, "再来一次")
    assert _compare(db, data).open == 0, "what somebody settled stays settled"
    assert _compare(db, trade_file(DAY, [Paid("o-strange", 6)])).open == 1, "another sum is another matter"


def test_a_refund_stands_in_the_file_of_the_day_on_which_it_was_taken_on(db, home):
    _orders(db, home, {"o-1": 9})
    db.write(a_refund, "o-1", "r-1", 3, None, RefundState.SENT)
    assert _compare(db, trade_file(DAY, [Paid("o-1", 9), Back("r-1", 3, "PROCESSING")])).open == 0
    done = datetime.combine(DAY + timedelta(days=2), datetime.min.time(), SHANGHAI)
    db.write(lambda: session().execute(update(Refund).values(state=RefundState.DONE, done_at=done)) and None)
    assert _compare(db, trade_file(DAY + timedelta(days=2), []), day=DAY + timedelta(days=2)).open == 0


def test_what_an_earlier_file_brings_after_all_is_no_task_any_more(db, home):
    _orders(db, home, {"o-1": 9})
    db.write(a_refund, "o-1", "r-1", 3, DAY + timedelta(days=1))
    after = trade_file(DAY + timedelta(days=1), [])
    assert _compare(db, after, day=DAY + timedelta(days=1)).open == 1
    assert _compare(db, trade_file(DAY, [Paid("o-1", 9), Back("r-1", 3)])).open == 0
    assert _open(db) == []


def test_a_refund_that_came_back_is_missing_there_where_the_books_have_it(db, home):
    _orders(db, home, {"o-1": 9})
    db.write(a_refund, "o-1", "r-1", 3, DAY)
    _compare(db, trade_file(DAY, [Paid("o-1", 9), Back("r-1", 3, "CHANGE")]))
    assert _open(db) == [(Code.REFUND_MISSING_THERE, "r-1", 3, None)]


def test_what_was_given_back_over_the_counter_is_not_looked_for_at_the_platform(db, home):
    _orders(db, home, {"o-1": 9})
    db.write(a_refund, "o-1", "r-1", 3, DAY)
    db.write(lambda: session().execute(update(Refund).values(trouble="counter")) and None)
    assert _compare(db, trade_file(DAY, [Paid("o-1", 9)])).open == 0
    _compare(db, trade_file(DAY, [Paid("o-1", 9), Back("r-1", 3)]))
    assert _open(db) == [(Code.REFUND_MISSING_HERE, "r-1", None, 3)]


def test_midnight_is_shanghais(db, home):
    _orders(db, home, {"o-1": 9})
    last_moment = datetime.combine(DAY, datetime.max.time(), SHANGHAI)
    db.write(lambda: session().execute(update(Order).values(paid_at=last_moment)) and None)
    assert _compare(db, trade_file(DAY + timedelta(days=1), []), day=DAY + timedelta(days=1)).open == 0
    assert _compare(db, trade_file(DAY, []), day=DAY).open == 1


def test_the_account_may_hear_of_a_payment_after_midnight(db, home):
    _orders(db, home, {"o-1": 9})
    late = datetime.combine(DAY, datetime.max.time(), SHANGHAI) - timedelta(minutes=1)
    db.write(lambda: session().execute(update(Order).values(paid_at=late)) and None)
    assert _compare(db, fund_file(DAY, []), day=DAY).open == 0
    assert _compare(db, fund_file(DAY + timedelta(days=1), [Flow("交易", "o-1", 9)])).open == 0


def test_what_the_platform_keeps_is_booked_once_by_estate(db, home):
    _orders(db, home, {"o-1": 180_00, "o-2": 100_00})
    db.write(a_refund, "o-1", "r-1", 80_00, DAY)
    rows = [
        Flow("交易", "o-1", 180_00), Flow("扣除交易手续费", "o-1", -1_08),
        Flow("交易", "o-2", 100_00), Flow("扣除交易手续费", "o-2", -60),
        Flow("退款", "r-1", -79_52, "退款总金额80.00元;含手续费0.48元"),
    ]  # fmt: skip
    for _ in range(2):
        outcome = _compare(db, fund_file(DAY, rows))
        assert (outcome.matched, outcome.open) == (3, 0)
    with db.read():
        assert balances(estate_of(home)) == {Account.EXPENSE: 1_20, Account.WECHAT: -1_20}
    rows[1] = Flow("扣除交易手续费", "o-1", -2_08)
    _compare(db, fund_file(DAY, rows))
    assert _open(db) == [(Code.FEE, str(_estate(db, home)), -1_20, -2_20)]


def test_what_the_platform_keeps_of_a_sealed_month_is_booked_today(db, home):
    _orders(db, home, {"o-1": 180_00})
    db.write(seal, _estate(db, home), DAY.replace(day=1), SYSTEM)
    rows = [Flow("交易", "o-1", 180_00), Flow("扣除交易手续费", "o-1", -1_08)]
    assert _compare(db, fund_file(DAY, rows)).open == 0
    with db.read():
        assert balances(before=local(now()).date()) == {}
        assert balances()[Account.EXPENSE] == 1_08


def test_a_city_draws_out_more_than_a_small_number_holds(db, home):
    _compare(db, fund_file(DAY, [Flow("提现", "flow-0", -(2**32))]))
    assert _open(db) == [(Code.OTHER, "flow-0", None, -(2**32))]


def test_a_fee_of_nobodys_payment_and_money_drawn_out_are_tasks(db, home):
    rows = [Flow("扣除交易手续费", "o-strange", -5), Flow("提现", "", -300_00, platform="50")]
    _compare(db, fund_file(DAY, rows))
    assert sorted(_open(db)) == [(Code.FEE, "o-strange", None, -5), (Code.OTHER, "flow-1", None, -300_00)]


def test_several_lines_about_one_number_are_one_task(db, home):
    rows = [Flow("扣除交易手续费", "o-strange", -5), Flow("扣除交易手续费", "o-strange", 2)]
    for _ in range(2):
        _compare(db, fund_file(DAY, rows))
    assert _open(db) == [(Code.FEE, "o-strange", None, -3)]


def test_nobody_is_asked_twice_about_one_payment(db, home):
    _orders(db, home, {"o-1": 9})
    _compare(db, trade_file(DAY, [Paid("o-strange", 5)]))
    assert len(_open(db)) == 2
    assert _compare(db, fund_file(DAY, [Flow("交易", "o-strange", 5)])).open == 0
    assert len(_open(db)) == 2


def test_two_who_compare_the_same_file_make_one_task_each_and_book_fees_once(db, home):
    _orders(db, home, {"o-1": 180_00})
    rows = [
        Flow("交易", "o-1", 180_00),
        Flow("扣除交易手续费", "o-1", -1_08),
        Flow("提现", "", -5, platform="x"),
    ]
    with ThreadPoolExecutor(4) as several:
        outcomes = list(several.map(lambda _: _compare(db, fund_file(DAY, rows)), range(8)))
    assert {one.open for one in outcomes} == {1}
    with db.read():
        assert balances()[Account.EXPENSE] == 1_08
        assert session().execute(select(func.count(Difference.id))).scalar() == 1


def test_a_line_may_bear_the_platforms_number_alone(db, home):
    _orders(db, home, {"o-1": 9})
    assert _compare(db, fund_file(DAY, [Flow("交易", "", 9, platform="42o-1")])).open == 0


def test_a_day_without_trade_is_compared_as_well(db, home):
    empty = BillFile(Kind.TRADE, "", DAY)
    assert db.write(compare, empty, SYSTEM) == Outcome(Kind.TRADE, DAY, 0, 0, 0, 0)
    _orders(db, home, {"o-1": 9})
    assert db.write(compare, empty, SYSTEM).open == 1


@pytest.mark.parametrize(
    ("data", "more", "code"),
    [
        (trade_file(DAY, [Paid("o-1", 1)]), {"day": DAY - timedelta(days=1)}, "bill_file_other_day"),
        (trade_file(DAY, []), {}, "bill_file_day_unknown"),
        (trade_file(date(2126, 1, 1), [Paid("o-1", 1)]), {}, "bill_file_too_early"),
        (trade_file(DAY, [Paid("o-1", 1)]), {"mch_id": "1900000009"}, "bill_file_merchant"),
    ],
)
def test_a_file_of_another_day_or_merchant_is_refused(db, data: bytes, more: dict, code: str):
    with pytest.raises(Invalid, match=code):
        _compare(db, data, **more)
    with db.read():
        assert session().execute(select(func.count(Compared.id))).scalar() == 0


def _estate(db, home: int) -> int:
    with db.read():
        return estate_of(home)
