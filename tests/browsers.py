"""A real browser in tests: where it is, where its pictures go, what a thumb cannot hit."""

import os
from pathlib import Path

from playwright.sync_api import Page

CHROMIUM = Path("/usr/bin/chromium")
SCREENSHOTS = Path(__file__).parents[1] / "screenshots" / "pages"
#: HEMEI_TEST_PICTURES=1 keeps what the tests see; every page by itself: `make screenshots`.
IS_KEPT = os.environ.get("HEMEI_TEST_PICTURES") == "1"


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


def load_pictures(page: Page) -> None:
    """Those too that wait until somebody scrolls to them. Returns when each is drawn or broken."""
    page.evaluate(
        """() => Promise.all([...document.images].map(one => {
            one.loading = 'eager';
            return one.decode().catch(() => {});
        }))"""
    )
