"""Money goes back once, never more than was paid, and for a reason that a rule or two persons gave."""

import contextlib
import random
from datetime import timedelta

import pytest
from factories import unit_of_work
from fee_bills import CLERK, OTHER, a_bill
from fee_books import homes
from pay_till import APP, MCH, Till, push, refund_push
from paying_homes import Payers, in_order, owing
from sqlalchemy import func, select, update

from models.base.actor import SYSTEM, By
from models.base.clock import local, now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.fee.payments import Way, receive
from models.ledger import Account, Posting, post
from models.ledger.balances import balances
from models.pay import refunding
from models.pay.said import RefundStatus, Returned
from models.pay.tables import Order, Refund, RefundState
from server.pay.troubles import Refused
from server.paying import Paying


def _paid(db, *fen: int, till: Till | None = None) -> tuple[Payers, str]:
    home = owing(db, *fen, till=till)
    number = home.tap().number
    push(db, home.till.pay(number))
    return home, number


def _want(db, number: str, fen: int, why: str, by: By) -> str:
    def wanted() -> str:
        order = session().scalars(select(Order).where(Order.number == number)).one()
        verb = refunding.want if why in refunding.RULES else refunding.ask
        return verb(order, fen, why, by).number

    return db.write(wanted)


def _owed_back(db, home: Payers, fen: int, key: str = "left") -> None:
    """What leaving early does: months that are not served are owed to the home."""

    def booked() -> None:
        order = session().scalars(select(Order)).first()
        lines = [Posting(Account.DEFERRED, fen), Posting(Account.REFUND, -fen, home.home)]
        post("left_early", order.estate_id, local(now()).date(), lines, key=key, by=CLERK)

    db.write(booked)


def _all_due(db) -> None:
    db.write(lambda: session().execute(update(Refund).where(Refund.ask_at.is_not(None)).values(ask_at=now())))


def _rounds(db, home: Payers) -> None:
    """The clock tells, the platform pays, the clock asks."""
    home.paying.give_back()
    for number, back in home.till.backs.items():
        if back.status == RefundStatus.PROCESSING:
            home.till.pay_out(number)
    _all_due(db)
    home.paying.give_back()


def test_what_is_owed_by_a_rule_goes_back_without_asking_anybody(db):
    home, order = _paid(db, 45_00)
    _owed_back(db, home, 15_00)
    _want(db, order, 15_00, "left_early", CLERK)
    _rounds(db, home)
    (back,) = home.refunds()
    assert (back.state, back.refund_id) == (RefundState.DONE, f"50{back.number}")
    assert home.balance(Account.REFUND) == 0
    assert home.balance(Account.WECHAT) == 30_00
    home.in_order()


def test_by_a_rule_nothing_goes_back_that_is_not_owed_or_is_on_its_way_already(db):
    home, order = _paid(db, 45_00)
    with pytest.raises(NotAllowed, match="refund_credit"):
        _want(db, order, 15_00, "left_early", CLERK)
    _owed_back(db, home, 15_00)
    _want(db, order, 15_00, "left_early", CLERK)
    with pytest.raises(NotAllowed, match="refund_credit"):
        _want(db, order, 15_00, "left_early", CLERK)


def test_what_staff_ask_for_waits_for_a_second_person_and_opens_the_bill_again(db):
    home, order = _paid(db, 45_00)
    number = _want(db, order, 20_00, "mistaken", CLERK)
    assert home.paying.give_back() == 0
    with pytest.raises(NotAllowed, match="refund_second_is_first"):
        db.write(refunding.agree, number, CLERK)
    db.write(refunding.agree, number, OTHER)
    assert (home.bill().paid_fen, home.bill().state) == (25_00, "open")
    _rounds(db, home)
    assert home.balance(Account.WECHAT) == 25_00
    assert home.balance(Account.RECEIVABLE) == 20_00
    home.in_order()
    with pytest.raises(NotAllowed, match="refund_settled"):
        db.write(refunding.agree, number, OTHER)


def test_what_stands_to_the_homes_credit_goes_back_before_a_bill_is_opened(db):
    home, order = _paid(db, 45_00)
    db.write(receive, home.home, 12_00, Way.CASH, "7", local(now()).date(), CLERK)
    number = _want(db, order, 20_00, "moved", CLERK)
    db.write(refunding.agree, number, OTHER)
    assert home.bill().paid_fen == 37_00
    assert home.balance(Account.PREPAID) == 0
    assert home.balance(Account.REFUND) == -20_00
    home.in_order()


