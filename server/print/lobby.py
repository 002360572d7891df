"""What the A4 sheets of doors and lobbies have in common: a band with the title, and lines in the middle."""

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

INK, GREY, WHITE = HexColor("#1f2a30"), HexColor("#5b6870"), HexColor("#ffffff")
WIDTH, HEIGHT = A4
_BAND = HexColor("#0b6e5a")
_INNER = WIDTH - 36 * mm


def band(canvas: Canvas, height: float) -> None:
    """Over the whole width at the top, `height` points high."""
    canvas.setFillColor(_BAND)
    canvas.rect(0, HEIGHT - height, WIDTH, height, stroke=0, fill=1)


def line(canvas: Canvas, font: str, text: str, y: float, size: float, colour: Color) -> None:
    """Centred; smaller when it would not fit."""
    width = stringWidth(text, font, size)
    canvas.setFont(font, size * min(1, _INNER / width) if width else size)
    canvas.setFillColor(colour)
    canvas.drawCentredString(WIDTH / 2, y, text)
