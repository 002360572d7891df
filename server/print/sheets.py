"""A4 sheets for unit doors: large type, one code, three steps, who answers, whom to call (rows 8 and 20)."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from models.base.resources import table
from server.print.codes import QUIET, draw_code, matrix_of

_INK, _GREY = HexColor("#1f2a30"), HexColor("#5b6870")
_BAND, _PALE, _ALARM = HexColor("#0b6e5a"), HexColor("#eef5f2"), HexColor("#b3261e")
_WHITE = HexColor("#ffffff")
_MARGIN = 15 * mm
_WIDTH, _HEIGHT = A4
_INNER = _WIDTH - 2 * _MARGIN
_CODE = 86 * mm


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    role: str
    phone: str | None


@dataclass(frozen=True, slots=True)
class DoorSheet:
    """Everything on one sheet. `mark` tells stickers apart by eye; `unit` is "" where a building has none."""

    url: str
    mark: str
    community: str
    estate: str
    building: str
    unit: str
    people: tuple[Person, ...]

    @property
    def door(self) -> str:
        words = _words()
        name: str = words["building"].format(building=self.building)
        return f"{name} {words['unit'].format(unit=self.unit)}" if self.unit else name

    @property
    def file_name(self) -> str:
        """Without what no file system takes."""
        pattern = _words()["file" if self.unit else "file_without_unit"]
        name = pattern.format(estate=self.estate, building=self.building, unit=self.unit)
        return "".join("_" if sign in '/\\:*?"<>|' or ord(sign) < 32 else sign for sign in name)


def pdf(sheets: Iterable[DoorSheet], font: str) -> bytes:
    """One page a sheet."""
    written = io.BytesIO()
    _write(sheets, written, font)
    return written.getvalue()


def write_pdf(sheets: Iterable[DoorSheet], path: Path, font: str) -> int:
    """One page a sheet; returns how many."""
    return _write(sheets, str(path), font)


def _write(sheets: Iterable[DoorSheet], target: str | io.BytesIO, font: str) -> int:
    canvas = Canvas(target, pagesize=A4, pageCompression=1)
    canvas.setTitle(_words()["title"])
    count = 0
    for sheet in sheets:
        _Page(canvas, font, sheet).draw()
        canvas.showPage()
        count += 1
    canvas.save()
    return count


class _Page:
    def __init__(self, canvas: Canvas, font: str, sheet: DoorSheet) -> None:
        self._canvas = canvas
        self._font = font
        self._sheet = sheet

    def draw(self) -> None:
        words, sheet = _words(), self._sheet
        self._box(0, _HEIGHT - 42 * mm, _WIDTH, 42 * mm, _BAND)
        self._centred(words["title"], _HEIGHT - 22 * mm, 34, _WHITE)
        self._centred(words["subtitle"], _HEIGHT - 34 * mm, 15, _WHITE)
        self._centred(sheet.estate, _HEIGHT - 64 * mm, 46, _INK)
        self._centred(sheet.door, _HEIGHT - 89 * mm, 58, _BAND)
        self._code(_HEIGHT - 94 * mm - _CODE)
        self._steps(_HEIGHT - 212 * mm)
        self._who(_HEIGHT - 251 * mm)
        self._emergency(15 * mm)
        foot = words["foot"].format(community=sheet.community, mark=sheet.mark)
        self._centred(foot, 7.5 * mm, 10, _GREY)

    def _code(self, bottom: float) -> None:
        draw_code(self._canvas, matrix_of(self._sheet.url), (_WIDTH - _CODE) / 2, bottom, _CODE, _INK)

    def _steps(self, bottom: float) -> None:
        steps: list[dict[str, str]] = _words()["steps"]
        width = _INNER / len(steps)
        for place, step in enumerate(steps):
            middle = _MARGIN + (place + 0.5) * width
            self._canvas.setFillColor(_BAND)
            self._canvas.circle(middle - 19 * mm, bottom + 21.5 * mm, 5.5 * mm, stroke=0, fill=1)
            self._text(str(place + 1), middle - 19 * mm, bottom + 19.2 * mm, 18, _WHITE, width)
            self._text(step["title"], middle + 4 * mm, bottom + 18.2 * mm, 26, _INK, width)
            self._text(step["text"], middle, bottom + 8 * mm, 15, _GREY, width - 2 * mm)

    def _who(self, bottom: float) -> None:
        words, sheet = _words(), self._sheet
        height = 38 * mm
        self._box(_MARGIN, bottom, _INNER, height, _PALE, radius=3 * mm)
        self._text(words["who"], _WIDTH / 2, bottom + height - 9 * mm, 15, _GREY, _INNER)
        people = sheet.people[:2]
        if not people:
            self._text(
                words["nobody"].format(community=sheet.community),
                _WIDTH / 2,
                bottom + 11 * mm,
                28,
                _INK,
                _INNER - 10 * mm,
            )
            return
        width = _INNER / len(people)
        for place, person in enumerate(people):
            middle = _MARGIN + (place + 0.5) * width
            named = f"{person.role}　{person.name}"
            self._text(named, middle, bottom + 17.5 * mm, 20, _INK, width - 8 * mm)
            if person.phone:
                self._text(_spaced(person.phone), middle, bottom + 6.5 * mm, 24, _BAND, width - 8 * mm)

    def _emergency(self, bottom: float) -> None:
        words = _words()
        height = 27 * mm
        self._canvas.setStrokeColor(_ALARM)
        self._canvas.setLineWidth(1.2)
        self._canvas.roundRect(_MARGIN, bottom, _INNER, height, 3 * mm, stroke=1, fill=0)
        self._text(words["emergency"], _WIDTH / 2, bottom + height - 8 * mm, 14, _ALARM, _INNER)
        numbers: list[dict[str, str]] = words["numbers"]
        width = _INNER / len(numbers)
        for place, entry in enumerate(numbers):
            middle = _MARGIN + (place + 0.5) * width
            self._text(entry["number"], middle - 7 * mm, bottom + 5.5 * mm, 28, _ALARM, width)
            self._text(entry["label"], middle + 11 * mm, bottom + 6.5 * mm, 14, _INK, width)

    def _centred(self, text: str, y: float, size: float, colour: Any) -> None:
        self._text(text, _WIDTH / 2, y, size, colour, _INNER)

    def _text(self, text: str, middle: float, y: float, size: float, colour: Any, room: float) -> None:
        """Centred on `middle`; smaller when it would not fit into `room`."""
        width = stringWidth(text, self._font, size)
        if width > room:
            size *= room / width
        self._canvas.setFillColor(colour)
        self._canvas.setFont(self._font, size)
        self._canvas.drawCentredString(middle, y, text)

    def _box(self, x: float, y: float, width: float, height: float, colour: Any, radius: float = 0) -> None:
        self._canvas.setFillColor(colour)
        self._canvas.roundRect(x, y, width, height, radius, stroke=0, fill=1)


def write_pictures(sheets: Iterable[DoorSheet], folder: Path, font: Path | None) -> int:
    """One PNG a door, named after it, its place written below; returns how many."""
    folder.mkdir(parents=True, exist_ok=True)
    type_face = ImageFont.truetype(str(font), 44) if font else None
    taken: dict[str, int] = {}
    count = 0
    for sheet in sheets:
        name = sheet.file_name
        taken[name] = taken.get(name, 0) + 1
        if taken[name] > 1:  # two estates of one name
            name = f"{name}-{taken[name]}"
        _picture(sheet, type_face).save(folder / f"{name}.png")
        count += 1
    return count


def _picture(sheet: DoorSheet, type_face: Any) -> Image.Image:
    matrix = matrix_of(sheet.url)
    module = 20
    side = (len(matrix) + 2 * QUIET) * module
    picture = Image.new("L", (side, side + (90 if type_face else 0)), 255)
    pen = ImageDraw.Draw(picture)
    for row, modules in enumerate(matrix):
        for column, dark in enumerate(modules):
            if dark:
                x, y = (column + QUIET) * module, (row + QUIET) * module
                pen.rectangle((x, y, x + module - 1, y + module - 1), fill=0)
    if type_face:
        pen.text((side / 2, side), f"{sheet.estate} {sheet.door}", font=type_face, fill=0, anchor="ma")
    return picture


def _spaced(phone: str) -> str:
    """A mobile number in the groups in which people read it."""
    return f"{phone[:3]} {phone[3:7]} {phone[7:]}" if len(phone) == 11 and phone.isdigit() else phone


def _words() -> dict[str, Any]:
    return table("labels/door_sheet.toml")