def test_what_is_declined_does_not_go_back_and_counts_for_nothing(db):
    home, order = _paid(db, 45_00)
    number = _want(db, order, 45_00, "mistaken", CLERK)
    db.write(refunding.decline, number, OTHER)
    db.write(refunding.agree, _want(db, order, 45_00, "mistaken", CLERK), OTHER)
    _rounds(db, home)
    assert [one.state for one in home.refunds()] == [RefundState.DECLINED, RefundState.DONE]
    home.in_order()


@pytest.mark.parametrize("fen", [0, -1, 45_01, 10**12])
def test_never_more_than_was_paid(db, fen):
    _home, order = _paid(db, 45_00)
    with pytest.raises(Invalid, match="refund_sum"):
        _want(db, order, fen, "mistaken", CLERK)


def test_all_refunds_of_an_order_together_are_not_more_than_was_paid(db):
    _home, order = _paid(db, 45_00)
    _want(db, order, 30_00, "mistaken", CLERK)
    with pytest.raises(Invalid, match="refund_sum"):
        _want(db, order, 15_01, "mistaken", CLERK)
    _want(db, order, 15_00, "mistaken", CLERK)


def test_what_was_not_paid_and_reasons_that_are_none_are_refused(db):
    home = owing(db, 45_00)
    number = home.tap().number
    with pytest.raises(NotAllowed, match="order_unpaid"):
        _want(db, number, 1, "mistaken", CLERK)
    with pytest.raises(Invalid, match="refund_why"):
        _want(db, number, 1, "generous", CLERK)
    with pytest.raises(Invalid, match="refund_why"):
        _want(db, number, 1, "mistaken", SYSTEM)
    for verb, why in ((refunding.ask, "left_early"), (refunding.want, "mistaken")):
        with pytest.raises(Invalid, match="refund_why"):
            db.write(lambda verb=verb, why=why: verb(session().scalars(select(Order)).one(), 1, why, CLERK))


def test_what_a_home_has_paid_beforehand_goes_back_only_when_two_persons_say_so(db):
    home, order = _paid(db, 45_00)
    db.write(receive, home.home, 12_00, Way.CASH, "7", local(now()).date(), CLERK)
    with pytest.raises(NotAllowed, match="refund_credit"):
        _want(db, order, 12_00, "left_early", CLERK)


def test_after_a_year_the_platform_takes_no_refund(db):
    _home, order = _paid(db, 45_00)
    db.write(lambda: session().execute(update(Order).values(paid_at=now() - timedelta(days=366))))
    with pytest.raises(NotAllowed, match="refund_late"):
        _want(db, order, 1, "mistaken", CLERK)


def test_the_platform_is_told_by_the_same_number_however_often_its_answer_is_lost(db):
    home, order = _paid(db, 45_00)
    db.write(refunding.agree, _want(db, order, 45_00, "mistaken", CLERK), OTHER)
    home.till.doubt, home.till._chance = 1.2, random.Random(5)
    for _ in range(20):
        home.paying.give_back()
        _all_due(db)
    home.till.doubt = 0
    _rounds(db, home)
    assert list(home.till.backs) == [home.refunds()[0].number]
    assert home.refunds()[0].state == RefundState.DONE


def test_a_refund_that_the_platform_forgot_is_told_again_by_the_same_number(db):
    home, order = _paid(db, 45_00)
    db.write(refunding.agree, _want(db, order, 45_00, "mistaken", CLERK), OTHER)
    home.paying.give_back()
    home.till.backs.clear()
    home.till.slips[order].given_back = 0
    for _ in range(2):
        _all_due(db)
        home.paying.give_back()
    assert list(home.till.backs) == [home.refunds()[0].number]


STATUSES = list(RefundStatus)
# (state here, said there) → the state afterwards; None: that it knows no such refund
OUTCOMES = {
    **{(one, None): one for one in RefundState},
    (RefundState.SENT, None): RefundState.WANTED,
    **{(RefundState.ASKED, said): RefundState.ASKED for said in STATUSES},
    **{(RefundState.DECLINED, said): RefundState.DECLINED for said in STATUSES},
    **{(RefundState.DONE, said): RefundState.DONE for said in STATUSES},
    **{(one, RefundStatus.SUCCESS): RefundState.DONE for one in (RefundState.WANTED, RefundState.SENT)},
    **{(one, RefundStatus.PROCESSING): RefundState.SENT for one in (RefundState.WANTED, RefundState.SENT)},
    **{(one, RefundStatus.CLOSED): RefundState.HELD for one in (RefundState.WANTED, RefundState.SENT)},
    **{(one, RefundStatus.ABNORMAL): RefundState.HELD for one in (RefundState.WANTED, RefundState.SENT)},
    **{(RefundState.HELD, said): RefundState.HELD for said in STATUSES},
    (RefundState.HELD, RefundStatus.SUCCESS): RefundState.DONE,  # mended at the platform's console
}  # fmt: skip


