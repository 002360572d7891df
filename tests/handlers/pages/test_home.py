"""The first page: the estates whose books are open; where to begin only in a demo."""

from datetime import date

from cast import Cast
from page_phone import Phone
from sqlalchemy import select

from models.base.orm import put, session
from models.books.tables import Publication
from models.place.tables import Estate
from server.database import Database


def test_it_leads_to_the_books_that_are_up(db: Database, phone: Phone, town: Cast) -> None:
    assert "收支公示" not in phone.open("/").text

    def publish() -> None:
        estate = session().scalars(select(Estate.id).where(Estate.name == "育英小区")).one()
        put(Publication, estate_id=estate, month=date(2026, 3, 1), statement={}, by_id=1)

    db.write(publish)
    page = phone.open("/").text
    assert "收支公示" in page
    assert "育英小区" in page
    assert "建设小区" not in page


def test_it_leads_to_the_board_of_every_community(phone: Phone, town: Cast) -> None:
    page = phone.open("/").text
    assert 'href="/board/1"' in page
    assert "建设社区" in page


def test_only_a_demo_says_where_to_begin(phone: Phone, town: Cast) -> None:
    assert "演示" not in phone.open("/").text
