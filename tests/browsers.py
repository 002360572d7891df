"""A real browser in tests: where it is, how it is started, where its pictures go, what a thumb cannot hit."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

_SHELL = Path("/usr/bin/chromium-headless-shell")
#: The shell if it is there, because the whole browser makes a window for each page, at three times the work.
CHROMIUM = _SHELL if _SHELL.exists() else Path("/usr/bin/chromium")
SCREENSHOTS = Path(__file__).parents[1] / "screenshots" / "pages"
#: A small phone and a wide screen.
SIZES = ((360, 800), (1200, 900))
#: HEMEI_TEST_PICTURES=1 keeps what the tests see; every page by itself: `make screenshots`.
IS_KEPT = os.environ.get("HEMEI_TEST_PICTURES") == "1"


@contextmanager
def started() -> Iterator[Browser]:
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Shared:
    """One browser for all tests of a process. While no test looks, playwright's asyncio loop stands aside,
    because otherwise no other test of this thread could have one."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._loop = asyncio.get_running_loop()

    @contextmanager
    def looking(self) -> Iterator[Browser]:
        with _running(self._loop):
            yield self._browser


@contextmanager
def shared() -> Iterator[Shared]:
    with started() as browser:
        one = Shared(browser)
        with _running(None):
            yield one


@contextmanager
def _running(loop: asyncio.AbstractEventLoop | None) -> Iterator[None]:
    before = asyncio._get_running_loop()
    asyncio._set_running_loop(loop)
    try:
        yield
    finally:
        asyncio._set_running_loop(before)


def pictured(page: Page, name: str) -> None:
    """The whole page, for somebody who asks to look at it: to draw one costs more than the test."""
    if IS_KEPT:
        load_pictures(page)
        page.screenshot(path=SCREENSHOTS / name, full_page=True)


def too_small(page: Page) -> list[str]:
    """What can be tapped but is lower than 44 pixels; links inside a line of text are left alone."""
    return page.evaluate(
        """() => [...document.querySelectorAll(
                'button, .button, summary, select, input:not([type=hidden]), a.entry')]
            .filter(e => e.getClientRects().length && !e.closest('label.plain, .grades label'))
            .filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 80))"""
    )


def at_both_sizes(page: Page) -> Iterator[int]:
    """The page as it stands, on a phone that is touched and then wide; gives the width. Nothing is loaded
    again, because no script of ours asks how wide the screen is."""
    told = page.context.new_cdp_session(page)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        told.send("Emulation.setTouchEmulationEnabled", {"enabled": width < 600})
        yield width
    told.detach()


def assert_fits(page: Page, name: str, shape: str = "") -> None:
    """At both sizes nothing hangs over the edge and a thumb can hit everything."""
    for width in at_both_sizes(page):
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        assert too_small(page) == [], (name, width)
        pictured(page, f"{name}-{width}{shape}.png")


def open_all(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


def load_pictures(page: Page) -> None:
    """Those too that wait until somebody scrolls to them. Returns when each is drawn or broken."""
    page.evaluate(
        """() => Promise.all([...document.images].map(one => {
            one.loading = 'eager';
            return one.decode().catch(() => {});
        }))"""
    )