def test_the_table_of_refunds_has_no_hole():
    assert set(OUTCOMES) == {(state, said) for state in RefundState for said in (*RefundStatus, None)}


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_every_word_about_every_refund_has_its_outcome(db):
    home, order = _paid(db, 45_00)
    number = _want(db, order, 45_00, "mistaken", CLERK)
    db.write(refunding.agree, number, OTHER)
    assert home.balance(Account.WECHAT) == 45_00
    for (state, said), after in OUTCOMES.items():
        answer = None if said is None else Returned(number, order, said, MCH, 45_00, 45_00, "50")
        again = OUTCOMES[after, said]
        with contextlib.suppress(_Undone), unit_of_work(db):
            refund = session().scalars(select(Refund)).one()
            refund.state = state
            session().flush()
            for expected in (after, again):  # said once, and once more
                refunding.answered(number, answer)
                session().flush()
                assert refund.state == expected, f"{state} here, {said} there"
            went_out = again == RefundState.DONE and state != RefundState.DONE
            assert balances()[Account.WECHAT] == (0 if went_out else 45_00), f"{state} here, {said} there"
            raise _Undone


class _Undone(Exception):  # noqa: N818
    pass


def test_a_refund_of_another_sum_than_ours_is_held(db):
    home, order = _paid(db, 45_00)
    number = _want(db, order, 45_00, "mistaken", CLERK)
    db.write(refunding.agree, number, OTHER)
    refund_push(db, Returned(number, order, RefundStatus.SUCCESS, MCH, 44_00, 45_00, "50"))
    (back,) = home.refunds()
    assert (back.state, back.trouble) == (RefundState.HELD, "sum")
    assert home.balance(Account.WECHAT) == 45_00


def test_a_refund_of_another_merchant_or_order_changes_nothing(db):
    home, order = _paid(db, 45_00)
    number = _want(db, order, 45_00, "mistaken", CLERK)
    db.write(refunding.agree, number, OTHER)
    for key, other in (("1", {"mch_id": "x"}), ("2", {"trade_number": "x"}), ("3", {"number": "x"})):
        said = Returned(number, order, RefundStatus.SUCCESS, MCH, 45_00, 45_00, "50")
        refund_push(db, said._replace(**other), key)
    assert home.refunds()[0].state == RefundState.WANTED


def test_an_empty_account_is_waited_for_and_said(db):
    home, order = _paid(db, 45_00)
    db.write(refunding.agree, _want(db, order, 45_00, "mistaken", CLERK), OTHER)
    told, home.till.refund = home.till.refund, _no("NOT_ENOUGH")
    home.paying.give_back()
    (back,) = home.refunds()
    assert (back.state, back.trouble) == (RefundState.WANTED, "not_enough")
    assert back.ask_at > now() + timedelta(minutes=20)
    home.till.refund = told
    _all_due(db)
    _rounds(db, home)
    assert (home.refunds()[0].state, home.refunds()[0].trouble) == (RefundState.DONE, None)


def test_one_that_the_platform_refuses_is_paid_at_the_counter_or_told_again_by_a_person(db):
    home, order = _paid(db, 45_00)
    for _ in range(2):
        db.write(refunding.agree, _want(db, order, 20_00, "mistaken", CLERK), OTHER)
    told, home.till.refund = home.till.refund, _no("INVALID_REQUEST")
    home.paying.give_back()
    first, second = home.refunds()
    assert [(one.state, one.trouble) for one in (first, second)] == [(RefundState.HELD, "refused")] * 2
    home.till.refund = told
    with pytest.raises(Invalid, match="refund_how"):
        db.write(refunding.settle, first.number, CLERK, "somehow")
    with pytest.raises(Invalid, match="books_account_short"):
        db.write(refunding.settle, first.number, CLERK, "counter")
    db.write(receive, home.home, 20_00, Way.CASH, "9", local(now()).date(), CLERK)
    db.write(refunding.settle, first.number, CLERK, "counter")
    db.write(refunding.settle, second.number, CLERK, "again")
    _rounds(db, home)
    assert [one.state for one in home.refunds()] == [RefundState.DONE, RefundState.DONE]
    assert home.balance(Account.CASH) == 0
    assert home.balance(Account.WECHAT) == 25_00
    with pytest.raises(NotAllowed, match="refund_settled"):
        db.write(refunding.settle, first.number, CLERK, "counter")
    home.in_order()


