"""An A4 sheet for the door: the code by which neighbours join their building's group (QY 92229)."""

import io
from typing import Any

from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from handlers.pages.groups import JoinSheet
from models.base.resources import table
from server.print.lobby import GREY, HEIGHT, INK, WHITE, WIDTH, band, line

_CODE = 120 * mm


def pdf(sheet: JoinSheet, font: str) -> bytes:
    written = io.BytesIO()
    words = _words()
    canvas = Canvas(written, pagesize=A4, pageCompression=1)
    canvas.setTitle(words["title"])
    band(canvas, 40 * mm)
    line(canvas, font, words["title"], HEIGHT - 25 * mm, 36, WHITE)
    place = words["building"].format(building=sheet.building) if sheet.building else ""
    line(canvas, font, f"{sheet.estate} {place}".strip(), HEIGHT - 66 * mm, 44, INK)
    bottom = HEIGHT - 78 * mm - _CODE
    with Image.open(io.BytesIO(sheet.picture)) as picture:
        canvas.drawImage(
            ImageReader(picture.convert("RGB")), (WIDTH - _CODE) / 2, bottom, _CODE, _CODE,
            preserveAspectRatio=True,
        )  # fmt: skip
    for number, step in enumerate(words["steps"], 1):
        line(canvas, font, f"{number}. {step}", bottom - (6 + 13 * number) * mm, 22, INK)
    line(canvas, font, words["foot"].format(group=sheet.group), 16 * mm, 13, GREY)
    canvas.showPage()
    canvas.save()
    return written.getvalue()


def _words() -> dict[str, Any]:
    words: dict[str, Any] = table("labels/groups.toml")["sheet"]
    return words
