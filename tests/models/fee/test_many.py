"""Booked together it is what it is booked one by one."""

import random
from datetime import date

import pytest
from factories import a_town
from fee_bills import CLERK, a_bill
from fee_books import homes, living_in
from sqlalchemy import select

from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed
from models.fee import many
from models.fee.checking import faults
from models.fee.many import Came, receive_many, use_prepaid_many
from models.fee.payments import Payment, Way, receive, use_prepaid
from models.fee.tables import Bill, FeeVisit
from models.ledger import Account
from models.ledger.balances import household_balance
from models.ledger.sealing import seal
from models.place.tables import Estate

DAY, LATER = date(2026, 3, 23), date(2026, 4, 2)


def _stands(home: int) -> tuple:
    """A home's bills, and what it owes and has to its credit."""
    query = select(Bill.period, Bill.paid_fen, Bill.state).where(Bill.household_id == home)
    bills = [tuple(row) for row in session().execute(query.order_by(Bill.id))]
    return bills, *(household_balance(one, home) for one in (Account.RECEIVABLE, Account.PREPAID))


def _all_booked(came: list[Came]) -> None:
    assert sum(receive_many(came, CLERK)) == len(came)


@pytest.mark.parametrize("seed", range(4))
def test_many_at_once_are_what_they_are_one_by_one(db, monkeypatch, seed):
    monkeypatch.setattr(many, "AT_ONCE", 7)
    chance = random.Random(seed)
    pairs = []

    def made() -> None:
        a_town()
        there = homes(24)
        pairs.extend(zip(there[:12], there[12:], strict=True))
        for pair in pairs:
            sums = [chance.randint(1, 90_00) for _ in range(chance.randint(0, 3))]
            before = chance.randint(0, 60_00)
            for home in pair:
                if before:
                    receive(home, before, Way.CASH, f"before-{home}", DAY, CLERK)
                for number, fen in enumerate(sums):
                    a_bill(home, fen, f"2026-0{number + 1}")

    db.write(made)
    rows = [(chance.choice(pairs), chance.randint(1, 70_00)) for _ in range(40)]

    def together() -> None:
        use_prepaid_many([one for one, _ in pairs], LATER)
        _all_booked([Came(one, fen, Way.TRANSFER, f"a{n}", DAY) for n, ((one, _), fen) in enumerate(rows)])

    def one_by_one() -> None:
        use_prepaid([other for _, other in pairs], LATER)
        for n, ((_, other), fen) in enumerate(rows):
            receive(other, fen, Way.TRANSFER, f"b{n}", DAY, CLERK)

    db.write(together)
    db.write(one_by_one)
    with db.read():
        assert [_stands(one) for one, _ in pairs] == [_stands(other) for _, other in pairs]
        assert list(faults()) == []
        assert None not in set(session().scalars(select(Payment.entry_id)))


def _a_home_that_owes() -> int:
    a_town()
    (home,) = homes(1)
    a_bill(home, 45_00)
    return home


def test_a_receipt_that_is_booked_already_books_none_of_them(db):
    home = db.write(_a_home_that_owes)
    db.write(receive, home, 5_00, Way.CASH, "7", DAY, CLERK)
    both = [Came(home, 1_00, Way.CASH, "8", DAY), Came(home, 5_00, Way.CASH, "7", DAY)]
    with pytest.raises(Invalid, match="payment_receipt"):
        db.write(_all_booked, both)
    with db.read():
        assert household_balance(Account.RECEIVABLE, home) == 40_00


def test_nothing_of_it_is_booked_in_a_month_that_is_sealed(db):
    home = db.write(_a_home_that_owes)
    db.write(receive, home, 5_00, Way.CASH, "7", DAY, CLERK)

    def sealed() -> None:
        estate = session().scalars(select(Estate.id).where(Estate.name == "育英小区")).one()
        seal(estate, DAY.replace(day=1), CLERK)

    db.write(sealed)
    with pytest.raises(NotAllowed, match="month_sealed"):
        db.write(_all_booked, [Came(home, 1_00, Way.CASH, "8", DAY)])
    with db.read():
        assert household_balance(Account.RECEIVABLE, home) == 40_00


def test_nobody_goes_to_a_home_that_paid(db):
    home = db.write(_a_home_that_owes)
    db.write(living_in, home)
    db.write(lambda: put(FeeVisit, household_id=home, asked_on=DAY))
    db.write(_all_booked, [Came(home, 45_00, Way.CASH, "8", DAY)])
    with db.read():
        assert session().scalars(select(FeeVisit.outcome)).all() == ["paid"]
