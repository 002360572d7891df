"""An A4 sheet for the door: the code by which neighbours join their building's group (QY 92229)."""

import io
from typing import Any

from PIL import Image
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from handlers.pages.groups import JoinSheet
from models.base.resources import table

_INK, _GREY, _BAND, _WHITE = (
    HexColor("#1f2a30"),
    HexColor("#5b6870"),
    HexColor("#0b6e5a"),
    HexColor("#ffffff"),
)
_WIDTH, _HEIGHT = A4
_INNER = _WIDTH - 36 * mm
_CODE = 120 * mm


def pdf(sheet: JoinSheet, font: str) -> bytes:
    written = io.BytesIO()
    words = _words()
    canvas = Canvas(written, pagesize=A4, pageCompression=1)
    canvas.setTitle(words["title"])
    canvas.setFillColor(_BAND)
    canvas.rect(0, _HEIGHT - 40 * mm, _WIDTH, 40 * mm, stroke=0, fill=1)
    _line(canvas, font, words["title"], _HEIGHT - 25 * mm, 36, _WHITE)
    place = words["building"].format(building=sheet.building) if sheet.building else ""
    _line(canvas, font, f"{sheet.estate} {place}".strip(), _HEIGHT - 66 * mm, 44, _INK)
    bottom = _HEIGHT - 78 * mm - _CODE
    with Image.open(io.BytesIO(sheet.picture)) as picture:
        canvas.drawImage(
            ImageReader(picture.convert("RGB")), (_WIDTH - _CODE) / 2, bottom, _CODE, _CODE,
            preserveAspectRatio=True,
        )  # fmt: skip
    for number, line in enumerate(words["steps"], 1):
        _line(canvas, font, f"{number}. {line}", bottom - (6 + 13 * number) * mm, 22, _INK)
    _line(canvas, font, words["foot"].format(group=sheet.group), 16 * mm, 13, _GREY)
    canvas.showPage()
    canvas.save()
    return written.getvalue()


def _line(canvas: Canvas, font: str, text: str, y: float, size: float, colour: Any) -> None:
    """Centred; smaller when it would not fit."""
    width = stringWidth(text, font, size)
    canvas.setFont(font, size * min(1, _INNER / width) if width else size)
    canvas.setFillColor(colour)
    canvas.drawCentredString(_WIDTH / 2, y, text)


def _words() -> dict[str, Any]:
    words: dict[str, Any] = table("labels/groups.toml")["sheet"]
    return words
