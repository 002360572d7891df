"""Leaving by the rules that were shown, gifts, money that goes back (row 53)."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
import time_machine
from fee_homes import AUTUMN, HOME, ONE, TWO, an_offer, bills_of, lines_of, some_homes

from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.contract import agreements, offers, reliefs
from models.contract.tables import Contract, Gift, Offer
from models.fee import buying, gifts, leaving, relieving, returning
from models.fee.checking import faults
from models.fee.payments import Payment, Way, agree_wrong, receive, say_wrong
from models.fee.tables import State
from models.ledger import Account
from models.ledger.balances import balances, household_balance
from server.billing import earn_month

MARCH = datetime(2027, 3, 20, tzinfo=UTC)  # the fourth month of a year from December


@pytest.fixture
def home(db):
    """One that bought a year with a gift and paid it in cash."""
    with time_machine.travel(AUTUMN, tick=False):
        home = db.write(lambda: some_homes(1)[0])
        db.write(
            lambda: buying.agree(home, an_offer(gift="一袋米", gift_stock=1, gift_fen=20_00), HOME, "page")
        )
        db.write(receive, home, 150_00, Way.CASH, "1", date(2026, 11, 21), ONE)
    return home


def contract_of(db) -> int:
    with db.read():
        return session().query(Contract).one().id


def leaves(db, when: datetime = MARCH):
    number = contract_of(db)
    with time_machine.travel(when, tick=False):
        return db.write(leaving.leave, number, ONE, "搬家")


def sound(db) -> None:
    with db.read():
        assert list(faults()) == []


def test_months_that_were_paid_and_not_begun_are_given_back(db, home):
    owed = leaves(db)
    assert (owed.begun, owed.fen, owed.gift_fen, owed.rest) == (4, 90_00, 0, 90_00)
    with db.read():
        (bill,) = bills_of(home)
        assert (bill.months, bill.amount_fen, bill.paid_fen, bill.state) == (4, 60_00, 60_00, State.PAID)
        assert lines_of(bill)[2:] == [("left", -120_00), ("discount_back", 30_00)]
        assert household_balance(Account.REFUND, home) == -90_00
        assert balances()[Account.DISCOUNT] == 0
        assert session().query(Gift).one().released_at is not None
        assert offers.gifts_left(session().query(Offer).one()) == 1
        contract = session().query(Contract).one()
        assert (contract.until, contract.state, contract.ended_why) == (date(2027, 4, 1), "ended", "搬家")
    sound(db)


def test_what_was_earned_stays_earned_to_the_fen(db, home):
    with time_machine.travel(datetime(2027, 3, 2, tzinfo=UTC)):
        for month in (date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)):
            earn_month(db, month)
    leaves(db)
    with time_machine.travel(datetime(2028, 1, 1, tzinfo=UTC)):
        for number in range(12):
            earn_month(db, date(2026 + (number + 11) // 12, (number + 11) % 12 + 1, 1))
    with db.read():
        assert balances()[Account.FEES] == -60_00
        assert balances()[Account.DEFERRED] == 0
    sound(db)


def test_in_the_free_months_nothing_is_given_back(db, home):
    owed = leaves(db, datetime(2027, 10, 3, tzinfo=UTC))
    assert (owed.begun, owed.fen) == (11, 0)
    with db.read():
        assert bills_of(home)[0].amount_fen == 150_00
    sound(db)


def test_whoever_leaves_before_the_first_month_has_all_of_it_back(db, home):
    assert leaves(db, AUTUMN).fen == 150_00
    with db.read():
        assert bills_of(home)[0].state == State.VOID
        assert returning.owed_back() == {home: 150_00}
    sound(db)


def test_a_gift_that_was_handed_over_is_paid_for(db, home):
    number = contract_of(db)
    assert db.write(gifts.hand_over, number, "picture-1", ONE)
    assert not db.write(gifts.hand_over, number, "picture-2", TWO)
    owed = leaves(db)
    assert (owed.gift_fen, owed.rest) == (20_00, 70_00)
    with db.read():
        assert session().query(Gift).one().signature == "picture-1"
        assert balances()[Account.OTHER_INCOME] == -20_00
        assert household_balance(Account.REFUND, home) == -70_00
    sound(db)


def test_a_gift_waits_for_the_money_and_a_signature(db, home):
    number = contract_of(db)
    with pytest.raises(Invalid, match="gift_signature"):
        db.write(gifts.hand_over, number, " ", ONE)
    with db.read():
        payment = session().query(Payment).one().id
    db.write(lambda: say_wrong(session().get_one(Payment, payment), ONE, "错"))
    db.write(lambda: agree_wrong(session().get_one(Payment, payment), TWO))
    with pytest.raises(NotAllowed, match="gift_unpaid"):
        db.write(gifts.hand_over, number, "picture-1", ONE)
    with pytest.raises(NotFound, match="gift_not_found"):
        db.write(gifts.hand_over, number + 1, "picture-1", ONE)


def test_leaving_twice_is_refused(db, home):
    leaves(db)
    with pytest.raises(NotAllowed, match="contract_over"):
        leaves(db)
    with pytest.raises(NotFound, match="contract_not_found"):
        db.write(leaving.leave, 4711, ONE, "")


def test_a_year_that_is_paid_in_part_owes_only_what_was_begun(db, home):
    with db.read():
        payment = session().query(Payment).one().id
    db.write(lambda: say_wrong(session().get_one(Payment, payment), ONE, "错"))
    db.write(lambda: agree_wrong(session().get_one(Payment, payment), TWO))
    db.write(receive, home, 40_00, Way.CASH, "2", date(2026, 11, 21), ONE)
    assert leaves(db).fen == 0
    with db.read():
        (bill,) = bills_of(home)
        assert (bill.amount_fen, bill.paid_fen, bill.state) == (60_00, 40_00, State.OPEN)
    sound(db)


def test_a_payment_that_was_given_back_in_part_is_no_slip_of_the_pen_any_more(db, home):
    leaves(db)
    with db.read():
        payment = session().query(Payment).one().id
    db.write(lambda: say_wrong(session().get_one(Payment, payment), ONE, "错"))
    with pytest.raises(NotAllowed, match="payment_used"):
        db.write(lambda: agree_wrong(session().get_one(Payment, payment), TWO))
    sound(db)


def test_what_is_owed_goes_back_over_the_counter_once_and_never_more(db, home):
    leaves(db)
    back = (home, 90_00, Way.CASH, "R1", date(2026, 11, 21), TWO)
    with pytest.raises(NotAllowed, match="owed_back_less"):
        db.write(returning.give_back, home, 90_01, Way.CASH, "R0", date(2026, 11, 21), TWO)
    assert db.write(returning.give_back, *back)
    assert not db.write(returning.give_back, *back)
    with pytest.raises(Invalid, match="payment_receipt"):
        db.write(returning.give_back, home, 1, Way.CASH, "R1", date(2026, 11, 21), TWO)
    with db.read():
        assert returning.owed_back() == {}
        assert balances()[Account.CASH] == 60_00
    sound(db)


def test_a_relief_that_comes_later_changes_what_is_given_back(db, home):
    half = (home, "minimum_living", "证1", Fraction(1, 2), date(2026, 12, 1), date(2028, 1, 1), ONE)
    number = db.write(reliefs.ask, *half)
    db.write(relieving.agree, number, TWO)
    with db.read():
        (bill,) = bills_of(home)
        assert (bill.amount_fen, bill.paid_fen) == (75_00, 75_00)
        assert household_balance(Account.PREPAID, home) == -75_00
    assert leaves(db).fen == 45_00
    with db.read():
        assert bills_of(home)[0].amount_fen == 30_00
    sound(db)


def test_contracts_are_over_when_their_last_day_went_by(db, home):
    with time_machine.travel(datetime(2027, 12, 1, tzinfo=UTC)):
        db.write(agreements.end_past)
    with db.read():
        assert session().query(Contract).one().state == "over"


def test_whoever_leaves_in_the_last_month_changes_no_sum(db, home):
    assert leaves(db, datetime(2027, 11, 30, 15, tzinfo=UTC)).fen == 0  # an hour before December
    with db.read():
        (bill,) = bills_of(home)
        assert (bill.months, bill.amount_fen, bill.state) == (12, 150_00, State.PAID)
        assert session().query(Contract).one().until == date(2027, 12, 1)
    sound(db)
