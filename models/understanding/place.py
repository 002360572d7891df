"""Where it is: estate, building, unit, floor and room, as far as the message itself says.

The marks (号楼, 单元 …) and the neighbours that make a number something else are data: lexicon/place.toml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from models.base.resources import table
from models.understanding import numerals
from models.understanding.gazetteer import Gazetteer
from models.understanding.normal import normal
from models.understanding.patterns import any_of, not_after


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


@dataclass(frozen=True, slots=True)
class _Grammar:
    """The compiled patterns; every one is linear in the length of the sentence."""

    worth_a_look: re.Pattern[str]
    masked: re.Pattern[str]
    triple: re.Pattern[str]
    double: re.Pattern[str]
    building: re.Pattern[str]
    building_number: re.Pattern[str]
    unit: re.Pattern[str]
    unit_room: re.Pattern[str]
    floor: re.Pattern[str]
    marked_room: re.Pattern[str]
    spoken_room: re.Pattern[str]
    bare_room: re.Pattern[str]


@cache
def _grammar() -> _Grammar:
    data = table("lexicon/place.toml")
    marks: dict[str, list[str]] = data["marks"]
    beside: dict[str, list[str]] = data["neighbours"]
    chinese = "".join(data["numerals"]) + "".join(data["tens"])
    spoken = "".join(data["numerals"])
    count = rf"(?:\d{{1,3}}|[{chinese}]{{1,5}})"
    begin = rf"(?<![\dA-Za-z.{chinese}])"
    unit, building, floor = any_of(marks["unit"]), any_of(marks["building"]), any_of(marks["floor"])
    pair = rf"(?:\s*{any_of(marks['pair'])}\s*{count})?"
    dash = r"\s?[-/.·~_]\s?"
    uncounted = not_after(beside["not_before_building"])
    uncounted = rf"(?:{uncounted}|(?<={any_of(beside['yet_before_building'])}))"
    high = rf"(?<!{re.escape(marks['floor'][0])}){re.escape(marks['floor'][0])}"  # 六层楼, but 一楼楼道
    zeroed = "[" + "".join(sign for sign, value in data["numerals"].items() if value == 0) + "]"
    no_room_behind = rf"(?![\d%A-Za-z*:.])(?!{any_of(beside['not_after_room'])})"
    return _Grammar(
        worth_a_look=re.compile(rf"[\dA-Za-z{chinese}]"),
        masked=re.compile(r"\d{5,}|\d{0,4}\*[\d*]+|\d{3,4}-\d{7,8}"),
        triple=re.compile(
            rf"(?<![\d.])([A-Za-z]?\d{{1,3}}|[{chinese}]{{1,3}}){dash}(\d{{1,2}}|[{chinese}]{{1,2}}){dash}"
            rf"(\d{{3,4}}|[{spoken}]{{3,4}})(?!\d)"
        ),
        double=re.compile(
            rf"(?<![\d.\-])([A-Za-z]?\d{{1,3}}|[{chinese}]{{1,3}})\s?-\s?(\d{{1,4}}|[{spoken}]{{1,4}})"
            rf"(?![\d\-%]|{floor}|{building}|\s?{any_of(beside['not_after_room'])})"
        ),
        building=re.compile(
            rf"(?:{begin}{uncounted}(?P<number>[A-Za-z]?\d{{1,3}}|[{chinese}]{{1,5}})"
            rf"(?:{pair}\s?{building}(?!{any_of(beside['not_after_building'])})"
            rf"|\s?(?:{any_of(marks['building_before_unit'])}|\s)\s?(?={count}\s?{unit})))"
            rf"|(?<![A-Za-z\d])(?P<letter>[A-Za-z]\d{{0,2}})\s?{any_of(marks['lettered_building'])}"
        ),
        building_number=re.compile(
            rf"[\s,的]?([A-Za-z]?\d{{1,3}}|[{chinese}]{{1,3}})\s?号(?!\s?{any_of(beside['not_after_building_number'])})"
        ),
        unit=re.compile(rf"{begin}({count}){pair}\s?{unit}"),
        unit_room=re.compile(rf"\s?(\d{{1,2}}|[{chinese}]{{1,2}})\s?-\s?(\d{{3,4}}|[{spoken}]{{3,4}})(?!\d)"),
        floor=re.compile(
            rf"{begin}{not_after(beside['not_before_floor'])}({count}){pair}\s?{floor}"
            rf"(?!{any_of(beside['not_after_floor'])}|{high}(?!{any_of(beside['after_floor_of_stairs'])}))"
        ),
        marked_room=re.compile(rf"(?<![\dA-Za-z.])(\d{{3,4}}|[{spoken}]{{3,4}})\s?{any_of(marks['room'])}"),
        spoken_room=re.compile(
            rf"(?<![{chinese}\d])(?=[{spoken}]*{zeroed})([{spoken}]{{3,4}})(?![{chinese}])(?!{any_of(beside['not_after_room'])})"
        ),
        bare_room=re.compile(
            rf"{not_after(beside['not_before_room'])}(?<![\dA-Za-z.:])(\d{{3,4}}){no_room_behind}"
        ),
    )


def _counted(text: str) -> str | None:
    """A building's, unit's or floor's number: ``十二`` → ``"12"``, ``a3`` → ``"A3"``; None for zero."""
    letter = text[0].upper() if text[0].isascii() and text[0].isalpha() else ""
    digits = text[len(letter) :]
    if not digits:
        return letter
    if len(digits) == 2 and not digits.isascii() and (pair := numerals.spoken(digits)) and pair[0] < pair[1]:
        return pair[0]  # 二三楼 is two floors, not the 23rd
    value = numerals.number(digits)
    return f"{letter}{value}" if value else None


