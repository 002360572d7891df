"""Where it is: estate, building, unit, floor and room, as far as the message itself says.

The estate is found first (gazetteer.py), numbers that are no place are crossed out (masks.py), and the rest
is read from the largest to the smallest (marks.py); what was read is never read twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from models.base.resources import table
from models.understanding import numerals
from models.understanding.gazetteer import Gazetteer
from models.understanding.marks import READ, Marks, marks
from models.understanding.masks import crossed_out
from models.understanding.normal import normal
from models.understanding.patterns import any_of


@dataclass(frozen=True, slots=True)
class Place:
    """What the message says about the place; numbers are strings, a letter stays (``"A3"``)."""

    estate: str | None = None
    building: str | None = None
    unit: str | None = None
    floor: str | None = None
    room: str | None = None

    def __bool__(self) -> bool:
        return bool(self.estate or self.building or self.unit or self.floor or self.room)


NOWHERE = Place()

_LONGEST_ANSWER = 40
_HIGHEST_FLOOR = 60
_MOST_UNITS = 30


def place_in(text: str, gazetteer: Gazetteer) -> Place:
    """The first place that a normalised sentence names."""
    return _read(text, gazetteer)[0]


def place_words(text: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    """The pieces of a normalised sentence that were read as its place, in their order; for ``--explain``."""
    rest = _read(text, gazetteer)[1]
    pieces: list[str] = []
    last = -1
    for at, (sign, left) in enumerate(zip(text, rest, strict=True)):
        if sign != left:
            if last == at - 1 and pieces:
                pieces[-1] += sign
            else:
                pieces.append(sign)
            last = at
    return tuple(pieces)


def place_only(text: str, gazetteer: Gazetteer, asked: str | None = None) -> Place | None:
    """The place when the whole message is nothing but a place (二单元, 3-2-501, 育英3号楼), else None.

    ``asked`` is the field that was asked for (``"unit"`` …): then a bare number answers it.
    """
    text = normal(text)
    if len(text) > _LONGEST_ANSWER:
        return None
    if asked and re.fullmatch(rf"[A-Za-z]?\d{{1,4}}|[{numerals.signs()}]{{1,5}}", text):
        value = _room_number(text) if asked == "room" else _counted(text)
        return Place(**{asked: value}) if value else None
    place, rest = _read(text, gazetteer)
    return place if place and not _fillers().sub("", rest) else None


@cache
def _fillers() -> re.Pattern[str]:
    return re.compile(rf"{any_of(table('lexicon/place.toml')['answer']['fillers'])}|\W+")


def _counted(text: str) -> str | None:
    """A building's, unit's or floor's number: ``十二`` → ``"12"``, ``a3`` → ``"A3"``; None for zero."""
    letter = text[0].upper() if text[0].isascii() and text[0].isalpha() else ""
    digits = text[len(letter) :]
    if not digits:
        return letter
    while (pair := numerals.spoken(digits[-2:])) and not digits.isascii() and "0" < pair[0] < pair[1:]:
        digits = digits[:-1]  # 二三楼 and 十一二楼 are two floors, the first counts
    value = numerals.number(digits)
    return f"{letter}{value}" if value else None


def _room_number(text: str) -> str | None:
    """A room's number, digit by digit or as 十一零二; None when it begins with zero."""
    digits = numerals.spoken(text) or numerals.floor_and_door(text)
    return digits if digits and digits[0] != "0" else None


def _is_room(digits: str) -> bool:
    """Whether a bare number looks like one: a floor that exists, then a door from 01 to 12."""
    return (
        digits not in marks().not_a_room
        and 1 <= int(digits[:-2]) <= _HIGHEST_FLOOR
        and 1 <= int(digits[-2:]) <= 12
    )


def _read(text: str, gazetteer: Gazetteer) -> tuple[Place, str]:
    """The place, and the sentence with READ over all that was read as place; nothing else is changed."""
    found = gazetteer.find(text)
    if not found and not marks().worth_a_look.search(text):
        return NOWHERE, text
    reading = _Reading(text, found.start if found else -1, found.end if found else -1)
    reading.numbers()
    reading.floors()
    if reading.room is None:
        reading.rooms()
    place = Place(found.name if found else None, reading.building, reading.unit, reading.floor, reading.room)
    return place, "".join(
        READ if left == READ else sign for sign, left in zip(text, reading.rest, strict=True)
    )


