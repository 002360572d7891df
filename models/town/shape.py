"""The shape of the town's workbook: its sheets, columns, keys and what may stand in a cell.

The words (titles, labels, help) are templates/labels/workbook.toml. Codes of sheets and columns are used
everywhere else in this room.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from models.base.resources import table


class Kind(StrEnum):
    TEXT = "text"
    LIST = "list"
    WHOLE = "whole"
    AREA = "area"  # m² in the cell, 0.01 m² in the database
    MONEY = "money"  # yuan in the cell, fen in the database
    PRICE = "price"  # yuan in the cell, 0.0001 yuan in the database
    LONGITUDE = "longitude"
    LATITUDE = "latitude"
    MOBILE = "mobile"
    CHOICE = "choice"
    CHOICES = "choices"
    STATUS = "status"
    PROSE = "prose"  # a text that may take several sentences
    DATE = "date"
    HOURS = "hours"  # as models/place/hours.py reads them


@dataclass(frozen=True, slots=True)
class Column:
    """`choices` names a label file; `spoken` a list of suffixes that people write behind a number."""

    code: str
    kind: Kind = Kind.TEXT
    required: bool = False
    choices: str | None = None
    spoken: str | None = None
    optional: bool = False  # extends the contract's columns: exported only where it says something
    most: int = 0  # of a whole number, of a sum in fen


@dataclass(frozen=True, slots=True)
class Sheet:
    code: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]  # what makes two rows the same; estates' communities are resolved first
    optional: bool = False  # extends the contract's sheets: exported only with rows

    def column(self, code: str) -> Column:
        return next(column for column in self.columns if column.code == code)


def _must(code: str, kind: Kind = Kind.TEXT, **more: Any) -> Column:
    return Column(code, kind, required=True, **more)


_STATUS = Column("status", Kind.STATUS, optional=True)
_COMMUNITY = Column("community", optional=True)
_TAGS = Column("tags", Kind.LIST, optional=True)
#: Of the label files that hold more: the codes that a workbook may name.
USED = {
    "channels": ("customer_group", "robot", "hand"),
    "accounts": ("cash", "bank", "wechat"),
    "pay_ways": ("cash", "transfer"),
}

SHEETS = (
    Sheet("communities", (_must("community"), Column("street"), Column("district")), ("community",)),
    Sheet(
        "grids",
        (
            _must("grid"),
            _must("community"),
            Column("kind"),
            Column("grid_chief", Kind.LIST),
            Column("first_grid_head", Kind.LIST),
            Column("grid_head", Kind.LIST),
            Column("grid_worker", Kind.LIST),
        ),
        ("grid",),
    ),
    Sheet(
        "estates",
        (
            _must("estate"),
            Column("aliases", Kind.LIST),
            _must("community"),
            Column("management", Kind.CHOICE, choices="management"),
            Column("fee_rate", Kind.PRICE),
            Column("longitude", Kind.LONGITUDE),
            Column("latitude", Kind.LATITUDE),
            _TAGS,
            _STATUS,
        ),
        ("community", "estate"),
    ),
    Sheet(
        "buildings",
        (
            _must("estate"),
            _must("building", spoken="building"),
            Column("unit_count", Kind.WHOLE, most=99),
            Column("floor_count", Kind.WHOLE, most=200),
            Column("grid"),
            Column("keeper_unit"),
            Column("keepers", Kind.LIST),
            _COMMUNITY,
            _TAGS,
            Column("management", Kind.CHOICE, choices="management", optional=True),
            _STATUS,
        ),
        ("community", "estate", "building"),
    ),
    Sheet(
        "households",
        (
            _must("estate"),
            _must("building", spoken="building"),
            Column("unit", spoken="unit"),
            _must("room", spoken="room"),
            Column("area", Kind.AREA),
            Column("owner"),
            Column("phone", Kind.MOBILE),
            _COMMUNITY,
            Column("micro_grid", optional=True),
            _STATUS,
        ),
        ("community", "estate", "building", "unit", "room"),
    ),
    Sheet(
        "staff",
        (
            _must("number"),
            _must("name"),
            Column("phone", Kind.MOBILE),
            _must("roles", Kind.CHOICES, choices="roles"),
            Column("employer"),
            Column("community"),
            Column("userid"),
            Column("duty_phone", optional=True),
            Column("teams", Kind.LIST, optional=True),
            _STATUS,
        ),
        ("number",),
    ),
    Sheet(
        "departments",
        (
            _must("department"),
            Column("categories", Kind.LIST),
            Column("contact"),
            Column("phone"),
            _STATUS,
        ),
        ("department",),
    ),
    Sheet(
        "groups",
        (
            _must("group"),
            _must("estate"),
            Column("building", spoken="building"),
            _must("channel", Kind.CHOICE, choices="channels"),
            Column("value"),
            Column("owner"),
            _COMMUNITY,
            _STATUS,
        ),
        ("group",),
    ),
    Sheet(
        "micro_grids",
        (
            _must("micro_grid"),
            _must("grid"),
            Column("cadres", Kind.LIST),
            Column("members", Kind.LIST),
            Column("named_members", Kind.LIST, optional=True),
            _STATUS,
        ),
        ("grid", "micro_grid"),
        optional=True,
    ),
    Sheet(
        "stations",
        (
            _must("station"),
            _must("community"),
            Column("estate"),
            Column("kinds", Kind.CHOICES, choices="stations"),
            Column("address"),
            Column("hours", Kind.HOURS),
            Column("longitude", Kind.LONGITUDE),
            Column("latitude", Kind.LATITUDE),
            Column("caretaker", optional=True),
            _STATUS,
        ),
        ("community", "station"),
        optional=True,
    ),
    Sheet(
        "medicines",
        (
            _must("station"),
            _must("community"),
            _must("medicine"),
            _must("amount", Kind.WHOLE, most=999),
            _must("expires_on", Kind.DATE),
            _STATUS,
        ),
        ("community", "station", "medicine", "expires_on"),
        optional=True,
    ),
    Sheet(
        "answers",
        (
            _must("question"),
            Column("community"),
            _must("words", Kind.LIST),
            _must("answer", Kind.PROSE),
            _must("source"),
            _must("as_of", Kind.DATE),
            Column("valid_until", Kind.DATE),
            _STATUS,
        ),
        ("community", "question"),
        optional=True,
    ),
)
BY_CODE = {sheet.code: sheet for sheet in SHEETS}


def words() -> dict[str, Any]:
    return table("labels/workbook.toml")


def title(sheet: str, column: str | None = None) -> str:
    """The words at the top of a column, or on a sheet's tab."""
    of_sheet = words()[sheet]
    return str(of_sheet["title"] if column is None else of_sheet["columns"][column]["title"])


@cache
def sheets_by_title(sheets: tuple[Sheet, ...]) -> dict[str, Sheet]:
    return {title(sheet.code): sheet for sheet in sheets}


@cache
def columns_by_title(sheet: Sheet) -> dict[str, Column]:
    return {title(sheet.code, column.code): column for column in sheet.columns}


@cache
def labels(choices: str) -> dict[str, str]:
    """Code → label of a label file, as far as the workbook uses it."""
    known = {
        code: str(entry if isinstance(entry, str) else entry["label"])
        for code, entry in table(f"labels/{choices}.toml").items()
    }
    return {code: known[code] for code in USED.get(choices, known)}


@cache
def codes(choices: str) -> dict[str, str]:
    """Label → code."""
    return {label: code for code, label in labels(choices).items()}
