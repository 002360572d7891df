"""What a clerk wrote into a cell, read as what the column means."""

import re
import unicodedata
from collections.abc import Callable, Collection
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from models.place.hours import Hours
from models.town import shape
from models.town.shape import Column, Kind
from models.town.workbook import Cell

TEXT_LIMIT = 200
PROSE_LIMIT = 600
MOST_AREA = 1_000_000  # m²
MOST_PRICE = 10_000  # yuan a month and m²
CENTIMETRE = 7  # decimals of a degree

_FULL_WIDTH = {
    code: code - 0xFEE0 for start, end in ("０９", "ＡＺ", "ａｚ") for code in range(ord(start), ord(end) + 1)
}
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")
_BLANK = " \u3000\xa0\u200b\ufeff"
_FORMULA_ERROR = re.compile(r"#(?:REF!|N/A|NAME\?|VALUE!|DIV/0!|NULL!|NUM!)")
_MOBILE = re.compile(r"1[0-9]{10}")
_DATE = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})\D?")
_MONEY = re.compile(r"-?\d{1,12}(?:\.\d{1,2})?")
_NOISE = Decimal("0.000001")  # a sum that Excel worked out is off by so much
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}(?:\.[0-9]{1,20})?")


class Fault(Exception):  # noqa: N818 - becomes a Problem with its sheet, row and column
    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def read(column: Column, cell: Cell) -> Any:
    """The cell's value as the column means it: str, list[str], int, float, date, bool (in use?) or None
    when empty.

    Raises Fault.
    """
    if column.kind is Kind.DATE and isinstance(cell, tuple) and len(cell) == 2:
        cell = cell[1]
    written = text(cell)
    if not written:
        if column.required:
            raise Fault("required")
        return _EMPTY.get(column.kind)
    if column.kind is Kind.MONEY:
        return _sum(column, cell)
    return _READERS[column.kind](column, written)


def text(cell: Cell) -> str:
    """Trimmed, full-width digits and letters made plain; the number 3 and 3.0 are the text "3"."""
    if isinstance(cell, str):
        return _clean(cell)
    if cell is None:
        return ""
    if isinstance(cell, tuple):
        raise Fault("date")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


@lru_cache(maxsize=8192)
def _clean(written: str) -> str:
    if _FORMULA_ERROR.fullmatch(written):
        raise Fault("formula_error", value=written)
    return _CONTROL.sub(" ", written.translate(_FULL_WIDTH)).strip(_BLANK)


def plain(column: Column, written: str) -> str:
    """Without 号楼, 单元 or 室 behind the number."""
    if column.spoken:
        for suffix in shape.words()["suffixes"][column.spoken]:
            rest = written.removesuffix(suffix).rstrip(_BLANK)
            if rest != written and rest[-1:].isascii() and rest[-1:].isalnum():
                return rest
    return written


def _text(column: Column, written: str) -> str:
    if len(written) > TEXT_LIMIT:
        raise Fault("too_much_text", limit=TEXT_LIMIT)
    return plain(column, written)


def _prose(column: Column, written: str) -> str:
    if len(written) > PROSE_LIMIT:
        raise Fault("too_much_text", limit=PROSE_LIMIT)
    return written


def _date(column: Column, written: str) -> date:
    found = _DATE.fullmatch(written)
    try:
        return date(*map(int, found.groups())) if found else date.fromisoformat(written)
    except ValueError:
        raise Fault("not_a_day", value=written[:40]) from None


def _hours(column: Column, written: str) -> str:
    if Hours.read(written) is None:
        raise Fault("hours_unclear", value=written[:40])
    return written


def _list(column: Column, written: str) -> list[str]:
    parts = [part.strip(_BLANK) for part in re.split(f"[{shape.words()['separators']}]", written)]
    found: list[str] = []
    for part in parts:
        if not part:
            continue
        if part in found:
            raise Fault("twice_in_cell", value=part)
        found.append(_text(column, part))
    return found


def _number(written: str) -> Decimal:
    written = unicodedata.normalize("NFKC", written)
    try:
        value = Decimal(written) if _NUMBER.fullmatch(written) or "e" in written.lower() else None
    except InvalidOperation:
        value = None
    if value is None or not value.is_finite():
        raise Fault("not_a_number", value=written[:40])
    return value


