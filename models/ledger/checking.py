"""Whether the ledger is what it was: every entry nothing together, every sealed month as it was sealed."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from sqlalchemy import String, cast, func, select

from models.base.orm import session
from models.ledger.balances import unbalanced
from models.ledger.tables import Entry, EntryLine, SealedMonth

SHOWN = 20
_MONTH = func.substr(cast(Entry.day, String), 1, 7)  # 2026-11, on both databases


def faults() -> Iterator[tuple[str, int, int]]:
    """(what, number, fen over). There must be none.

    entry: its lines are not zero together · sealed: an account's closing balance of a sealed month (its
    number) is not what it was · late: an entry of a sealed month that was written after it was sealed.
    """
    yield from (("entry", key, fen) for key, fen in unbalanced(SHOWN))
    yield from _sealed()
    late = (
        select(Entry.id)
        .join(SealedMonth, SealedMonth.estate_id == Entry.estate_id)
        .where(func.substr(cast(SealedMonth.month, String), 1, 7) == _MONTH, Entry.at > SealedMonth.at)
        .order_by(Entry.id)
        .limit(SHOWN)
    )
    yield from (("late", int(key), 0) for key in session().scalars(late))


def _sealed() -> Iterator[tuple[str, int, int]]:
    moved = _by_month()
    rows = session().scalars(select(SealedMonth).order_by(SealedMonth.estate_id, SealedMonth.month))
    for sealed in rows:
        of_estate = moved.get(sealed.estate_id, {})
        until = sealed.month.strftime("%Y-%m")
        closing: dict[str, int] = defaultdict(int)
        for month, accounts in of_estate.items():
            if month <= until:
                for account, fen in accounts.items():
                    closing[account] += fen
        for account in closing.keys() | sealed.closing.keys():
            over = closing.get(account, 0) - int(sealed.closing.get(account, 0))
            if over:
                yield "sealed", sealed.id, over


def _by_month() -> dict[int, dict[str, dict[str, int]]]:
    """Estate → month → account → fen, of the estates that have a sealed month."""
    query = (
        select(Entry.estate_id, _MONTH, EntryLine.account, func.sum(EntryLine.fen))
        .join(EntryLine, EntryLine.entry_id == Entry.id)
        .where(Entry.estate_id.in_(select(SealedMonth.estate_id)))
        .group_by(Entry.estate_id, _MONTH, EntryLine.account)
    )
    found: dict[int, dict[str, dict[str, int]]] = {}
    for estate, month, account, fen in session().execute(query):
        found.setdefault(estate, {}).setdefault(month, {})[account] = int(fen)
    return found


def months_with_entries(estate_id: int, before: date) -> list[date]:
    """The first days of the months before that day in which something of the estate was booked."""
    query = select(_MONTH).where(Entry.estate_id == estate_id, Entry.day < before).distinct()
    return sorted(date.fromisoformat(f"{month}-01") for month in session().scalars(query))