def _spoken(text: str) -> str | None:
    """A room's number, digit by digit; None when it begins with zero."""
    digits = numerals.spoken(text)
    return digits if digits and digits[0] != "0" else None


def _is_room(digits: str, never: list[str]) -> bool:
    """Whether a bare number looks like one: a floor that exists, then a door from 01 to 12."""
    return digits not in never and 1 <= int(digits[:-2]) <= _HIGHEST_FLOOR and 1 <= int(digits[-2:]) <= 12


def place_in(text: str, gazetteer: Gazetteer) -> Place:
    """The first place that a normalised sentence names."""
    return _read(text, gazetteer)[0]


def place_only(text: str, gazetteer: Gazetteer, asked: str | None = None) -> Place | None:
    """The place when the whole message is nothing but a place (二单元, 3-2-501, 育英3号楼), else None.

    ``asked`` is the field that was asked for (``"unit"`` …): then a bare number answers it.
    """
    text = normal(text)
    if len(text) > _LONGEST_ANSWER:
        return None
    if asked and re.fullmatch(rf"[A-Za-z]?\d{{1,4}}|[{numerals.signs()}]{{1,5}}", text):
        value = _spoken(text) if asked == "room" else _counted(text)
        return Place(**{asked: value}) if value else None
    place, rest = _read(text, gazetteer)
    return place if place and not _fillers().sub("", rest) else None


@cache
def _fillers() -> re.Pattern[str]:
    return re.compile(rf"{any_of(table('lexicon/place.toml')['answer']['fillers'])}|\W+")


def _read(text: str, gazetteer: Gazetteer) -> tuple[Place, str]:
    """The place, and the sentence with semicolons over all that was read as place."""
    found = gazetteer.find(text)
    grammar = _grammar()
    if not grammar.worth_a_look.search(text) and not found:
        return NOWHERE, text
    after = -1
    if found:  # its own characters are no numerals and no marks
        text = f"{text[: found.start]}{';' * (found.end - found.start)}{text[found.end :]}"
        after = found.end
    text = grammar.masked.sub(lambda run: ";" * len(run[0]), text)
    building, unit, room, text = _numbers(text, after, grammar)
    floor, text = _floor(text, grammar)
    if room is None:
        room, text = _room(text, grammar)
    return Place(found.name if found else None, building, unit, floor, room), text


def _numbers(
    text: str, after_estate: int, grammar: _Grammar
) -> tuple[str | None, str | None, str | None, str]:
    """Building, unit, a room joined to them by a dash, and the text without what was read."""
    triple = grammar.triple.search(text)
    if triple:
        return _counted(triple[1]), _counted(triple[2]), _spoken(triple[3]), _without(text, triple)
    building = unit = room = None
    marked = grammar.building.search(text)
    if not marked and after_estate >= 0:
        marked = grammar.building_number.match(text, after_estate)
    if marked:
        building = _counted(next(group for group in marked.groups() if group))
        joined = grammar.unit_room.match(text, marked.end())
        if joined:
            return building, _counted(joined[1]), _spoken(joined[2]), _without(text, joined, marked.start())
        text = _without(text, marked)
    said = grammar.unit.search(text)
    if said and (value := _counted(said[1])) and (not value.isdigit() or int(value) <= _MOST_UNITS):
        unit, text = value, _without(text, said)
    pair = grammar.double.search(text)
    if pair:
        last = _spoken(pair[2])
        if last and len(last) >= 3 and _is_room(last, []):
            room = last
            if building is None:
                building = _counted(pair[1])
            elif unit is None:
                unit = _counted(pair[1])
            text = _without(text, pair)
        elif building is None and unit is None and last and pair.start() - after_estate in (0, 1):
            building, unit, text = _counted(pair[1]), last, _without(text, pair)
    return building, unit, room, text


def _without(text: str, match: re.Match[str], start: int | None = None) -> str:
    begin = match.start() if start is None else start
    return f"{text[:begin]}{';' * (match.end() - begin)}{text[match.end() :]}"


def _floor(text: str, grammar: _Grammar) -> tuple[str | None, str]:
    for match in grammar.floor.finditer(text):
        value = _counted(match[1])
        if value and (not value.isdigit() or int(value) <= _HIGHEST_FLOOR):
            return value, _without(text, match)
    return None, text


def _room(text: str, grammar: _Grammar) -> tuple[str | None, str]:
    marked = grammar.marked_room.search(text) or grammar.spoken_room.search(text)
    if marked and (value := _spoken(marked[1])):
        return value, _without(text, marked)
    never: list[str] = table("lexicon/place.toml")["neighbours"]["not_a_room"]
    for match in grammar.bare_room.finditer(text):
        beside_a_place = text[: match.start()].rstrip(" ,的").endswith(";")
        digits = match[1]
        if digits[0] != "0" and (_is_room(digits, never) or (beside_a_place and digits[-2:] != "00")):
            return digits, _without(text, match)
    return None, text
