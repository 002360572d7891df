"""Pictures of a running demo into docs/images: the phones after the story, and the pages behind the links.

.venv/bin/python scripts/screenshots.py [FOLDER]
"""

import io
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

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from server.demo.story import play

ROOT = Path(__file__).resolve().parent.parent
LARGEST = 200 * 1024
CHROMIUM = which("chromium") or which("chromium-browser") or which("google-chrome")


def main(folder: Path) -> None:
    if CHROMIUM is None:
        sys.exit("no chromium here: sh scripts/browser.sh says what to install")
    folder.mkdir(parents=True, exist_ok=True)
    with demo() as base, sync_playwright() as playwright:
        told: list[str] = []
        play(base, say=lambda line: told.append(str(line)))
        links = re.findall(rf"{re.escape(base)}/\S+", "\n".join(told))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        picture(browser, f"{base}/sandbox/", folder / "sandbox.png", 1440, 1080, wait="[data-phone] .row")
        picture(browser, next(one for one in links if "/p/" in one), folder / "resident.png", 360, 740)
        browser.close()


def picture(browser: Browser, url: str, file: Path, width: int, height: int, *, wait: str = "main") -> None:
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(url)
    page.wait_for_selector(wait)
    page.wait_for_timeout(1500)  # photos and bubbles arrive
    made = page.screenshot()
    page.close()
    small = Image.open(io.BytesIO(made)).convert("RGB").quantize(96, dither=Image.Dither.NONE)
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
    child = subprocess.Popen(  # noqa: S603 - ourselves
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
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own demo
            return bool(answer.status == 200)
    except OSError:
        return False


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT / "docs/images")
