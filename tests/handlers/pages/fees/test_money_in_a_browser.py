"""The money pages in a real browser: on a small phone, on a wide screen and on paper, and as pictures."""

from collections.abc import Callable

import pytest
from browsers import CHROMIUM, SIZES, assert_fits, pictured
from cast import Cast
from fee_books import living_in
from own_bills import a_home, a_price, billed, bills_of, paid
from playwright.sync_api import BrowserContext

from models.base.actor import By
from models.base.links import personal_path
from models.base.orm import session
from models.fee.payments import Payment, say_wrong
from server.database import Database

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs chromium"),
    pytest.mark.parametrize("db", ["sqlite"], indirect=True),
]


def money_pages(town: Cast) -> dict[str, str]:
    """A home that owes a quarter and says to be paid, with something for a second person."""
    a_price()
    home, other = a_home("501"), a_home("502")
    billed("2026-Q1", "2026-Q2")
    receipt = paid(home, 60_00, "0001", town.zhao.id)
    wrong = paid(other, 45_00, "0002", town.zhao.id)
    say_wrong(session().get_one(Payment, wrong), By.staff(town.leader.id), "记到别家了")
    living_in(home, proof="said")
    mine = "/" + personal_path("fees", living_in(home))
    desk = "/" + personal_path("desk", town.zhao.id) + "/fees"
    return {
        "money-mine": mine,
        "money-bill": f"{mine}/bills/{bills_of(home)[1]}",
        "money-receipt": f"{mine}/receipts/{receipt}",
        "money-pay": f"{mine}/pay/{home}",
        "money-desk": desk,
        "money-account": f"{desk}/homes/{home}",
    }


def test_nothing_runs_over_and_all_can_be_hit_with_a_thumb(
    db: Database, town: Cast, address: str, chromium: Callable[..., BrowserContext]
) -> None:
    page = chromium(*SIZES[0]).new_page()
    for name, path in db.write(money_pages, town).items():
        assert page.goto(address + path)
        assert_fits(page, name)


def test_a_receipt_on_paper_is_one_sheet_with_all_that_it_says(
    db: Database, town: Cast, address: str, chromium: Callable[..., BrowserContext]
) -> None:
    paths = db.write(money_pages, town)
    page = chromium(794, 1123, script=False).new_page()
    page.goto(address + paths["money-receipt"])
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollHeight") <= 1123
    for words in ("物业费收据", "60.00", "0001", "2026年第1季度物业费", "2026年第2季度物业费"):
        assert page.get_by_text(words).first.is_visible(), words
    assert not page.get_by_text("返回").is_visible()
    pictured(page, "money-receipt-paper.png")