class _Reading:
    """One sentence on its way: what was read so far and what is left."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.building: str | None = None
        self.unit: str | None = None
        self.floor: str | None = None
        self.room: str | None = None
        self.behind_estate = end
        # An estate's own characters are no numerals and no marks.
        self.rest = crossed_out(text if end < 0 else f"{text[:start]}{READ * (end - start)}{text[end:]}")
        self.marks: Marks = marks()

    def take(self, match: re.Match[str], start: int | None = None) -> None:
        """Cover what was read."""
        begin = match.start() if start is None else start
        self.rest = f"{self.rest[:begin]}{READ * (match.end() - begin)}{self.rest[match.end() :]}"

    def numbers(self) -> None:
        """Building and unit, and a room that a dash joins to them."""
        triple = self.marks.triple.search(self.rest)
        if triple and (room := _room_number(triple["room"] or triple["room2"])):
            self.building, self.room = _counted(triple["building"]), room
            self.unit = _counted(triple["unit"] or triple["unit2"])
            self.take(triple)
            return
        if end := self._building():
            self._joined(end)
        if self.unit is None:
            self._unit(end)
        if self.room is None:
            self._double()

    def _building(self) -> int:
        """Reads it; where it ends, or 0."""
        found = self.marks.building.search(self.rest)
        if not found and self.behind_estate >= 0:
            found = self.marks.building_behind_estate.match(self.rest, self.behind_estate)
        found = found or self.marks.building_with_room.search(self.rest)
        self.building = _counted(next(group for group in found.groups() if group)) if found else None
        if not found or not self.building:
            return 0
        self.take(found)
        return found.end()

    def _joined(self, end: int) -> None:
        """Unit and room directly behind a building: 3#2-501, 3栋二门, 3栋A座."""
        if joined := self.marks.unit_room.match(self.rest, end):
            self.unit, self.room = _counted(joined[1]), _room_number(joined[2])
            if self.unit or self.room:
                self.take(joined)
        elif short := self.marks.unit_behind.match(self.rest, end):
            self.unit = _counted(short[1] or short[2])
            if self.unit:
                self.take(short)

    def _unit(self, building_end: int) -> None:
        for said in self.marks.unit.finditer(self.rest):
            value = _counted(said[1])
            if said[1] in numerals.amounts() and not self.rest[: said.start()].endswith(READ):
                continue  # 两单元之间, but 3栋两单元
            if value and (not value.isdigit() or int(value) <= _MOST_UNITS):
                self.unit = value
                self.take(said)
                return
        if not building_end and self.behind_estate >= 0:
            self._joined(self.behind_estate)

    def _double(self) -> None:
        pair = self.marks.double.search(self.rest)
        last = _room_number(pair[2]) if pair else None
        if not pair or not last:
            return
        if len(last) >= 3 and _is_room(last):
            if len(pair[1]) >= 3 and (first := _room_number(pair[1])):
                self.room = first  # 501-503
                self.take(pair)
                return
            self.room = last
            if self.building is None:
                self.building = _counted(pair[1])
            elif self.unit is None:
                self.unit = _counted(pair[1])
            self.take(pair)
        elif self.building is None and self.unit is None and pair.start() - self.behind_estate in (0, 1):
            self.building, self.unit = _counted(pair[1]), last
            self.take(pair)

    def floors(self) -> None:
        """The first floor that is a place and no count."""
        for match in self.marks.floor.finditer(self.rest):
            value = _counted(match[1])
            if value and (not value.isdigit() or int(value) <= _HIGHEST_FLOOR):
                self.floor = value
                self.take(match)
                return

    def rooms(self) -> None:
        """A room by its mark, behind something read, spoken digit by digit, or a bare number like one."""
        for pattern in (self.marks.marked_room, self.marks.room_behind, self.marks.spoken_room):
            found = pattern.search(self.rest)
            spoken = pattern is self.marks.spoken_room
            if found and (value := self._as_room(found)) and (not spoken or _is_room(value)):
                self.room = value
                self.take(found)
                return
        for match in self.marks.bare_room.finditer(self.rest):
            beside_a_place = self.rest[: match.start()].rstrip(self.marks.around).endswith(READ)
            digits = match[1]
            if digits[0] != "0" and (_is_room(digits) or (beside_a_place and digits[-2:] != "00")):
                self.room = digits
                self.take(match)
                return

    @staticmethod
    def _as_room(found: re.Match[str]) -> str | None:
        written = next(group for group in found.groups() if group)
        return written if written[-1].isascii() and written[-1].isalpha() else _room_number(written)
