"""Bills and ledger lines with the names of their places, row by row, for files."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select

from models.base.orm import session
from models.fee.tables import Bill
from models.ledger.tables import Entry, EntryLine
from models.place.tables import Building, Estate, Household

AT_ONCE = 2000  # rows in memory


class BillRow(NamedTuple):
    id: int
    estate: str
    building: str
    unit: str | None
    room: str
    period: str
    amount_fen: int
    paid_fen: int
    state: str
    due_on: date


class LedgerRow(NamedTuple):
    """One line of an entry; `fen` debit positive, `home` as it is said."""

    entry: int
    day: date
    estate: str
    kind: str
    account: str
    detail: str | None
    home: str
    fen: int
    reverses: int | None
    at: datetime


def bills(*which: ColumnElement[bool]) -> Iterator[BillRow]:
    """By place, then by number. Inside a read of the database for as long as they are taken."""
    query = (
        select(
            Bill.id, Estate.name, Building.name, Household.unit_name, Household.room, Bill.period,
            Bill.amount_fen, Bill.paid_fen, Bill.state, Bill.due_on,
        )
        .join(Household, Household.id == Bill.household_id)
        .join(Building, Building.id == Household.building_id)
        .join(Estate, Estate.id == Building.estate_id)
        .where(*which)
        .order_by(Bill.id)
    )  # fmt: skip
    return (BillRow(*row) for row in _streamed(query))


def ledger(
    estate_id: int | None, since: date | None = None, until: date | None = None
) -> Iterator[LedgerRow]:
    """Lines of the days from `since` to `until`, both of them as well, in the order of booking."""
    query = (
        select(
            Entry.id, Entry.day, Estate.name, Entry.kind, EntryLine.account, EntryLine.detail,
            Building.name, Household.unit_name, Household.room, EntryLine.fen, Entry.reverses_id, Entry.at,
        )
        .join(EntryLine, EntryLine.entry_id == Entry.id)
        .join(Estate, Estate.id == Entry.estate_id)
        .outerjoin(Household, Household.id == EntryLine.household_id)
        .outerjoin(Building, Building.id == Household.building_id)
        .order_by(EntryLine.id)
    )  # fmt: skip
    if estate_id is not None:
        query = query.where(Entry.estate_id == estate_id)
    if since is not None:
        query = query.where(Entry.day >= since)
    if until is not None:
        query = query.where(Entry.day <= until)
    for row in _streamed(query):
        entry, day, estate, kind, account, detail, *home, fen, reverses, at = row
        said = "-".join(part for part in home if part)
        yield LedgerRow(entry, day, estate, kind, account, detail, said, fen, reverses, at)


def _streamed(query: Any) -> Any:
    return session().execute(query, execution_options={"yield_per": AT_ONCE})
