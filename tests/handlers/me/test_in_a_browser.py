"""WeChat's browser on a small phone: coming in, the notice, a report with a photo, the nod, paying (P6)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browsers import CHROMIUM, load_pictures, pictured, too_small
from cast import Cast
from factories import a_case, finish
from fee_books import moves_to
from notices import handed_in, tell_all
from own_bills import a_home, a_price, billed
from pay_desk import Listening, PayDesk
from pictures import photo
from playwright.sync_api import Browser, Page
from pocket import IN_WECHAT
from settings_files import plain_url
from sqlalchemy import select

from handlers.words import use_base_url
from models.base.orm import session
from models.case.case import Case
from models.media.item import Item
from models.pay.tables import Order
from models.place.tables import Household
from server.app import create_app
from server.config import Config
from server.database import Database
from server.pay import office
from server.paying import Paying

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs chromium"),
    pytest.mark.parametrize("db", ["sqlite"], indirect=True),
]
# What WeChat gives its pages: the sheet on which somebody pays, who has just done so when it is closed.
BRIDGE = """window.WeixinJSBridge = {invoke: (name, order, done) =>
    window.paid(order.package).then((said) => done({err_msg: `get_brand_wcpay_request:${said}`}))}"""


@pytest.fixture
def config(desk: PayDesk, db: Database, listening: Listening) -> Config:
    return desk.config(plain_url(db), listening.address)


@pytest.fixture
def address(db: Database, config: Config, listening: Listening) -> str:
    listening.hear(create_app(config, db))
    use_base_url(listening.address)
    return listening.address


@pytest.fixture
def opened(browser: Browser) -> Callable[..., Page]:
    """A page of WeChat's browser on the telephone of one of the town."""

    def made(phone: str, *, script: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": 360, "height": 740}, user_agent=IN_WECHAT, locale="zh-CN", has_touch=True,
            java_script_enabled=script,
        )  # fmt: skip
        whose = {"name": "sandbox_phone", "value": phone, "domain": "127.0.0.1", "path": "/"}
        context.add_cookies([whose])
        return context.new_page()

    return made


def fits(page: Page, name: str) -> None:
    """Looked at: nothing beyond the edge, nothing too low for a thumb."""
    load_pictures(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
    assert too_small(page) == [], name
    pictured(page, f"me-{name}-360.png")


def watched(page: Page) -> list[str]:
    """What the browser complains of from here on."""
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda trouble: complaints.append(str(trouble)))
    return complaints


def test_somebody_new_reports_with_a_photo_at_a_door(
    address: str, opened: Callable[..., Page], town: Cast, db: Database, tmp_path: Path
) -> None:
    shot = tmp_path / "lamp.jpg"
    shot.write_bytes(photo(3000, 2000))
    page = opened("new")
    complaints = watched(page)
    page.goto(f"{address}/me/report?door=door-3-2")
    fits(page, "consent")
    page.get_by_role("button", name="同意").click()
    page.get_by_text("有事报一下").wait_for()
    page.fill("#text", "楼道灯不亮，老人上下楼看不见")
    page.set_input_files("#report-album", str(shot))
    page.get_by_role("button", name="不要这张： 1").wait_for()
    fits(page, "report")
    page.get_by_role("button", name="报上去").click()
    page.wait_for_url("**/me/cases/*")
    assert "楼道灯不亮" in page.inner_text("main")
    assert "育英小区3号楼2单元" in page.inner_text("main")
    fits(page, "reported")
    with db.read():
        (case,) = session().scalars(select(Case)).all()
        assert (case.source, case.category) == ("page", "lighting")
        assert [one.state for one in session().scalars(select(Item))] == ["kept"]
    assert complaints == []
    neighbour = opened("rider")
    neighbour.goto(f"{address}/me/report?door=door-3-2")
    neighbour.get_by_role("button", name="同意").click()
    neighbour.get_by_text("有事报一下").wait_for()
    neighbour.fill("#text", "楼道灯坏了")
    neighbour.get_by_role("button", name="报上去").click()
    neighbour.get_by_text("有人报过一件像的：照明").wait_for()
    fits(neighbour, "same")
    neighbour.get_by_role("button", name="是，我也遇到了").click()
    neighbour.wait_for_url("**/me/cases/*")
    assert neighbour.url.rpartition("/")[2] == page.url.rpartition("/")[2]
    page.goto(f"{address}/me/report")
    page.fill("#text", "有个坑")
    page.fill("#q", "没有的小区")
    page.get_by_role("button", name="报上去").click()
    page.get_by_role("alert").filter(has_text="没找到这个地方").wait_for()
    page.fill("#q", "育英小区")
    page.get_by_role("button", name="报上去").click()
    page.get_by_role("alert").filter(has_text="几个地方都像").wait_for()
    fits(page, "which")
    page.reload()
    assert page.input_value("#text") == "有个坑", "what was typed is gone"
    page.fill("#q", "育英小区5号楼")
    page.get_by_role("button", name="报上去").click()
    page.wait_for_url("**/me/cases/*")
    assert "育英小区5号楼" in page.inner_text("main")


