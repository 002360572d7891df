"""Some pages in chromium: nothing of what was written runs, nothing is asked of another host, nobody with a
keyboard or a screen reader is kept out (I1, X24, WCAG 2.2 AA). All of them: `make accessible`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsed import Found, a_page_of_each_kind, looked_at, served
from browsers import CHROMIUM
from every_page import Seen, Walk, everybodys_pages, everything_on, furnished
from hostile_town import fill
from hostile_words import MARKUP
from playwright.sync_api import Browser

from server.database import Database

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM.exists(), reason="needs chromium")]
FEW = ("community",)


@pytest.fixture(scope="module")
def base_and_pages(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[tuple[str, list[tuple[Walk, Seen]]]]:
    """Of a town with hostile words in it; the sheets and the pages are those of any other."""
    folder = tmp_path_factory.mktemp("browsed")
    file = furnished(sqlite_template, folder)
    fill(file, (f"{words} {n}" for n, words in enumerate(MARKUP * 9)))
    database = Database(f"sqlite:///{file}")
    app = everything_on(folder, database)
    walked = [one for one in everybodys_pages(app, 1, FEW) if one[1].kind == "text/html"]
    with served(app) as base:
        yield base, a_page_of_each_kind(walked)
    database.close()


def test_what_was_written_runs_on_no_page(
    browser: Browser, base_and_pages: tuple[str, list[tuple[Walk, Seen]]]
) -> None:
    base, pages = base_and_pages
    assert looked_at(browser, base, pages[::2], (360,), axe=False) == []


def test_nobody_is_kept_from_reading(
    browser: Browser, base_and_pages: tuple[str, list[tuple[Walk, Seen]]]
) -> None:
    base, pages = base_and_pages
    some = sorted(pages, key=lambda one: len(one[1].html))[-40::8]
    found: list[Found] = looked_at(browser, base, some, (360,))
    assert found == []
