"""An A4 sheet for the lobby: the code by which people find the public board of their community."""

import io
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from handlers.pages.board.pages import BoardSheet
from models.base.resources import table
from server.print.codes import draw_code, matrix_of

_INK, _GREY, _BAND, _WHITE = (
    HexColor("#1f2a30"),
    HexColor("#5b6870"),
    HexColor("#0b6e5a"),
    HexColor("#ffffff"),
)
_WIDTH, _HEIGHT = A4
_INNER = _WIDTH - 36 * mm
_CODE = 130 * mm


def pdf(sheet: BoardSheet, font: str) -> bytes:
    written = io.BytesIO()
    words: dict[str, Any] = table("labels/board_sheet.toml")
    canvas = Canvas(written, pagesize=A4, pageCompression=1, invariant=1)
    canvas.setTitle(words["title"])
    canvas.setFillColor(_BAND)
    canvas.rect(0, _HEIGHT - 50 * mm, _WIDTH, 50 * mm, stroke=0, fill=1)
    _line(canvas, font, words["title"], _HEIGHT - 24 * mm, 44, _WHITE)
    _line(canvas, font, words["subtitle"], _HEIGHT - 40 * mm, 18, _WHITE)
    _line(canvas, font, sheet.community, _HEIGHT - 76 * mm, 46, _INK)
    bottom = _HEIGHT - 88 * mm - _CODE
    draw_code(canvas, matrix_of(sheet.url), (_WIDTH - _CODE) / 2, bottom, _CODE, _INK)
    _line(canvas, font, words["scan"], bottom - 14 * mm, 30, _INK)
    _line(canvas, font, words["hint"], bottom - 28 * mm, 16, _GREY)
    _line(canvas, font, words["foot"].format(community=sheet.street or "", url=sheet.url), 14 * mm, 12, _GREY)
    canvas.showPage()
    canvas.save()
    return written.getvalue()


def _line(canvas: Canvas, font: str, text: str, y: float, size: float, colour: Any) -> None:
    """Centred; smaller when it would not fit."""
    width = stringWidth(text, font, size)
    canvas.setFont(font, size * min(1, _INNER / width) if width else size)
    canvas.setFillColor(colour)
    canvas.drawCentredString(_WIDTH / 2, y, text)
