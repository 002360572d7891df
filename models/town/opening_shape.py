"""The workbook with which an estate's books begin: what it has, what homes owe and have to their credit, and
what they paid since. The words are templates/labels/workbook.toml."""

from models.fee.payments import MOST
from models.town.shape import Column, Kind, Sheet

MOST_BALANCE = 100 * MOST

_COMMUNITY = Column("community", optional=True)
_DAY = Column("day", Kind.DATE, required=True)
_HOME = (
    Column("estate", required=True),
    Column("building", required=True, spoken="building"),
    Column("unit", spoken="unit"),
    Column("room", required=True, spoken="room"),
)
_HOME_KEY = ("community", "estate", "building", "unit", "room")

BALANCES = Sheet(
    "opening_balances",
    (
        Column("estate", required=True),
        Column("account", Kind.CHOICE, required=True, choices="accounts"),
        Column("fund", Kind.CHOICE, choices="funds"),
        Column("sum", Kind.MONEY, required=True, most=MOST_BALANCE),
        _DAY,
        _COMMUNITY,
    ),
    ("community", "estate", "account", "fund"),
)
ARREARS = Sheet(
    "opening_arrears",
    (
        *_HOME,
        Column("period", required=True),
        Column("sum", Kind.MONEY, required=True, most=MOST),
        Column("due_on", Kind.DATE),
        _DAY,
        _COMMUNITY,
    ),
    (*_HOME_KEY, "period"),
)
CREDITS = Sheet(
    "opening_credits",
    (*_HOME, Column("sum", Kind.MONEY, required=True, most=MOST), _DAY, _COMMUNITY),
    _HOME_KEY,
)
PAYMENTS = Sheet(
    "past_payments",
    (
        *_HOME,
        Column("sum", Kind.MONEY, required=True, most=MOST),
        Column("way", Kind.CHOICE, required=True, choices="pay_ways"),
        Column("receipt", required=True),
        _DAY,
        _COMMUNITY,
    ),
    ("community", "estate", "way", "receipt"),
)
SHEETS = (BALANCES, ARREARS, CREDITS, PAYMENTS)
