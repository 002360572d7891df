"""Late payment costs what the rule says, each day once, exactly, and without a rule nothing."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
import time_machine
from factories import a_town
from fee_bills import a_bill, estate_of, pay
from fee_books import homes
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from models.base.orm import session
from models.fee.checking import faults
from models.fee.late import AGES, LateRule, accrued, arrears, by_age, charge_some, days_of_month
from models.fee.tables import Bill, BillLine
from models.ledger import Account
from models.ledger.tables import EntryLine

DUE = date(2026, 10, 31)
RULE = LateRule(per_10000=5, from_day=1, most_percent=30)


def first_of(month: str) -> datetime:
    return datetime.fromisoformat(f"{month}-01T02:00:00+00:00")


def charge(db, month: str, rule: LateRule = RULE) -> None:
    with time_machine.travel(first_of(month), tick=False):
        after: int | None = 0
        while after is not None:
            after = db.write(charge_some, after, rule)


def lines(db) -> list[tuple[str | None, int]]:
    with db.read():
        found = session().scalars(select(BillLine).where(BillLine.what == "late").order_by(BillLine.id))
        return [(one.detail, one.fen) for one in found]


@pytest.fixture
def home(db) -> int:
    """Owes 1 000 yuan since the last of October."""

    def made() -> int:
        a_town()
        (home,) = homes(1)
        a_bill(home, 1000_00, due_on=DUE)
        return home

    with time_machine.travel(first_of("2026-10"), tick=False):
        return db.write(made)


def test_without_a_rule_nothing_is_charged(db, home):
    charge(db, "2027-06", LateRule())
    assert lines(db) == []


def test_each_month_is_charged_once_at_its_end_and_stands_in_the_books(db, home):
    for month in ("2026-10", "2026-11", "2026-12", "2026-12", "2027-01"):
        charge(db, month)
    # 30 days of November and 31 of December at 0.05 % of 1 000 yuan
    assert lines(db) == [("2026-11-01/2026-11-30", 15_00), ("2026-12-01/2026-12-31", 15_50)]
    with db.read():
        assert session().scalars(select(Bill.amount_fen)).one() == 1030_50
        late = select(EntryLine.fen, EntryLine.detail).where(EntryLine.account == Account.OTHER_INCOME)
        assert sorted(session().execute(late).all()) == [(-15_50, "late"), (-15_00, "late")]
        assert list(faults()) == []


def test_what_was_paid_in_between_counts_from_its_day(db, home):
    with time_machine.travel(first_of("2026-11") + timedelta(days=20), tick=False):
        db.write(lambda: pay(home, 400_00, date(2026, 11, 11)))
    charge(db, "2026-12")
    assert lines(db) == [("2026-11-01/2026-11-30", 5_00 + 6_00)]  # ten days of 1 000, twenty of 600


def test_it_is_never_more_than_its_part_of_the_bill(db, home):
    for month in ("2026-12", "2027-01", "2027-02"):
        charge(db, month, LateRule(per_10000=100, most_percent=50))
    assert [fen for _, fen in lines(db)] == [300_00, 200_00]


def test_who_has_paid_by_then_or_disputes_the_bill_is_charged_nothing(db, home):
    db.write(lambda: setattr(session().scalars(select(Bill)).one(), "case_id", 7))
    charge(db, "2026-12")
    db.write(lambda: setattr(session().scalars(select(Bill)).one(), "case_id", None))
    with time_machine.travel(first_of("2027-01") - timedelta(days=3), tick=False):
        db.write(lambda: pay(home, 1000_00, date(2026, 12, 28)))
    charge(db, "2027-01")
    assert lines(db) == []


def test_arrears_are_by_age(db, home):
    db.write(lambda: a_bill(home, 45_00, "2027-Q1", due_on=date(2027, 1, 31)))
    with time_machine.travel(first_of("2027-01"), tick=False), db.read():
        assert [(one.period, one.fen, one.days) for one in arrears(home)] == [
            ("2026-Q4", 1000_00, 62),
            ("2027-Q1", 45_00, 0),
        ]
        ages = by_age(estate_of(home))
        assert {age: found for age, found in ages.items() if found[0]} == {0: (1, 45_00), 31: (1, 1000_00)}
        assert tuple(ages) == AGES
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC), tick=False), db.read():
        assert by_age(estate_of(home))[366] == (2, 1045_00)


@pytest.mark.parametrize(
    ("from_day", "month", "days"),
    [
        (1, date(2026, 10, 1), None),
        (1, date(2026, 11, 1), (date(2026, 11, 1), date(2026, 12, 1))),
        (10, date(2026, 11, 1), (date(2026, 11, 10), date(2026, 12, 1))),
        (31, date(2026, 11, 1), None),
        (31, date(2026, 12, 1), (date(2026, 12, 1), date(2027, 1, 1))),
    ],
)
def test_days_are_counted_from_the_day_of_the_rule(from_day, month, days):
    assert days_of_month(DUE, month, LateRule(5, from_day)) == days


@given(
    fee=st.integers(1, 10**8),
    paid=st.lists(
        st.tuples(st.none() | st.dates(date(2026, 9, 1), date(2027, 2, 1)), st.integers(1, 10**8)), max_size=6
    ),
    days=st.integers(1, 92),
    rate=st.integers(1, 100),
)
def test_the_sum_is_that_of_its_days(fee, paid, days, rate):
    first = date(2026, 10, 15)
    each = Fraction(0)
    for number in range(days):
        day = first + timedelta(days=number)
        rest = fee - sum(fen for on, fen in paid if on is None or on <= day)
        each += Fraction(max(rest, 0) * rate, 10_000)
    assert accrued(fee, paid, first, first + timedelta(days=days), rate) == each
