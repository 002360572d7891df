"""The drawings on a small phone and a desk, without a script, and on grey paper."""

from collections.abc import Callable

import pytest
from board_town import planted_cases
from browsers import CHROMIUM, pictured, too_small
from cast import Cast, Someone
from playwright.sync_api import BrowserContext

from server.database import Database

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs chromium"),
    pytest.mark.parametrize("db", ["sqlite"], indirect=True),
]


@pytest.fixture
def busy(db: Database) -> Cast:
    return db.write(planted_cases, 200)


def test_they_fit_and_each_part_has_a_pattern_of_its_own(
    busy: Cast, desk: Callable[[Someone], str], address: str, chromium: Callable[..., BrowserContext]
):
    page = chromium(360, 800, script=False).new_page()
    for name in ("figures", "figures/money"):
        page.goto(f"{address}{desk(busy.zhao)}/{name}")
        for width in (360, 1200):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert too_small(page) == []
            pictured(page, f"{name.replace('/', '-')}-{width}.png")
    page.goto(f"{address}{desk(busy.zhao)}/figures")
    fills = page.evaluate(
        """[...document.querySelectorAll('.seasons li:first-child rect[fill]')]
            .map(one => one.getAttribute('fill'))"""
    )
    assert len(fills) == len(set(fills))
    assert fills != []
