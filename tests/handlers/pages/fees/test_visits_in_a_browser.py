"""The list of whoever goes from door to door, in a real browser: small and wide, and as pictures."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from browsers import CHROMIUM, SIZES, assert_fits, at_both_sizes
from cast import Cast
from fee_bills import a_bill, pay
from fee_books import building, homes
from playwright.sync_api import BrowserContext
from sqlalchemy import select

from models.base.actor import By
from models.base.clock import local, now
from models.base.links import personal_path
from models.base.orm import session
from models.fee import visiting
from models.fee.calendar import period_of
from models.fee.reminding import Rules
from models.fee.tables import FeeVisit
from models.fee.visits_due import ask_some
from server.database import Database

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs chromium"),
    pytest.mark.parametrize("db", ["sqlite"], indirect=True),
]


def lists(town: Cast) -> None:
    today = local(now()).date()
    label = period_of(today, "quarter").label
    for name, count in (("3", 14), ("5", 3)):
        flats = homes(count, name=name)
        for home in flats:
            a_bill(home, 180_00, label, due_on=today - timedelta(days=20))
        for home in flats[count // 3 :]:
            pay(home, 180_00, today)
    ask_some(0, Rules())
    first, second = session().scalars(select(FeeVisit.id).order_by(FeeVisit.id).limit(2)).all()
    by = By.staff(town.sun.id)
    visiting.finish(first, "promised", by, promised_on=today + timedelta(days=9))
    visiting.finish(second, "difficulty", by, words="老伴住院，手头紧")


def test_the_list_fits_and_every_button_is_for_a_thumb(
    db: Database,
    town: Cast,
    address: str,
    chromium: Callable[..., BrowserContext],
) -> None:
    db.write(lists, town)
    with db.read():
        house = building("育英小区", "3")
    desk = f"{address}/{personal_path('desk', town.sun.id)}/fees/visits"
    page = chromium(*SIZES[0]).new_page()
    for name, path in (("fee_visits", desk), ("fee_visit_house", f"{desk}/{house}")):
        page.goto(path)
        assert_fits(page, name)
    for _ in at_both_sizes(page):
        page.reload()
        page.get_by_text("答应交", exact=True).first.click()
        page.get_by_text("对服务有意见", exact=True).first.click()
    assert_fits(page, "fee_visit_open")
