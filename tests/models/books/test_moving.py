"""Money goes from one account to another once for each paper, and a paper is of one movement."""

from datetime import date

import pytest
from open_books import Books

from models.base.refusals import Invalid
from models.books.money import of_accounts
from models.books.moving import move
from server.database import Database

DAY = date(2026, 11, 10)


def test_the_same_paper_moves_once_and_another_sum_under_it_is_refused(db: Database, books: Books) -> None:
    def moves(fen: int = 100_00, source: str = "cash", to: str = "bank") -> bool:
        return db.write(move, books.estate, source, to, fen, DAY, " P1 ", books.zheng)

    assert [moves(), moves()] == [True, False]
    for other in ({"fen": 100_01}, {"source": "bank", "to": "cash"}):
        with pytest.raises(Invalid, match="payment_receipt"):
            moves(**other)
    with db.read():
        assert of_accounts(books.estate) == {"bank": 10_100_00, "cash": 400_00}
