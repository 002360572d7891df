"""Money that came in besides fees: two persons, its own fund, taken back only as long as it is there."""

from datetime import date
from typing import Any

import pytest
from open_books import GRANT, Books
from racing import at_once
from sqlalchemy import select

from models.base.orm import session
from models.base.refusals import Refused
from models.books import earning
from models.books.earning import Received
from models.books.money import of_funds
from models.books.tables import Income, State
from models.ledger import Account
from models.ledger.balances import balances
from server.database import Database


def refused(code: str, work: Any, *arguments: Any) -> None:
    with pytest.raises(Refused) as trouble:
        work(*arguments)
    assert trouble.value.code == code


def test_a_grant_is_kept_apart_from_fees(db: Database, books: Books) -> None:
    db.write(books.earned)
    with db.read():
        assert balances()[Account.GRANT] == -5000_00
        assert of_funds(books.estate) == {"fees": 10_500_00, "government": 5000_00}


def test_who_entered_it_does_not_agree_to_it_and_agreed_twice_it_is_booked_once(
    db: Database, books: Books
) -> None:
    number = db.write(lambda: earning.enter(books.estate, GRANT, books.zhao).id)

    def agree() -> bool:
        return earning.approve(earning.held(number, books.zheng), books.zheng)

    with pytest.raises(Refused, match="outlay_own"):
        db.write(lambda: earning.approve(earning.held(number, books.zhao), books.zhao))
    assert sorted(at_once(db, agree, agree, agree)) == [False, False, True]
    with db.read():
        assert balances()[Account.GRANT] == -5000_00


def test_what_was_spent_of_it_cannot_be_taken_back(db: Database, books: Books) -> None:
    def work() -> None:
        income = books.earned()
        outlay = books.booked(fund="government", day=date(2026, 11, 12))
        refused("books_fund_short", earning.take_back, income, books.zheng, "打错了")
        from models.books import spending

        spending.take_back(outlay, books.zheng, "退了")
        earning.take_back(income, books.zheng, "打错了")
        earning.take_back(income, books.zheng, "打错了")
        assert income.state == State.REVERSED

    db.write(work)
    with db.read():
        assert of_funds(books.estate)["government"] == 0


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"fen": 0}, "payment_sum"),
        ({"day": date(2026, 11, 22)}, "books_day"),
        ({"kind": "late"}, "books_code"),
        ({"kind": "x"}, "books_code"),
        ({"fund": "fees"}, "income_fund"),
        ({"kind": "interest"}, "income_fund"),
        ({"paid_to": "wechat"}, "books_code"),
        ({"words": " "}, "income_words"),
        ({"words": "补" * 81}, "books_long"),
        ({"words": "王大爷捐的"}, "books_somebody"),
    ],
)
@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_what_cannot_be_is_refused(db: Database, books: Books, other: dict[str, Any], code: str) -> None:
    values = {name: getattr(GRANT, name) for name in GRANT.__slots__} | other

    def work() -> None:
        refused(code, earning.enter, books.estate, Received(**values), books.zhao)
        assert session().scalars(select(Income)).all() == []

    db.write(work)
