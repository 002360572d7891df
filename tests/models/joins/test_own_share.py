"""Where a home's money went: what fees paid, divided by what fees paid."""

from datetime import date

import pytest
from factories import a_town
from sqlalchemy import select

from models.base.actor import SYSTEM
from models.base.orm import put, session
from models.books.money import money_line
from models.books.tables import Publication
from models.joins.own_share import own_share
from models.ledger import Account, Posting, post, reverse
from models.place.tables import Estate

MARCH, APRIL, MAY = (date(2026, month, 1) for month in (3, 4, 5))


@pytest.fixture
def estate(db) -> int:
    def made() -> int:
        a_town()
        return session().scalars(select(Estate.id).where(Estate.name == "育英小区")).one()

    return db.write(made)


def _spend(estate: int, code: str, fen: int, day: date, fund: str = "fees") -> int:
    key = f"outlay/{code}/{day}/{fund}"
    lines = [Posting(Account.EXPENSE, fen, detail=code), money_line("bank", -fen, fund)]
    return post("spent", estate, day, lines, key=key, by=SYSTEM)


def _publish(estate: int, *months: date) -> None:
    for month in months:
        put(Publication, estate_id=estate, month=month, statement={}, by_id=1)


def _parts(db, estate: int, fen: int = 90_00) -> tuple[int, dict[str, int]]:
    with db.read():
        found = own_share(estate, fen, 2026)
        assert found is not None
        return found.spent_fen, {one.code: one.own_fen for one in found.parts}


def test_grants_donations_and_what_is_everybodys_are_not_divided_by(db, estate):
    def spent() -> None:
        _spend(estate, "cleaning", 200_00, MARCH)
        _spend(estate, "repair", 100_00, MARCH)
        _spend(estate, "repair", 50_000_00, MARCH, "government")
        _spend(estate, "greening", 700_00, MARCH, "donation")
        _spend(estate, "snow", 3_00, MARCH, "common")
        _publish(estate, MARCH)

    db.write(spent)
    assert _parts(db, estate) == (300_00, {"cleaning": 60_00, "repair": 30_00})


def test_what_was_taken_back_in_another_published_month_was_not_spent(db, estate):
    def spent() -> None:
        _spend(estate, "cleaning", 200_00, MARCH)
        reverse(_spend(estate, "snow", 100_00, MARCH), APRIL, SYSTEM)
        _spend(estate, "labour", 999_00, MAY)
        _publish(estate, MARCH, APRIL)

    db.write(spent)
    assert _parts(db, estate) == (200_00, {"cleaning": 90_00})


def test_where_fees_paid_nothing_there_is_nothing_to_divide(db, estate):
    def spent() -> None:
        _spend(estate, "repair", 50_000_00, MARCH, "government")
        _publish(estate, MARCH)

    db.write(spent)
    with db.read():
        assert own_share(estate, 90_00, 2026) is None