def _between(written: str, low: int, high: int) -> Decimal:
    value = _number(written)
    if not low <= value <= high:
        raise Fault("out_of_range", value=written[:40], low=low, high=high)
    return value


def _whole(column: Column, written: str) -> int:
    value = _number(written)
    if value != value.to_integral_value():
        raise Fault("not_whole", value=written[:40])
    return int(_between(written, 0, column.most))


def _scaled(value: Decimal, by: int) -> int:
    return int((value * by).to_integral_value(ROUND_HALF_UP))


def _sum(column: Column, cell: Cell) -> int:
    fen = money(cell) or 0
    if not 0 <= fen <= column.most:
        raise Fault("out_of_range", value=text(cell)[:40], low=0, high=column.most // 100)
    return fen


def money(cell: Cell) -> int | None:
    """Yuan in fen, None for an empty cell. Raises Fault for what is no sum with two decimals at most."""
    written = text(cell)
    if not written:
        return None
    if isinstance(cell, float):
        exact = Decimal(written)
        rounded = round(exact, 2)
        written = str(rounded) if abs(exact - rounded) <= _NOISE else written
    if not _MONEY.fullmatch(written):
        raise Fault("not_a_sum", value=written[:40])
    return int(Decimal(written) * 100)


def _mobile(column: Column, written: str) -> str:
    if not _MOBILE.fullmatch(written):
        raise Fault("not_a_mobile", value=written[:40])
    return written


def _choice(column: Column, written: str) -> str:
    known = shape.codes(column.choices or "")
    if written not in known:
        near_miss = _near_choice(written[:40], column.choices or "")
        raise Fault("unknown_choice", value=written[:40], near=near_miss, choices=list(known))
    return known[written]


@lru_cache(maxsize=1024)
def _near_choice(written: str, choices: str) -> str | None:
    return near(written, shape.codes(choices))


def _choices(column: Column, written: str) -> list[str]:
    return [_choice(column, part) for part in _list(column, written)]


def _status(column: Column, written: str) -> bool:
    words: dict[str, str] = shape.words()["status"]
    if written not in words.values():
        raise Fault("unknown_choice", value=written[:40], near=None, choices=list(words.values()))
    return written == words["active"]


def near(written: str, known: Collection[str]) -> str | None:
    """The known word that it was perhaps meant to be."""
    found = get_close_matches(written[:40], known, n=1, cutoff=0.5)
    return found[0] if found else None


_EMPTY: dict[Kind, Any] = {Kind.LIST: [], Kind.CHOICES: [], Kind.STATUS: True}
_READERS: dict[Kind, Callable[[Column, str], Any]] = {
    Kind.TEXT: _text,
    Kind.LIST: _list,
    Kind.WHOLE: _whole,
    Kind.AREA: lambda column, written: _scaled(_between(written, 0, MOST_AREA), 100),
    Kind.PRICE: lambda column, written: _scaled(_between(written, 0, MOST_PRICE), 10_000),
    Kind.LONGITUDE: lambda column, written: round(float(_between(written, -180, 180)), CENTIMETRE),
    Kind.LATITUDE: lambda column, written: round(float(_between(written, -90, 90)), CENTIMETRE),
    Kind.MOBILE: _mobile,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.STATUS: _status,
    Kind.PROSE: _prose,
    Kind.DATE: _date,
    Kind.HOURS: _hours,
}


def shown(column: Column, value: Any) -> str:
    """The other way: what the cell of an export holds. Reading it gives the same value again."""
    if value is None or value == []:
        return ""
    match column.kind:
        case Kind.LIST:
            return str(shape.words()["separator"].join(value))
        case Kind.CHOICES:
            labels = shape.labels(column.choices or "")
            return str(shape.words()["separator"].join(labels[code] for code in value))
        case Kind.CHOICE:
            return shape.labels(column.choices or "")[value]
        case Kind.AREA:
            return _decimal(value, 100)
        case Kind.PRICE:
            return _decimal(value, 10_000)
        case Kind.STATUS:
            return str(shape.words()["status"]["active" if value else "inactive"])
        case Kind.LONGITUDE | Kind.LATITUDE:
            return format(Decimal(repr(value)), "f")
        case Kind.DATE:
            return str(value.isoformat())
        case _:
            return str(value)


def _decimal(value: int, by: int) -> str:
    written = format(Decimal(value) / by, "f")
    return written.rstrip("0").rstrip(".") if "." in written else written
