"""What the ledger's lines come to."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select

from models.base.orm import session
from models.ledger.accounts import Account
from models.ledger.tables import Entry, EntryLine


def balances(estate_id: int | None = None, *, before: date | None = None) -> Mapping[str, int]:
    """Account → fen, debit positive; of one estate or of all of them, of the days before `before`."""
    query = select(EntryLine.account, func.sum(EntryLine.fen)).group_by(EntryLine.account)
    if estate_id is not None or before is not None:
        query = query.join(Entry, Entry.id == EntryLine.entry_id)
    if estate_id is not None:
        query = query.where(Entry.estate_id == estate_id)
    if before is not None:
        query = query.where(Entry.day < before)
    return {account: int(fen) for account, fen in session().execute(query)}


def household_balance(account: Account, household_id: int) -> int:
    query = select(func.coalesce(func.sum(EntryLine.fen), 0)).where(
        EntryLine.account == account, EntryLine.household_id == household_id
    )
    return int(session().execute(query).scalar_one())


def unbalanced(limit: int = 20) -> list[tuple[int, int]]:
    """Entries whose lines are not zero together, with what is over. There must be none."""
    over = func.sum(EntryLine.fen)
    query = (
        select(Entry.id, func.coalesce(over, 0))
        .outerjoin(EntryLine, EntryLine.entry_id == Entry.id)
        .group_by(Entry.id)
        .having((func.coalesce(over, 0) != 0) | (func.count(EntryLine.id) < 2))
        .order_by(Entry.id)
        .limit(limit)
    )
    return [(int(key), int(fen)) for key, fen in session().execute(query)]