def test_a_number_that_no_refund_has_is_called_unknown_and_not_settled(db):
    for work in (
        lambda: refunding.agree("r-none", CLERK),
        lambda: refunding.decline("r-none", CLERK),
        lambda: refunding.settle("r-none", CLERK, "again"),
    ):
        with pytest.raises(NotFound, match="refund_not_found"):
            db.write(work)


def test_what_the_platform_pays_after_the_counter_did_is_a_trouble_and_not_booked_twice(db):
    home, order = _paid(db, 45_00)
    number = _want(db, order, 45_00, "mistaken", CLERK)
    db.write(refunding.agree, number, OTHER)
    refund_push(db, Returned(number, order, RefundStatus.ABNORMAL, MCH, 45_00, 45_00, "50"), "1")
    db.write(receive, home.home, 45_00, Way.CASH, "9", local(now()).date(), CLERK)
    db.write(refunding.settle, number, CLERK, "counter")
    refund_push(db, Returned(number, order, RefundStatus.SUCCESS, MCH, 45_00, 45_00, "50"), "2")
    assert home.refunds()[0].trouble == "paid_again"
    assert home.balance(Account.CASH) == 0


def _no(code: str):
    def refuses(**_given):
        raise Refused(403, code, "")

    return refuses


def test_fifty_refunds_with_crashes_and_lost_answers_each_go_back_once(db):
    """P8: a crash before or after every third commit or call; then all is well, and it comes to the fen. Five
    hundred of them: `make chaos`."""
    chance, till = random.Random(8), Till()
    orders = _many_paid(db, till, 14)
    for number in orders * 5:
        fen = chance.randrange(1, 12_00)
        try:
            refund = _want(db, number, fen, "mistaken", CLERK)
        except Invalid:
            continue
        db.write(refunding.agree, refund, OTHER)
    paying = Paying(_Dying(db, chance), till)
    till.doubt = 0.4
    for _ in range(12):
        _one_life(db, paying, till, chance)
    till.doubt, paying._database.often = 0, 0
    while _one_life(db, paying, till, chance):
        pass
    with db.read():
        wanted = {one.number: one.fen for one in session().scalars(select(Refund))}
        assert len(wanted) > 50
        assert set(session().scalars(select(Refund.state))) == {RefundState.DONE}
    assert {number: back.fen for number, back in till.backs.items()} == wanted
    assert all(slip.given_back <= slip.fen for slip in till.slips.values())
    in_order(db)
    with db.read():
        assert balances()[Account.WECHAT] == sum(slip.fen - slip.given_back for slip in till.slips.values())
        assert balances()[Account.REFUND] == 0


class _Dying:
    """A database whose process is killed before or after every so many commits."""

    def __init__(self, real, chance: random.Random, often: float = 0.3) -> None:
        self._real, self._chance, self.often = real, chance, often

    def write(self, work, *args, **kwargs):
        if work is not refunding.due and self._chance.random() < self.often / 2:
            raise RuntimeError("killed before")
        answer = self._real.write(work, *args, **kwargs)
        if work is not refunding.due and self._chance.random() < self.often / 2:
            raise RuntimeError("killed after")
        return answer


def _one_life(db, paying: Paying, till: Till, chance: random.Random) -> int:
    done = paying.give_back()
    for number, back in list(till.backs.items()):
        if back.status == RefundStatus.PROCESSING and chance.random() < 0.7:
            said = till.pay_out(number)
            if chance.random() < 0.3:
                refund_push(db, said)
    _all_due(db)
    return done


def _many_paid(db, till: Till, count: int) -> list[str]:
    first = owing(db, 45_00, till=till)

    def more() -> list[tuple[int, int]]:
        return [(home, a_bill(home, 45_00)) for home in homes(count - 1, unit="2")]

    paid = []
    for turn, (home, bill) in enumerate([(first.home, first.bills[0]), *db.write(more)]):
        number = first.paying.pay(home, turn + 1, f"openid-{turn}", APP, [bill]).number
        push(db, till.pay(number))
        paid.append(number)
    with db.read():
        assert session().execute(select(func.count(Order.id))).scalar_one() == count
    return paid
