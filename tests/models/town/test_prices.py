"""A workbook's price is a tariff from its day on."""

from datetime import UTC, date, datetime

import time_machine
from sqlalchemy import select
from town_workbooks import bring_in, small_town

from models.base.orm import session
from models.fee.tables import Tariff
from server.database import Database

SPRING = datetime(2026, 3, 23, 2, 0, tzinfo=UTC)
NEW_YEARS_EVE_THERE = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)  # in Shanghai it is 2027


def _at_price(price: str | None) -> dict:
    sheets = small_town()
    heading = sheets["小区"][0]
    for row in sheets["小区"][1:]:
        row[heading.index("物业单价")] = price
    return sheets


def _tariffs(db: Database) -> list[tuple[date, int]]:
    with db.read():
        return [(one.since, one.price) for one in session().scalars(select(Tariff).order_by(Tariff.since))]


def test_the_first_price_holds_from_the_years_beginning_and_a_new_one_from_its_day(db: Database) -> None:
    with time_machine.travel(SPRING, tick=False):
        bring_in(db, _at_price("0.30"))
        bring_in(db, _at_price("0.30"))
        assert _tariffs(db) == [(date(2026, 1, 1), 3000)]
        bring_in(db, _at_price("0.35"))
        bring_in(db, _at_price("0.36"))  # the same day's word is put right
        assert _tariffs(db) == [(date(2026, 1, 1), 3000), (date(2026, 3, 23), 3600)]
    with time_machine.travel(NEW_YEARS_EVE_THERE, tick=False):
        bring_in(db, _at_price(None))
        bring_in(db, _at_price("0.40"))
    assert _tariffs(db)[-1] == (date(2027, 1, 1), 4000)
