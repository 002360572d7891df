"""Pictures of a running demo into docs/images: the phones after the story, and the pages behind the links.

.venv/bin/python scripts/screenshots.py [FOLDER]
"""

import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import Any
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from server.demo.story import play

ROOT = Path(__file__).resolve().parent.parent
LARGEST = 200 * 1024
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(which, _NAMES)), None)


def main(folder: Path) -> None:
    if CHROMIUM is None:
        sys.exit("no chromium here: sh scripts/browser.sh says what to install")
    folder.mkdir(parents=True, exist_ok=True)
    with demo() as base, sync_playwright() as playwright:
        story = Story()
        play(base, say=story.hear)
        card = reported(base, "rider", "育英小区3号楼1单元门坏了，关不上", keeper="liweidong")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        picture(browser, f"{base}/sandbox/", folder / "sandbox.png", 1440, 900, wait="[data-phone] .row")
        picture(browser, story.link(base), folder / "resident.png", 360, 740)
        picture(browser, tapped(base, "liweidong", card), folder / "keeper.png", 360, 740)
        picture(browser, story.link(base, -1), folder / "money.png", 360, 1320)
        picture(browser, base + open_books(base), folder / "books.png", 360, 1320)
        fees = tapped(base, "linhong", f"{workplace(base, 'linhong')}/fees")
        picture(browser, fees, folder / "fee-desk.png", 1000, 1100)
        picture(browser, f"{base}/console/login?stay=1", folder / "login.png", 360, 740)
        browser.close()


class Story:
    """What is told of the story, for the links in it."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def hear(self, line: object) -> None:
        self._lines.append(str(line))

    def link(self, base: str, place: int = 0) -> str:
        return re.findall(rf"{re.escape(base)}/p/\S+", "\n".join(self._lines))[place]


def open_books(base: str) -> str:
    """The first estate's that the first page names, the latest month that is up."""
    home = re.findall(r'href="(/books/[^"]+)"', read(base))[0]
    return re.findall(r'href="(/books/[^"]+)">[^<]*✓', read(base + home))[0]


def tapped(base: str, who: str, url: str) -> str:
    """The link as it opens on the telephone of somebody of the staff, who is logged in by the tap."""
    return f"{base}/sandbox/open?{urlencode({'phone': who, 'url': url})}"


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return answer.read().decode()


def workplace(base: str, who: str) -> str:
    """The page that somebody of the staff is given for the asking."""
    said = asked(f"{base}/sandbox/api/phones/{who}/text", {"text": "工作台"})
    return re.findall(rf"{re.escape(base)}/p/[\w-]+", json.dumps(said))[0]


def reported(base: str, who: str, words: str, *, keeper: str) -> str:
    """Somebody writes, and the page behind the card that reaches the keeper is given back."""
    api = f"{base}/sandbox/api/phones"
    before = len(cards(api, keeper))
    asked(f"{api}/{who}/text", {"text": words})
    until = time.monotonic() + 20
    while len(found := cards(api, keeper)) == before:
        if time.monotonic() > until:
            sys.exit("no card came")
        time.sleep(0.2)
    return str(found[-1]["card_action"]["url"])


def cards(api: str, phone: str) -> list[dict[str, Any]]:
    shown = asked(f"{api}?id={phone}")["phones"][0]["messages"]
    return [one["body"]["card"] for one in shown if one["type"] == "card"]


def asked(url: str, body: dict[str, str] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def picture(browser: Browser, url: str, file: Path, width: int, height: int, *, wait: str = "main") -> None:
    page = browser.new_page(viewport={"width": width, "height": height}, timezone_id="Asia/Shanghai")
    page.goto(url)
    page.wait_for_selector(wait)
    page.wait_for_timeout(1500)  # photos and bubbles arrive
    made = page.screenshot()
    page.close()
    small = Image.open(io.BytesIO(made)).convert("RGB").quantize(160, dither=Image.Dither.NONE)
    small.save(file, optimize=True)
    size = file.stat().st_size
    print(f"{file.relative_to(ROOT) if file.is_relative_to(ROOT) else file}: {size // 1024} kB")
    if size > LARGEST:
        sys.exit(f"{file.name} is larger than {LARGEST // 1024} kB")


@contextmanager
def demo() -> Iterator[str]:
    """`hemei demo` on a free port, until the pictures are taken."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "server", "demo", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    try:
        until = time.monotonic() + 60
        while not answers(f"{base}/health/ready"):
            if child.poll() is not None or time.monotonic() > until:
                sys.exit("the demo did not start")
            time.sleep(0.2)
        yield base
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(40)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT / "docs/images")
