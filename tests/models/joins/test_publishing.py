"""What is put up with a month stays: two months side by side tell nobody's money (X05)."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from factories import group_letters
from fee_bills import a_bill, pay
from fee_books import book, homes
from notices import AT_ONCE, a_notice, tell_all
from open_books import Books, begun

from models.base.actor import By
from models.base.clock import SHANGHAI
from models.base.orm import session
from models.books.publishing import Collected, collected, months_published
from models.fee.payments import Payment, agree_wrong, say_wrong
from models.notice.notice import hand_in
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


@pytest.mark.parametrize(("moved", "said"), [(5, [(11, 20)]), (4, []), (1, []), (0, [])])
def test_a_rate_from_which_a_buildings_number_could_be_taken_is_not_put_up(
    db: Database, moved: int, said: list[tuple[int, int]]
) -> None:
    """Its group heard in November that 6 of 20 have paid; so many more did before the year was over."""

    def told() -> tuple[Books, list[int]]:
        books = begun()
        theirs = homes(20)
        for home in theirs:
            a_bill(home, 10_00)
        notice = book(a_notice(books.cast.zhao.id, title="物业费催缴"), theirs[:6], theirs[6:])
        hand_in(notice, By.staff(books.cast.zhao.id), AT_ONCE)
        return books, theirs

    with time_machine.travel(datetime(2026, 11, 20, 4, tzinfo=UTC), tick=False):
        books, theirs = db.write(told)
        tell_all(db)
        with db.read():
            assert [one.facts["paid"] for one in group_letters()] == [6]

    def paid_since() -> None:
        for number, home in enumerate(theirs[: 6 + moved]):
            pay(home, 10_00, date(2026, 12, 1), receipt=str(number))

    with time_machine.travel(datetime(2027, 1, 2, tzinfo=UTC), tick=False):
        db.write(paid_since)
        assert [one.households for one in _put_up(db, books, date(2026, 12, 1))] == said


def _a_quarter() -> tuple[Books, int]:
    """12 homes of which 6 paid, one of them by mistake."""
    books = begun()
    theirs = homes(12)
    for home in theirs:
        a_bill(home, 10_00)
    payments = [pay(home, 10_00, date(2026, 12, 1)) for home in theirs[:6]]
    return books, payments[0]
