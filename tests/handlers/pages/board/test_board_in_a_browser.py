"""The board on a small phone, on a desk, in the lobby; with and without a script, and without a network."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from board_town import Lobby, a_lobby
from browsed import served
from browsers import CHROMIUM, load_pictures, pictured, too_small
from playwright.sync_api import BrowserContext

from models.base.clock import now
from models.media.files import Files
from server.app import create_app
from server.config import Config
from server.database import Database

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs chromium"),
    pytest.mark.parametrize("db", ["sqlite"], indirect=True),
]
Open = Callable[..., BrowserContext]
SIZES = [(360, 740), (1200, 900), (1920, 1080)]
FIVE_METRES = 48  # pixels of 1920: an inch on a picture of 43 inches


@pytest.fixture
def lobby(db: Database, config: Config) -> Lobby:
    return db.write(a_lobby, Files(config.storage.dir), 120)


def test_it_fits_every_width_without_a_script(lobby: Lobby, address: str, chromium: Open):
    page = chromium(360, 740, script=False).new_page()
    for name in ("", "/who"):
        page.goto(f"{address}/board/{lobby.community}{name}")
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert too_small(page) == []
            if not name:
                pictured(page, f"board-{width}.png")


def test_pictures_are_drawn_and_the_policy_stops_nothing(lobby: Lobby, address: str, chromium: Open):
    page = chromium(1200, 900).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{address}/board/{lobby.community}")
    load_pictures(page)
    assert page.evaluate("[...document.images].every(one => one.naturalWidth > 0)")
    assert said == []


def test_the_screen_is_read_from_five_metres_and_nothing_hangs_over_its_edge(
    lobby: Lobby, address: str, chromium: Open
):
    page = chromium(1920, 1080).new_page()
    page.goto(f"{address}/board/{lobby.community}/screen?door=door-3-2")
    parts = page.locator("main > .part")
    for place in range(parts.count()):
        page.evaluate(
            """at => document.querySelectorAll('.part').forEach(
                (one, n) => one.classList.toggle('now', n === at))""",
            place,
        )
        least = page.evaluate(
            """() => Math.min(...[...document.querySelectorAll('.part.now *, header *, aside *')]
                .filter(one => [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
                .map(one => parseFloat(getComputedStyle(one).fontSize)))"""
        )
        assert least >= FIVE_METRES
        assert page.evaluate("document.querySelector('main').scrollHeight") <= 1080
        assert page.evaluate("document.querySelector('main').scrollWidth") <= 1920
    pictured(page, "board-screen-1920.png")


def test_the_screen_turns_by_itself_and_keeps_what_it_has_when_the_network_goes(
    lobby: Lobby, address: str, chromium: Open
):
    context = chromium(1920, 1080)
    page = context.new_page()
    page.clock.install()
    page.goto(f"{address}/board/{lobby.community}/screen")
    now = "() => [...document.querySelectorAll('.part')].findIndex(one => one.classList.contains('now'))"
    assert page.evaluate(now) == 0
    page.clock.run_for(20_000)
    assert page.evaluate(now) == 1
    context.set_offline(True)
    words = page.locator("main").inner_html()
    page.clock.run_for(10 * 60_000)
    assert page.locator("main > .part").count() == words.count('class="part')
    assert page.evaluate(now) == (1 + 30) % page.locator("main > .part").count()
    assert page.url.endswith("/screen")


def test_after_a_power_cut_without_a_network_the_last_board_stands_there_with_its_age(
    lobby: Lobby, db: Database, config: Config, chromium: Open, tmp_path: Path
):
    engine = chromium(360, 740).browser.browser_type  # type: ignore[union-attr]

    def switched_on() -> BrowserContext:
        return engine.launch_persistent_context(
            tmp_path / "profile", executable_path=CHROMIUM, args=["--no-sandbox"], locale="zh-CN"
        )

    with served(create_app(config, db)) as base:
        there = f"{base}/board/{lobby.community}/screen?door=door-3-2"
        said: list[str] = []
        screen = switched_on()
        page = screen.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.goto(there)
        page.wait_for_selector("body[data-kept]")
        parts, title = page.locator("main > .part").count(), page.inner_text("h1")
        assert page.locator("header .old").is_hidden()
        assert said == []
        screen.close()
    shutil.rmtree(tmp_path / "profile/Default/Cache")  # which keeps a page for a minute, and no longer
    screen = switched_on()
    page = screen.new_page()
    page.clock.set_fixed_time(now() + timedelta(hours=3, minutes=7))
    page.goto(there)
    assert (page.locator("main > .part").count(), page.inner_text("h1")) == (parts, title)
    assert "连不上，这是3小时前的" in page.inner_text("header")
    assert page.evaluate("getComputedStyle(document.body).display") == "grid"  # its sheet was kept as well
    assert page.evaluate("[...document.querySelectorAll('aside img')].every(one => one.naturalWidth > 0)")
    screen.close()


def test_without_a_script_the_screen_goes_on_to_its_next_part(lobby: Lobby, address: str, chromium: Open):
    page = chromium(1920, 1080, script=False).new_page()
    page.goto(f"{address}/board/{lobby.community}/screen")
    refresh = page.locator("meta[http-equiv=refresh]").get_attribute("content")
    assert refresh is not None
    assert refresh.startswith("20;url=")
    page.goto(address + refresh.split("url=")[1])
    assert page.locator("main > .part").nth(1).is_visible()
    assert not page.locator("main > .part").nth(0).is_visible()
