"""Every page in a real browser: what it loads, what runs, what keeps somebody from using it (X24, I1)."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from every_page import Seen, Walk
from flask import Flask
from playwright.sync_api import Browser, Page, Response
from werkzeug.serving import make_server

from handlers.pages.front import REPORTS

WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
WIDTHS = (360, 1200)
# Who sees a page otherwise than staff do: by visitor, which of them see the same.
APART = {"resident": "resident", "public": "resident", "own": "own", "newcomer": "newcomer"}


class Found(NamedTuple):
    """What is wrong at one place of a page: the rule's name of axe-core, or what the browser did."""

    rule: str
    page: str
    width: int
    where: str
    why: str = ""


@contextmanager
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def a_page_of_each_kind(walked: Iterable[tuple[Walk, Seen]]) -> list[tuple[Walk, Seen]]:
    """The longest of each route, because most stands on it; staff and residents each their own."""
    longest: dict[tuple[str, str], tuple[Walk, Seen]] = {}
    for walk, seen in walked:
        if seen.kind != "text/html" or seen.status != 200:
            continue
        key = seen.rule, APART.get(walk.who, "staff")
        if key not in longest or len(seen.html) > len(longest[key][1].html):
            longest[key] = walk, seen
    return list(longest.values())


def led_elsewhere(answer: Response | None, url: str, seen: Seen) -> str | None:
    """Where a window came to instead of the page that was seen: the log-in, after a session's end."""
    right = answer is not None and answer.status == seen.status
    return None if right and urlsplit(url).path == urlsplit(seen.path).path else url


def looked_at(
    browser: Browser,
    base: str,
    pages: Sequence[tuple[Walk, Seen]],
    widths: Sequence[int] = WIDTHS,
    *,
    axe: bool = True,
) -> list[Found]:
    by_visitor: dict[Walk, list[Seen]] = {}
    for walk, seen in pages:
        by_visitor.setdefault(walk, []).append(seen)
    found: list[Found] = []
    for width, (walk, theirs) in product(widths, by_visitor.items()):
        context = browser.new_context(viewport={"width": width, "height": 800}, locale="zh-CN")
        context.add_cookies(walk.cookies(base))  # type: ignore[arg-type]
        found += _one_after_the_other(context.new_page(), base, theirs, width, axe=axe)
        context.close()
    return found


def _one_after_the_other(
    page: Page, base: str, pages: Sequence[Seen], width: int, *, axe: bool
) -> list[Found]:
    """In one window, because to open one costs more than a page."""
    found: list[Found] = []
    here = ""

    def note(rule: str, where: str, why: str = "") -> None:
        found.append(Found(rule, here, width, where, why))

    def asked(request: Any) -> None:
        there = urlsplit(request.url)
        if there.scheme not in ("data", "blob") and there.netloc != urlsplit(base).netloc:
            note("another host", request.url)
        if there.path == REPORTS:
            note("policy", request.post_data or "")

    page.on("request", asked)
    page.on("dialog", lambda dialog: (note("ran", dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda trouble: note("script", str(trouble)))
    for seen in pages:
        here = seen.rule
        if elsewhere := led_elsewhere(page.goto(base + seen.path), page.url, seen):
            note("another page", elsewhere)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
            note("wider than the screen", seen.path)
        if axe:
            for one in Axe().run(page, options=WCAG).response["violations"]:
                for node in one["nodes"]:
                    note(one["id"], node["html"][:160], node["failureSummary"][:200])
    return found
