"""Two sides, zero together, booked once and never edited."""

from datetime import date

import pytest
import time_machine
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.base.actor import SYSTEM
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.ledger import Account, Posting, post, reverse
from models.ledger.balances import balances, household_balance, unbalanced
from models.ledger.checking import faults
from models.ledger.sealing import open_day, seal

DAY = date(2026, 11, 21)
PAID = [Posting(Account.WECHAT, 180_00), Posting(Account.RECEIVABLE, -180_00, 7)]


def _post(lines=PAID, key="payment/1", estate=1):
    return post("payment", estate, DAY, lines, key=key, by=SYSTEM, about=("payment", 1))


def test_what_is_booked_adds_up_by_account_household_and_estate(db):
    db.write(_post)
    db.write(_post, PAID, "payment/2", 2)
    with db.read():
        assert balances() == {Account.WECHAT: 360_00, Account.RECEIVABLE: -360_00}
        assert balances(2) == {Account.WECHAT: 180_00, Account.RECEIVABLE: -180_00}
        assert household_balance(Account.RECEIVABLE, 7) == -360_00
        assert household_balance(Account.RECEIVABLE, 8) == 0
        assert unbalanced() == []


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [Posting(Account.WECHAT, 0)],
        [Posting(Account.WECHAT, 5)],
        [Posting(Account.WECHAT, 5), Posting(Account.BANK, -4)],
        [Posting(Account.WECHAT, 5), Posting(Account.BANK, -5), Posting(Account.CASH, 0)],
        [Posting(Account.WECHAT, 5), Posting(Account.RECEIVABLE, -5)],
        [Posting(Account.WECHAT, 5, 7), Posting(Account.RECEIVABLE, -5, 7)],
    ],
)
def test_what_does_not_balance_or_is_nobodys_is_never_booked(db, lines):
    with pytest.raises(ValueError):
        db.write(_post, lines)
    with db.read():
        assert balances() == {}


def test_the_same_is_booked_once(db):
    db.write(_post)
    with pytest.raises(DBAPIError):
        db.write(_post)
    with db.read():
        assert balances()[Account.WECHAT] == 180_00


def test_a_mistake_is_reversed_once_and_stays_readable(db):
    entry = db.write(_post)
    back = db.write(reverse, entry, DAY, SYSTEM)
    with db.read():
        assert not any(balances().values())
    for again in (entry, back):
        with pytest.raises(NotAllowed):
            db.write(reverse, again, DAY, SYSTEM)


@pytest.mark.parametrize("table", ["ledger_entries", "ledger_lines"])
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_edit_or_remove(db, table, change):
    db.write(_post)
    with pytest.raises(DBAPIError, match="appended, never"):
        db.write(lambda: session().execute(text(change.format(table))))


def test_nothing_is_booked_before_a_month_that_is_sealed(db):
    with time_machine.travel("2026-11-21"):
        db.write(_post)
    with time_machine.travel("2026-12-05"):
        db.write(seal, 1, date(2026, 11, 1), SYSTEM)
        for day in (date(2026, 10, 31), date(2025, 1, 1), DAY):
            with pytest.raises(NotAllowed, match="month_sealed"):
                db.write(post, "payment", 1, day, PAID, key="payment/2", by=SYSTEM)
            with db.read():
                assert open_day(1, day) == date(2026, 12, 5)
        with pytest.raises(NotAllowed, match="month_sealed"):
            db.write(seal, 1, date(2026, 10, 1), SYSTEM)
        db.write(post, "payment", 2, date(2026, 10, 31), PAID, key="payment/2", by=SYSTEM)
    with db.read():
        assert list(faults()) == []
