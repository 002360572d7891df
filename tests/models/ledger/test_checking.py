"""What was sealed stays what it was, or it is said."""

from datetime import date, timedelta

import pytest
from bill_files import a_home, estate_of
from sqlalchemy import text

from models.base.actor import SYSTEM
from models.base.clock import now
from models.base.orm import put, session
from models.ledger import Account, Posting, post
from models.ledger.checking import faults
from models.ledger.tables import SealedMonth

DAY = date(2026, 3, 23)


@pytest.fixture
def estate(db) -> int:
    def booked() -> int:
        estate = estate_of(a_home())
        for number, day in enumerate((date(2026, 2, 28), DAY)):
            lines = [Posting(Account.CASH, 5), Posting(Account.OTHER_INCOME, -5)]
            post("received", estate, day, lines, key=f"{number}", by=SYSTEM)
        return estate

    return db.write(booked)


def _sealed(estate: int, cash: int, *, before: timedelta = timedelta()) -> int:
    closing = {Account.CASH: cash, Account.OTHER_INCOME: -cash}
    return put(SealedMonth, estate_id=estate, month=DAY.replace(day=1), closing=closing, at=now() - before)


def test_a_sealed_month_that_is_as_it_was_is_no_fault(db, estate):
    db.write(_sealed, estate, 10)
    with db.read():
        assert list(faults()) == []


def test_a_closing_balance_that_moved_is_one(db, estate):
    key = db.write(_sealed, estate, 9)
    with db.read():
        assert sorted(faults()) == [("sealed", key, -1), ("sealed", key, 1)]


def test_an_entry_that_slipped_in_behind_the_seal_is_one(db, estate):
    db.write(_sealed, estate, 10, before=timedelta(hours=1))
    with db.read():
        assert [(what, fen) for what, _, fen in faults()] == [("late", 0)]


def test_an_entry_that_is_not_nothing_is_one(db, estate):
    line = "INSERT INTO ledger_lines (entry_id, account, fen) SELECT min(id), 'cash', 3 FROM ledger_entries"
    db.write(lambda: session().execute(text(line)) and None)
    with db.read():
        assert [(what, fen) for what, _, fen in faults()] == [("entry", 3)]
