"""What is put up with a month stays: two months side by side tell nobody's money (X05)."""

from datetime import UTC, date, datetime

import time_machine
from fee_bills import a_bill, pay
from fee_books import homes
from open_books import Books, begun

from models.base.clock import SHANGHAI
from models.base.orm import session
from models.books.publishing import Collected, collected, months_published
from models.fee.payments import Payment, agree_wrong, say_wrong
from server.database import Database

Q4 = Collected("2026-Q4", (6, 12), (60_00, 120_00))


def _put_up(db: Database, books: Books, month: date) -> list[Collected]:
    def work() -> list[Collected]:
        books.put_up(month)
        return collected(months_published(books.estate)[0])

    return db.write(work)


def test_a_rate_that_was_put_up_does_not_move_when_a_payment_turns_out_to_be_wrong(db: Database) -> None:
    with time_machine.travel(datetime(2027, 1, 2, tzinfo=UTC), tick=False):
        books, wrong = db.write(_a_quarter)
        assert _put_up(db, books, date(2026, 12, 1)) == [Q4]

    def changed() -> None:
        payment = session().get_one(Payment, wrong)
        say_wrong(payment, books.zhao, "记错了")
        agree_wrong(payment, books.zheng)

    with time_machine.travel(datetime(2027, 2, 2, tzinfo=SHANGHAI), tick=False):
        db.write(changed)
        assert _put_up(db, books, date(2027, 1, 1)) == [Q4]


def _a_quarter() -> tuple[Books, int]:
    """12 homes of which 6 paid, one of them by mistake."""
    books = begun()
    theirs = homes(12)
    for home in theirs:
        a_bill(home, 10_00)
    payments = [pay(home, 10_00, date(2026, 12, 1)) for home in theirs[:6]]
    return books, payments[0]
