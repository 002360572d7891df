"""Cards of those who answer for a building: name, building, photo where it is published, the code that
opens who answers there. One a page, A5 or A4 across."""

import io
from collections.abc import Sequence
from typing import Any

from PIL import Image
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, A5, landscape
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from handlers.pages.people.printing import CardFacts
from models.base.resources import table
from server.print.codes import draw_code, matrix_of

_INK, _GREY, _BAND, _WHITE = (HexColor(one) for one in ("#1f2a30", "#5b6870", "#0b6e5a", "#ffffff"))
_PAGES = {"A5": landscape(A5), "A4": landscape(A4)}


def pdf(several: Sequence[CardFacts], size: str, base_url: str, font: str) -> bytes:
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=_PAGES[size], pageCompression=1)
    canvas.setTitle(_words()["cards"])
    for one in several:
        _Card(canvas, font, one, *_PAGES[size]).draw(f"{base_url}/q/{one.code}")
        canvas.showPage()
    canvas.save()
    return written.getvalue()


class _Card:
    """Drawn in hundredths of the page's height, so that it is the same at every size."""

    def __init__(self, canvas: Canvas, font: str, facts: CardFacts, width: float, height: float) -> None:
        self._canvas, self._font, self._facts = canvas, font, facts
        self._width, self._height, self._part = width, height, height / 100

    def draw(self, url: str) -> None:
        facts, words, part = self._facts, _words(), self._part
        self._canvas.setFillColor(_BAND)
        self._canvas.rect(0, 82 * part, self._width, 18 * part, stroke=0, fill=1)
        self._text(facts.role, 6 * part, 87 * part, 8, _WHITE, self._width - 12 * part)
        side = 46 * part
        room = self._width - side - 18 * part
        top = 66 * part
        left = 6 * part
        if facts.photo is not None:
            self._photo(facts.photo, left, 26 * part, 36 * part, 48 * part)
            left, room = left + 40 * part, room - 40 * part
        self._text(facts.name, left, top, 12, _INK, room)
        place = words["building"].format(estate=facts.estate, building=facts.building)
        self._text(place, left, top - 14 * part, 7, _INK, room)
        if facts.employer:
            self._text(facts.employer, left, top - 24 * part, 5, _GREY, room)
        if facts.phone:
            self._text(words["phone"].format(phone=facts.phone), left, top - 34 * part, 6, _BAND, room)
        draw_code(self._canvas, matrix_of(url), self._width - side - 6 * part, 26 * part, side, _INK)
        self._text(words["scan"], 6 * part, 14 * part, 5, _INK, self._width - 12 * part)
        self._text(words["foot"].format(community=facts.community), 6 * part, 6 * part, 4, _GREY, room)

    def _photo(self, data: bytes, x: float, y: float, width: float, height: float) -> None:
        with Image.open(io.BytesIO(data)) as picture:
            self._canvas.drawImage(
                ImageReader(picture.convert("RGB")), x, y, width, height, preserveAspectRatio=True
            )

    def _text(self, text: str, x: float, y: float, size: float, colour: Any, room: float) -> None:
        """Smaller when it would not fit into `room`."""
        size *= self._part
        width = stringWidth(text, self._font, size)
        self._canvas.setFont(self._font, size * min(1, room / width) if width else size)
        self._canvas.setFillColor(colour)
        self._canvas.drawString(x, y, text)


def _words() -> dict[str, Any]:
    return table("labels/card_sheet.toml")
