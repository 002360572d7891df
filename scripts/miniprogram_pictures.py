"""The pages of the mini-program as pictures: drawn in node (tools/paint.js there), seen by chromium.

.venv/bin/python scripts/miniprogram_pictures.py   into screenshots/miniprogram/
"""

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from browsers import CHROMIUM

from miniprogram import ROOT, openapi, packages, run

WIDTH, HEIGHT, TALLEST = 360, 740, 3000


# A switch is as high as WeChat draws it.
TAPPED = "wx-button, wx-input, .choice, .pick, .tab, .link, .photo-remove, .weui-cell_access"
WRONG = """tapped => [
    ...[...document.querySelectorAll(tapped)]
        .filter(e => e.getClientRects().length && e.getBoundingClientRect().height < 44)
        .map(e => 'too low for a thumb: ' + e.outerHTML.slice(0, 80)),
    ...(document.documentElement.scrollWidth > innerWidth ? ['wider than the telephone'] : []),
]"""


def take(folder: Path) -> None:
    """Every page of the small town at 360 px, in both sizes of type. Ends with what is wrong with them."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="hemei-mini-") as name, sync_playwright() as playwright:
        pages = Path(name)
        run("tools/paint.js", str(pages), HEMEI_OPENAPI=str(openapi(pages)))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        drawn, wrong = sorted(pages.glob("*.html")), []
        for one in drawn:
            page.goto(one.as_uri())
            wrong += [f"{one.stem} {said}" for said in page.evaluate(WRONG, TAPPED)]
            high = min(TALLEST, page.evaluate("Math.max(innerHeight, document.documentElement.scrollHeight)"))
            made = page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": WIDTH, "height": high})
            small = Image.open(io.BytesIO(made)).convert("RGB").quantize(64, dither=Image.Dither.NONE)
            small.save(folder / f"{one.stem}.png", optimize=True)
        browser.close()
    print(f"{len(drawn)} pictures in {folder}")
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    packages()
    take(ROOT / "screenshots/miniprogram")
