"""Reliefs: two persons, an end date, a line of its own (row 60)."""

from datetime import date
from fractions import Fraction

import pytest
import time_machine
from fee_homes import AUTUMN, ONE, TWO, bills_of, estate_of, lines_of, run_bills, some_homes

from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.contract import reliefs
from models.fee import relieving
from models.fee.checking import faults
from models.fee.payments import Way, receive
from models.fee.tables import State
from models.fee.tariffs import set_price
from models.ledger import Account
from models.ledger.balances import balances, household_balance
from models.place.tables import Household

OCTOBER, JANUARY = date(2026, 10, 1), date(2027, 1, 1)


@pytest.fixture(autouse=True)
def _autumn():
    with time_machine.travel(AUTUMN, tick=False):
        yield


@pytest.fixture
def home(db):
    return db.write(lambda: some_homes(1)[0])


def another_home(like: int) -> int:
    building = session().get_one(Household, like).building_id
    return put(Household, building_id=building, unit_name="2", room="101", area=5000, active=True)


def asked(db, home, part=Fraction(1, 3), since=OCTOBER, until=JANUARY) -> int:
    return db.write(reliefs.ask, home, "disability", "残疾证 1", part, since, until, ONE)


def test_it_counts_for_nothing_before_a_second_person_agreed(db, home):
    number = asked(db, home)
    run_bills(db, "2026-Q4")
    with db.read():
        assert lines_of(bills_of(home)[0]) == [("service", 45_00)]
    with pytest.raises(NotAllowed, match="relief_second"):
        db.write(relieving.agree, number, ONE)
    db.write(relieving.agree, number, TWO)
    with pytest.raises(NotAllowed, match="relief_settled"):
        db.write(relieving.agree, number, TWO)
    with db.read():
        assert lines_of(bills_of(home)[0]) == [("service", 45_00), ("relief", -15_00)]
        assert balances() == {
            Account.RECEIVABLE: 30_00, Account.RELIEF: 15_00, Account.DEFERRED: -45_00,
        }  # fmt: skip
        assert list(faults()) == []


def test_it_is_a_line_of_the_bills_that_come_and_ends_with_its_months(db, home):
    number = asked(db, home, until=date(2027, 3, 1))
    db.write(relieving.agree, number, TWO)
    run_bills(db, "2026-Q4")
    run_bills(db, "2027-Q1")
    run_bills(db, "2027-Q2")
    with db.read():
        assert [one.amount_fen for one in bills_of(home)] == [30_00, 35_00, 45_00]


def test_a_relief_of_all_is_a_bill_of_nothing_that_says_why(db, home):
    db.write(relieving.agree, asked(db, home, Fraction(1)), TWO)
    run_bills(db, "2026-Q4")
    with db.read():
        (bill,) = bills_of(home)
        assert (bill.amount_fen, bill.state) == (0, State.PAID)
        assert list(faults()) == []


def test_what_was_paid_too_much_is_kept_for_the_next_bill(db, home):
    number = asked(db, home)
    run_bills(db, "2026-Q4")
    db.write(receive, home, 45_00, Way.TRANSFER, "1", date(2026, 11, 1), ONE)
    db.write(relieving.agree, number, TWO)
    with db.read():
        assert household_balance(Account.PREPAID, home) == -15_00
    run_bills(db, "2027-Q1")
    with db.read():
        assert bills_of(home)[1].paid_fen == 15_00
        assert list(faults()) == []


def test_two_reliefs_of_a_home_never_overlap(db, home):
    db.write(relieving.agree, asked(db, home), TWO)
    with pytest.raises(NotAllowed, match="relief_overlaps"):
        db.write(relieving.agree, asked(db, home, since=date(2026, 12, 1), until=date(2027, 6, 1)), TWO)
    db.write(relieving.agree, asked(db, home, since=JANUARY, until=date(2027, 6, 1)), TWO)


def test_it_ends_early_for_the_bills_to_come(db, home):
    number = asked(db, home, until=date(2027, 6, 1))
    db.write(relieving.agree, number, TWO)
    db.write(lambda: reliefs.end(reliefs.held(number), JANUARY, TWO))
    run_bills(db, "2027-Q1")
    with db.read():
        assert lines_of(bills_of(home)[0]) == [("service", 45_00)]
    with pytest.raises(NotAllowed, match="relief_settled"):
        db.write(lambda: reliefs.end(reliefs.held(number), JANUARY, TWO))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"part": Fraction(3, 2)}, "relief_part"),
        ({"part": Fraction(0)}, "relief_part"),
        ({"since": date(2026, 10, 2)}, "relief_months"),
        ({"until": OCTOBER}, "relief_months"),
        ({"until": date(2031, 1, 1)}, "relief_months"),
    ],
)
def test_what_is_no_relief_is_refused(db, home, change, code):
    with pytest.raises(Invalid, match=code):
        asked(db, home, **change)


def test_a_relief_that_is_not_there(db, home):
    with pytest.raises(NotFound, match="relief_not_found"):
        db.write(relieving.agree, 4711, TWO)
    with pytest.raises(Invalid, match="relief_ground"):
        db.write(reliefs.ask, home, "friend", None, Fraction(1), OCTOBER, JANUARY, ONE)


def test_what_it_lets_off_is_the_same_before_and_after_the_bill(db, home):
    """A price that changes within the bill counts in the months in which it holds."""
    other, estate = db.write(lambda: (another_home(home), estate_of()))
    db.write(set_price, estate, 6000, date(2026, 11, 16))
    db.write(relieving.agree, asked(db, home, since=date(2026, 11, 1)), TWO)
    run_bills(db, "2026")
    db.write(set_price, estate, 9000, date(2026, 12, 1))  # says nothing of bills that are made
    db.write(relieving.agree, asked(db, other, since=date(2026, 11, 1)), TWO)
    with db.read():
        assert lines_of(bills_of(home)[0]) == [
            ("service", 157_50), ("service", 45_00), ("relief", -17_50),
        ]  # fmt: skip
        assert lines_of(bills_of(other)[0]) == lines_of(bills_of(home)[0])


def test_what_was_paid_beyond_it_pays_the_next_bill_at_once(db, home):
    for label in ("2026-Q3", "2026-Q4"):
        run_bills(db, label)
    db.write(receive, home, 45_00, Way.CASH, "1", date(2026, 9, 1), ONE)
    db.write(relieving.agree, asked(db, home, since=date(2026, 7, 1), until=OCTOBER), TWO)
    with db.read():
        assert [(one.amount_fen, one.paid_fen) for one in bills_of(home)] == [(30_00, 30_00), (45_00, 15_00)]
        assert household_balance(Account.PREPAID, home) == 0
        assert list(faults()) == []
