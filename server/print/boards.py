"""An A4 sheet for the lobby: the code by which people find the public board of their community."""

import io
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from handlers.pages.board.pages import BoardSheet
from models.base.resources import table
from server.print.codes import draw_code, matrix_of
from server.print.lobby import GREY, HEIGHT, INK, WHITE, WIDTH, band, line

_CODE = 130 * mm


def pdf(sheet: BoardSheet, font: str) -> bytes:
    written = io.BytesIO()
    words: dict[str, Any] = table("labels/board_sheet.toml")
    canvas = Canvas(written, pagesize=A4, pageCompression=1, invariant=1)
    canvas.setTitle(words["title"])
    band(canvas, 50 * mm)
    line(canvas, font, words["title"], HEIGHT - 24 * mm, 44, WHITE)
    line(canvas, font, words["subtitle"], HEIGHT - 40 * mm, 18, WHITE)
    line(canvas, font, sheet.community, HEIGHT - 76 * mm, 46, INK)
    bottom = HEIGHT - 88 * mm - _CODE
    draw_code(canvas, matrix_of(sheet.url), (WIDTH - _CODE) / 2, bottom, _CODE, INK)
    line(canvas, font, words["scan"], bottom - 14 * mm, 30, INK)
    line(canvas, font, words["hint"], bottom - 28 * mm, 16, GREY)
    line(canvas, font, words["foot"].format(community=sheet.street or "", url=sheet.url), 14 * mm, 12, GREY)
    canvas.showPage()
    canvas.save()
    return written.getvalue()
