"""Attachments for tests: whole ones of every form, and ones that are not what they say."""

import io
import random
import zipfile
from itertools import pairwise
from xml.sax.saxutils import escape

from openpyxl import Workbook
from reportlab.pdfgen.canvas import Canvas

WORD, SLIDES = "word/document.xml", "ppt/presentation.xml"
_NAMES = {
    WORD: "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    SLIDES: "http://schemas.openxmlformats.org/drawingml/2006/main",
}


def pdf(words: str = "A form", *, password: str | None = None, script: str | None = None) -> bytes:
    written = io.BytesIO()
    canvas = Canvas(written, encrypt=password, invariant=True)
    canvas.drawString(90, 700, words)
    canvas.save()
    made = written.getvalue()
    return (
        made
        if script is None
        else made.replace(b"/Catalog", b"/Catalog /OpenAction << " + script.encode() + b" >>")
    )


def sheet(*rows: list[object]) -> bytes:
    book = Workbook()
    page = book.active
    assert page is not None
    for row in rows or (["楼栋", "时间"], ["3号楼", "周二"]):
        page.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def office(*paragraphs: str, main: str = WORD, **more: bytes) -> bytes:
    """A .docx or .pptx with these paragraphs; `more` are further parts by name, __ for /."""
    space = _NAMES[main]
    lines = "".join(f"<w:p><w:r><w:t>{one}</w:t></w:r></w:p>" for one in paragraphs)
    parts = {
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        main: f'<w:document xmlns:w="{space}"><w:body>{lines}</w:body></w:document>'.encode(),
    } | {name.replace("__", "/"): content for name, content in more.items()}
    return zipped(parts)


def in_runs(text: str, dice: random.Random, main: str = WORD) -> bytes:
    """One paragraph, cut into runs wherever the writing program liked."""
    cuts = sorted(dice.sample(range(len(text) + 1), min(5, len(text))))
    pieces = [text[a:b] for a, b in pairwise([0, *cuts, len(text)])]
    return office("</w:t></w:r><w:r><w:t>".join(escape(one) for one in pieces), main=main)


def zipped(parts: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return written.getvalue()
