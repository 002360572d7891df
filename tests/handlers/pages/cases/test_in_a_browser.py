"""The desk of cases in a browser: keys, widths, and everything without a script."""

import re
from collections.abc import Callable

import pytest
from cast import Cast
from factories import a_case, a_collected_case, spot
from playwright.sync_api import BrowserContext, expect

from handlers.console.cookies import SESSION
from models.account import sessions
from models.base.clock import ago
from models.base.orm import session
from models.case import search_index
from models.media import keeping
from models.media.files import Files
from server.config import Config
from server.database import Database

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("db", ["sqlite"], indirect=True)]
Opened = Callable[..., BrowserContext]


@pytest.fixture
def logged_in(db: Database, address: str, chromium: Opened, town: Cast) -> Opened:
    """A window of the desk's clerk over a small past."""

    def work() -> str:
        for text in ("地下室漏水", "电梯坏了", "路灯不亮", "下水道堵了"):
            a_case(reporter=town.wang, text=text)
        a_case(
            reporter=town.wang,
            text="漏雨",
            at=spot(building="5", unit="1"),
            urgency="urgent",
            when=ago(days=40),
        )
        a_case(reporter=town.wang, accepted_by=town.li)
        while search_index.follow():
            pass
        return sessions.begin(town.zhao.id, "work", strong=True)

    token = db.write(work)

    def opened(width: int, height: int, *, script: bool = True) -> BrowserContext:
        context = chromium(width, height, script=script)
        context.add_cookies([{"name": SESSION, "value": token, "url": address}])
        return context

    return opened


def test_hundreds_a_day_by_keys(logged_in: Opened, address: str):
    page = logged_in(1200, 800).new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{address}/console/cases")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    rows = page.locator("[data-row]")
    expect(rows.nth(1)).to_have_class(re.compile("here"))
    expect(rows.nth(1).locator("input")).to_be_checked()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/console/cases/\d+\?list="))
    first = page.url
    page.keyboard.press("j")
    page.wait_for_url(lambda url: url != first)
    page.keyboard.press("k")
    page.wait_for_url(first)
    page.keyboard.press("u")
    page.wait_for_url(re.compile(r"/console/cases(\?|$)"))
    page.keyboard.press("/")
    page.keyboard.type("漏水")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q="))
    expect(page.locator("[data-row]")).to_have_count(1)
    page.keyboard.press("?")
    expect(page.locator("[data-keys]")).to_have_attribute("open", "")
    assert wrong == []


@pytest.mark.parametrize("width", [360, 1200])
def test_nothing_hangs_over_the_edge(
    db: Database, town: Cast, config: Config, logged_in: Opened, address: str, width: int
):
    def voice() -> None:
        case = a_collected_case(town.wang, text="")
        file = Files(config.storage.dir).keep(b"#!AMR\nxx", "audio/amr")
        keeping.keep(
            case.about, purpose="report", kind="voice", file=file, content_type="audio/amr", by=town.wang.id
        )
        session().flush()

    db.write(voice)
    page = logged_in(width, 800, script=width > 600).new_page()

    def fits(name: str) -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name

    for name in ("cases", "plan", "enter", "voices", "cases?state=open&order=due&urgency=urgent"):
        page.goto(f"{address}/console/{name}")
        fits(name.replace("?", "_"))
    page.goto(f"{address}/console/enter")
    page.fill("#phone", "13912345678")
    page.fill("#words", "育英小区3号楼2单元灯不亮")
    page.click("button.big")
    expect(page.get_by_text("会派给")).to_be_visible()
    fits("entering")
    page.click("button.big")
    expect(page.get_by_text("13912345678")).to_have_count(0)
    page.goto(f"{address}/console/cases")
    page.locator("details.many summary").click()
    page.select_option("#m-which", "all")
    page.fill("#m-to", "马师傅")
    page.fill("#m-reason", "今天办")
    page.get_by_role("button", name="先看一遍").click()
    expect(page.get_by_role("button", name=re.compile("一起办"))).to_be_visible()
    fits("many")
    page.get_by_role("button", name=re.compile("一起办")).click()
    expect(page.get_by_role("status").last).to_contain_text("件办好")
    fits("many-done")
