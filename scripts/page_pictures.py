"""Pictures of the pages of the demo's town: all of them at three widths to look at, and those of the help.

.venv/bin/python scripts/page_pictures.py            every page, into screenshots/
.venv/bin/python scripts/page_pictures.py help       what docs/zh shows, into docs/zh/images
"""

import io
import logging
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from browsed import a_page_of_each_kind, led_elsewhere, served
from browsers import CHROMIUM
from databases import build_schema
from every_page import Seen, Walk, everybodys_pages, everything_on, furnished, people
from flask import Flask
from hidden_pages import hidden_pages
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from settings_files import KEY

from models.base import privacy
from server.database import Database

ROOT = Path(__file__).resolve().parent.parent
HEIGHTS = {360: 740, 1200: 900, 1920: 1080}
TALLEST = 6000  # pixels: what is longer shows nothing new
LARGEST = 200 * 1000
# Of the help: whose page, its path, how wide and how high.
HELP = {
    "login": ("public", "/console/login?stay=1", 360, 640),
    "today": ("admin", "/console", 1300, 800),
    "today-phone": ("keeper", "/console", 360, 740),
    "spot": ("grid_worker", "/console/chain/spot", 360, 740),
    "cases": ("community", "/console/cases", 1300, 860),
    "enter": ("community", "/console/enter", 1300, 860),
    "plan": ("community", "/console/plan", 1300, 720),
    "limits": ("community", "/console/chain/limits", 1300, 760),
    "notices": ("community", "/console/notices", 1300, 760),
    "groups": ("community", "/console/groups", 1300, 760),
    "fees": ("community", "/console/fees", 1300, 760),
    "books": ("community", "/console/books", 1300, 760),
    "staff": ("admin", "/console/staff", 1300, 760),
    "chain": ("community", "/console/chain", 1300, 760),
    "homes": ("community", "/console/homes", 1300, 700),
    "print": ("community", "/console/print", 1300, 760),
    "import": ("admin", "/console/import", 1300, 700),
    "figures": ("community", "/console/figures", 1300, 860),
    "indicators": ("community", "/console/indicators", 1300, 860),
    "account": ("supervisor", "/console/account", 360, 740),
    "audit": ("admin", "/console/audit", 1300, 700),
    "board": ("public", "/board/1", 360, 740),
    "board-staff": ("community", "/console/board", 1300, 700),
}


def main(what: str) -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    privacy.use_key(KEY)
    with (
        tempfile.TemporaryDirectory(prefix="hemei-pictures-") as name,
        town(Path(name)) as app,
        served(app) as base,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        if what == "help":
            of_the_help(app, browser, base, ROOT / "docs/zh/images")
        else:
            of_every_page(app, browser, base, ROOT / "screenshots")
        browser.close()


@contextmanager
def town(folder: Path) -> Iterator[Flask]:
    build_schema(f"sqlite:///{folder}/empty.db")
    database = Database(f"sqlite:///{furnished(folder / 'empty.db', folder)}")
    yield everything_on(folder, database)
    database.close()


def of_the_help(app: Flask, browser: Browser, base: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    staff = people(app.extensions["hemei.database"]).staff
    for name, (who, path, width, height) in HELP.items():
        context = opened(browser, base, Walk(app, who, staff.get(who)), width, height)
        file = folder / f"{name}.png"
        picture(context, base + path, file)
        context.close()
        if file.stat().st_size > LARGEST:
            sys.exit(f"{file.name} is larger than {LARGEST // 1000} kB")


def of_every_page(app: Flask, browser: Browser, base: str, folder: Path) -> None:
    pages = every_kind(app, everybodys_pages(app))
    for width, height in HEIGHTS.items():
        there = folder / str(width)
        there.mkdir(parents=True, exist_ok=True)
        for walk, seen in pages:
            context = opened(browser, base, walk, width, height)
            name = re.sub(r"\W+", "-", re.sub(r"<[^>]*?(\w+)>", r"\1", seen.rule)).strip("-")
            picture(context, base + seen.path, there / f"{name or 'home'}.{walk.who}.png", seen)
            context.close()
        print(f"{len(pages)} pages at {width} px in {there.relative_to(ROOT)}")


def every_kind(app: Flask, walked: Iterable[tuple[Walk, Seen]]) -> list[tuple[Walk, Seen]]:
    """A page of each kind that somebody came to, and those to which no link leads."""
    return a_page_of_each_kind(chain(walked, hidden_pages(app)))


def opened(browser: Browser, base: str, walk: Walk, width: int, height: int) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    context.add_cookies(walk.cookies(base))  # type: ignore[arg-type]
    return context


def picture(context: BrowserContext, url: str, file: Path, seen: Seen | None = None) -> None:
    """As much as a screen shows; the whole of a page that was seen before."""
    page = context.new_page()
    answer = page.goto(url, wait_until="networkidle")
    if seen and (elsewhere := led_elsewhere(answer, page.url, seen)):
        sys.exit(f"{seen.who} came to {elsewhere} instead of {seen.path}")
    wide, high = page.evaluate("[innerWidth, Math.max(innerHeight, document.documentElement.scrollHeight)]")
    clip = {"x": 0, "y": 0, "width": wide, "height": min(high, TALLEST)} if seen else None
    made = page.screenshot(full_page=seen is not None, clip=clip)
    small = Image.open(io.BytesIO(made)).convert("RGB").quantize(64, dither=Image.Dither.NONE)
    small.save(file, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "pages")
