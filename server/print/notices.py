"""A4 sheets of a notice for the groups that only hands reach: title, words, the group's own code."""

import io
from collections.abc import Sequence
from html import escape
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from handlers.pages.notice.groups import GroupSheet
from models.base.resources import table
from server.print.codes import draw_code, matrix_of

_INK, _GREY, _BAND, _ALARM = (
    HexColor("#1f2a30"),
    HexColor("#5b6870"),
    HexColor("#0b6e5a"),
    HexColor("#b3261e"),
)
_WIDTH, _HEIGHT = A4
_MARGIN = 18 * mm
_INNER = _WIDTH - 2 * _MARGIN
_BOTTOM = 74 * mm  # of the words; below stand the code and the group's name
_CODE = 56 * mm
_Part = tuple[Any, float]  # a paragraph, and how much height it takes
_SIZES = (22, 20, 18, 16, 14, 12.5, 11, 10, 9, 8)  # the largest in which all of it stands on the page


def pdf(sheets: Sequence[GroupSheet], font: str) -> bytes:
    """One page a sheet. Words that several sheets share stand in the file once."""
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=A4, pageCompression=1)
    canvas.setTitle(sheets[0].title if sheets else _words()["title"])
    forms: dict[tuple[str, ...], str] = {}
    for sheet in sheets:
        said = (sheet.title, sheet.body, sheet.signed, sheet.kind, str(sheet.corrects))
        if said not in forms:
            forms[said] = f"notice{len(forms)}"
            canvas.beginForm(forms[said], 0, 0, _WIDTH, _HEIGHT)
            _draw_words(canvas, sheet, font)
            canvas.endForm()
        canvas.doForm(forms[said])
        _draw_group(canvas, sheet, font)
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def _draw_words(canvas: Canvas, sheet: GroupSheet, font: str) -> None:
    kinds = table("labels/notice_kinds.toml")
    alarming = sheet.kind != "ordinary"
    band = 26 * mm
    canvas.setFillColor(_ALARM if alarming else _BAND)
    canvas.rect(0, _HEIGHT - band, _WIDTH, band, stroke=0, fill=1)
    canvas.setFillColor(HexColor("#ffffff"))
    canvas.setFont(font, 26)
    head = _label(kinds[sheet.kind]) if alarming else _words()["title"]
    head = _words()["correction"] if sheet.corrects else head
    canvas.drawCentredString(_WIDTH / 2, _HEIGHT - band + 9 * mm, head)
    y = _HEIGHT - band - 8 * mm
    for part, height in _fitting(sheet, font, y - _BOTTOM):
        y -= height
        part.drawOn(canvas, _MARGIN, y + part.style.spaceAfter)


def _fitting(sheet: GroupSheet, font: str, room: float) -> list[_Part]:
    """In the largest type in which all of it has room; where none is small enough, without its last lines."""
    for size in _SIZES:
        parts = _parts(sheet, font, size)
        if _height(parts) <= room:
            return parts
    cut = _parts(sheet, font, _SIZES[-1], more=True)
    while _height(cut) > room and len(cut) > 3:
        del cut[-3]  # the last line that is not the hint or the signature
    return cut


def _height(parts: list[_Part]) -> float:
    return sum(height for _, height in parts)


def _parts(sheet: GroupSheet, font: str, size: float, *, more: bool = False) -> list[_Part]:
    """Paragraphs with the height that each takes, the space behind it included. `more`: says that the page
    has more than this."""
    plain = {"fontName": font, "wordWrap": "CJK", "textColor": _INK}
    large = size * 1.6
    on_one_line = large * (_INNER - 2) / stringWidth(sheet.title, font, large)
    large = on_one_line if size * 1.2 < on_one_line < large else large
    title = ParagraphStyle(
        "title", fontSize=large, leading=large * 1.3, alignment=TA_CENTER, spaceAfter=size, **plain
    )
    words = ParagraphStyle("words", fontSize=size, leading=size * 1.6, spaceAfter=0, **plain)
    last = ParagraphStyle("last", parent=words, spaceAfter=size * 0.6)  # of what belongs together
    signed = ParagraphStyle("signed", parent=last, alignment=TA_RIGHT)
    parts = [Paragraph(escape(sheet.title), title)]
    for block in filter(None, map(str.splitlines, sheet.body.split("\n\n"))):
        parts += [Paragraph(escape(line), words) for line in block[:-1]]
        parts.append(Paragraph(escape(block[-1]), last))
    if more:
        parts.append(Paragraph(escape(_words()["more"]), last))
    parts.append(Paragraph(escape(sheet.signed), signed))
    return [(part, part.wrap(_INNER, _HEIGHT)[1] + part.style.spaceAfter) for part in parts]


def _draw_group(canvas: Canvas, sheet: GroupSheet, font: str) -> None:
    draw_code(canvas, matrix_of(sheet.url), (_WIDTH - _CODE) / 2, 14 * mm, _CODE, _INK)
    canvas.setFillColor(_GREY)
    canvas.setFont(font, 13)
    canvas.drawCentredString(_WIDTH / 2, 14 * mm + _CODE - 1 * mm, _words()["scan"])
    canvas.setFont(font, 12)
    canvas.drawCentredString(_WIDTH / 2, 8 * mm, sheet.group[:60])


def _label(entry: Any) -> str:
    return str(entry["label"] if isinstance(entry, dict) else entry)


def _words() -> dict[str, Any]:
    return table("labels/notice_sheet.toml")