def test_one_nods_reads_a_notice_and_pays(
    address: str,
    opened: Callable[..., Page],
    town: Cast,
    db: Database,
    config: Config,
    desk: PayDesk,
) -> None:
    def work() -> None:
        case = a_case(reporter=town.wang, text="单元门关不上", category="door", accepted_by=town.li)
        finish(case, town.li, "换了闭门器，门能自己关上了")
        a_price()
        moves_to(town.wang.id, session().get_one(Household, a_home("777")))
        billed("2026-Q1", "2026-Q2")
        handed_in(town.zhao.id, title="停水通知", body="明天早八点停水。\n\n- 先接好水")

    db.write(work)
    tell_all(db)
    till = office.opened(config, db)
    assert till is not None

    def paid(package: str) -> str:
        with db.read():
            order = session().scalars(select(Order).where(Order.prepay_id == package[10:])).one()
        desk.pay.pay(order.number, outcome="unheard")
        Paying(db, till.merchant).look(order.number)
        return "ok"

    page = opened("wang")
    complaints = watched(page)
    page.expose_function("paid", paid)
    page.add_init_script(BRIDGE)
    page.goto(f"{address}/me")
    page.get_by_role("button", name="同意").click()
    page.get_by_text("等您点头").wait_for()
    fits(page, "home")
    page.get_by_text("单元门关不上").click()
    fits(page, "nod")
    page.get_by_role("button", name="满意，修好了").click()
    page.get_by_text("给这件事评个价").wait_for()
    page.get_by_text("非常满意").click()
    page.get_by_role("button", name="评价").click()
    page.get_by_text("谢谢您，您评的是“非常满意”").wait_for()
    page.goto(f"{address}/me/notices")
    page.get_by_text("停水通知").click()
    page.get_by_text("先接好水").wait_for()
    fits(page, "notice")
    page.goto(f"{address}/me/bills")
    fits(page, "bills")
    page.get_by_role("button", name="微信支付").click()
    page.wait_for_url("**/me/receipts/*")
    assert "90.00" in page.inner_text("main")
    fits(page, "receipt")
    page.goto(f"{address}/me/bills")
    assert "都交清了" in page.inner_text("main")
    assert complaints == []


def test_without_a_script_all_can_be_read(
    address: str, opened: Callable[..., Page], town: Cast, db: Database
) -> None:
    def work() -> Any:
        from models.consent import consents

        consents.answer(town.wang.id, consents.BASIC, str(consents.kinds()[consents.BASIC]["version"]), True)
        return a_case(reporter=town.wang, text="灯不亮").public_id

    case = db.write(work)
    page = opened("wang", script=False)
    page.goto(f"{address}/me/cases/{case}")
    assert "您报了这件事" in page.inner_text("main")
    assert "请在微信里打开这一页" in page.inner_text("main")
    page.goto(f"{address}/me/report")
    assert page.get_by_role("button", name="报上去").is_disabled()
