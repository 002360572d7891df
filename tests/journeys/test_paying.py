"""A demo in a browser: the bill asked for in the chat, paid by a tap, its receipt, a link handed on."""

import json
import re
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from browsers import CHROMIUM, pictured, too_small
from databases import free_port
from demos import Demo
from playwright.sync_api import Browser, Page
from standing import standing

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs chromium"),
]
LINK = re.compile(r"http://\S+?/p/[\w-]+")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    child = Demo(tmp_path_factory.mktemp("demo"), "--port", str(port))
    try:
        child.wait_until_it_says(f"{base}/health/ready")
        yield base
    finally:
        child.stop()


@pytest.fixture
def page(browser: Browser) -> Page:
    return browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN").new_page()


def call(base: str, path: str, data: dict[str, Any] | None = None) -> Any:
    body = None if data is None else json.dumps(data).encode()
    with urllib.request.urlopen(f"{base}/sandbox/api/{path}", body, timeout=30) as answer:
        return json.load(answer)


def says(base: str, who: str, words: str) -> str:
    return json.dumps(call(base, f"phones/{who}/text", {"text": words})["replies"], ensure_ascii=False)


def on_the_phone(base: str, who: str, words: str) -> None:
    """Waits until it stands there."""
    until = time.monotonic() + 60
    while words not in json.dumps(call(base, f"phones?id={who}"), ensure_ascii=False):
        assert time.monotonic() < until, words
        time.sleep(0.2)


def shot(page: Page, name: str) -> None:
    pictured(page, f"{name}-360.png")
    assert too_small(page) == []


def test_the_bill_is_asked_for_in_the_chat_paid_by_a_tap_and_receipted(demo: str, page: Page) -> None:
    reply = says(demo, "wang", "我今年交多少, 都花哪了")
    assert "71.80 ㎡ × 0.30 元 × 3 个月 = 64.62 元，还差64.62元" in reply
    assert "保洁和清运" in reply
    mine = LINK.search(reply)
    assert mine
    page.goto(f"{demo}/sandbox/open?phone=wang&url={mine[0]}")
    assert "64.62" in page.locator(".owed .amount").inner_text()
    shot(page, "my-fees")

    page.get_by_role("link", name="看是怎么算的").first.click()
    shot(page, "my-bill")
    child_link = page.locator("#pay-link").input_value()
    page.go_back()

    page.get_by_role("link", name="微信支付 64.62 元").click()
    shot(page, "pay")
    page.get_by_role("button", name="微信支付 64.62 元").click()
    page.get_by_role("button", name="取消").click()
    page.get_by_text("没有付款。想付就再点一次").wait_for()
    page.get_by_role("button", name="再付一次").click()
    page.get_by_role("button", name="确认支付").click()
    page.wait_for_url("**/receipt", timeout=60_000)
    assert "2026" in page.locator(".receipt").inner_text()
    assert "64.62" in page.locator(".receipt .amount").inner_text()
    shot(page, "receipt")

    page.goto(mine[0])
    assert page.get_by_text("都交清了").is_visible()
    on_the_phone(demo, "wang", "物业费已经收到")

    page.goto(f"{demo}/sandbox/open?phone=rider&url={child_link}")
    text = page.inner_text("body")
    assert "交清了" in text
    assert not re.search("育英|2单元", text)
    assert standing("501", text) == []
