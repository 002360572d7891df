"""Ways to pay and the desk's page of terms, in a real browser: small and wide, and as pictures."""

from collections.abc import Callable
from fractions import Fraction

import pytest
from browsers import CHROMIUM, SIZES, assert_fits, at_both_sizes, open_all, pictured
from cast import Cast
from fee_books import living_in
from fee_homes import ONE, TWO, estate_of
from own_bills import a_home, a_price
from playwright.sync_api import BrowserContext

from models.base.actor import By
from models.base.clock import local, now
from models.base.links import personal_path
from models.base.months import month_of, month_on
from models.base.orm import session
from models.contract import offers, proofs, reliefs, services, standards
from models.contract.standards import Line
from models.contract.tables import Charging, ServiceClass
from models.fee import buying, exiting, leaving
from models.fee.payments import Way, receive
from models.fee.tables import Basis
from models.fee.tariffs import set_price
from server.database import Database

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs chromium"),
    pytest.mark.parametrize("db", ["sqlite"], indirect=True),
]


def terms(town: Cast) -> tuple[int, int]:
    """Offers, a standard that changes, services; a relief, a record, a gift and money that wait. Returns who
    lives in 501 and in 504."""
    today = local(now()).date()
    month, estate = month_of(today), estate_of()
    a_price()
    home, other, third = a_home("501"), a_home("502"), a_home("503")
    until = month_on(month, 3)
    year = offers.make(
        estate, Charging.YEAR, "年付减两月", today, until, ONE, months_paid=10, months_term=12,
        gift="五斤大米", gift_stock=30, gift_fen=20_00, ground="居民代表会议2026年第4次",
    )  # fmt: skip
    trial = offers.make(estate, Charging.TRIAL, "先试后买", today, until, ONE, months_term=3)
    first = offers.make(estate, Charging.SERVICE_FIRST, "先服务后交费", today, until, ONE)
    for one in (year, trial, first):
        offers.agree(one, TWO)
    by = By.staff(town.zhao.id)
    offers.make(estate, Charging.TRIAL, "冬季试用", today, until, by, months_term=3)
    old = [Line("sweep", "楼道每周扫一次", 3), Line("snow", "雪停四小时内扫完", 1)]
    new = [*old[1:], Line("sweep", "楼道每周扫两次", 3), Line("lamp", "楼道灯坏了一天内换", 1)]
    standards.set_standard(estate, month_on(month, -9), old, "五方共议第一次会", by)
    standards.set_standard(estate, month_on(month, -2), new, "五方共议第二次会", by)
    for name, of_class, unit, price, basis in (
        ("地面车位", ServiceClass.OPTIONAL, "place", 60, Basis.UNIT),
        ("擦玻璃", ServiceClass.VALUE_ADDED, "visit", 45, Basis.ONCE),
    ):
        key = services.add(estate, name, of_class, unit, by)
        set_price(estate, price * 10_000, month_on(month, -9), service_id=key, basis=basis)
    reliefs.ask(other, "disability", "证 77", Fraction(1, 2), month, month_on(month, 12), by)
    proofs.enter(estate, month_on(month, -1), "snow", False, by, words="雪停了两天才扫")
    buying.agree(other, year, ONE, "desk")
    left = buying.agree(third, year, ONE, "desk")
    for number, one in enumerate((other, third)):
        receive(one, 150_00, Way.CASH, str(number), today, ONE)
    session().flush()
    leaving.leave(left.id, ONE, "搬家")
    exit_ = exiting.tell(estate, "光明物业", month, month_on(month, 1), by)
    exiting.hand_over(exiting.held(exit_), ["钥匙 40 把", "管线图一套"])
    return living_in(home), living_in(a_home("504"))


def test_pages_fit_and_every_button_is_for_a_thumb(
    db: Database,
    town: Cast,
    address: str,
    chromium: Callable[..., BrowserContext],
) -> None:
    persons = db.write(terms, town)
    page = chromium(*SIZES[0]).new_page()
    of_each = [f"{address}/{personal_path('fees', person)}/ways" for person in persons]
    desk = f"{address}/{personal_path('desk', town.leader.id)}/fees"
    pages = {name: f"{desk}/{name}" for name in ("terms", "offers", "standards", "exits")}
    for name, path in ({"ways": of_each[0], "fees": desk} | pages).items():
        page.goto(path)
        open_all(page)
        assert_fits(page, f"fee_{name}")
    for width, ways in zip(at_both_sizes(page), of_each, strict=True):
        page.goto(ways)
        section = page.locator("section", has_text="先试后买").first
        section.get_by_label("上面的规则看完了，同意").check()
        section.get_by_role("button", name="同意，免费试用").click()
        assert "这期间不出账单" in page.inner_text("[role=status]")
        pictured(page, f"fee_ways_trial_{width}.png")
        page.get_by_role("button", name="不要了，退试用").click()
        assert "一分钱不收" in page.inner_text("[role=status]")


def test_the_mark_of_whoever_says_to_live_there_is_large_on_both_pages(
    db: Database,
    town: Cast,
    address: str,
    chromium: Callable[..., BrowserContext],
) -> None:
    def claimed() -> tuple[int, int]:
        a_price()
        home = a_home("502")
        living_in(home, proof="said")
        return home, living_in(home, proof="said")

    home, person = db.write(claimed)
    page = chromium(*SIZES[0]).new_page()
    own = f"{address}/{personal_path('fees', person)}"
    desk = f"{address}/{personal_path('desk', town.zhao.id)}/fees/homes/{home}"
    for name, path in (("mark", own), ("claims", desk)):
        page.goto(path)
        assert_fits(page, f"fee_{name}")
        assert "核实号" in page.inner_text("body")
