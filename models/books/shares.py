"""What an estate's money was spent on, as shares of the whole."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import aliased

from models.base.months import month_on
from models.base.orm import session
from models.books.money import MONEY
from models.ledger import Account
from models.ledger.parts import shares
from models.ledger.tables import Entry, EntryLine


def spent(estate_id: int, since: date, until: date) -> list[tuple[str, int]]:
    """(code of templates/labels/spending.toml, fen) of the days from `since` to before `until`, the largest
    first. What was reversed has gone; a class of which more came back than was spent is left out."""
    return _largest_first(_by_class(estate_id, since, until))


def spent_of_fees(estate_id: int, months: Sequence[date]) -> list[tuple[str, int]]:
    """As `spent`, of these months together (their first days), and only what fees paid: not what was spent of
    grants, donations or what is everybody's own (templates/labels/funds.toml)."""
    paid = aliased(EntryLine)
    of_fees = exists().where(
        paid.entry_id == Entry.id, paid.account.in_(MONEY), paid.detail.is_(None), paid.fen != 0
    )
    sums: Counter[str] = Counter()
    for month in months:
        for code, fen in _by_class(estate_id, month, month_on(month, 1), of_fees):
            sums[code] += fen
    return _largest_first(sums.items())


def _by_class(
    estate_id: int, since: date, until: date, *which: ColumnElement[bool]
) -> Iterator[tuple[str, int]]:
    query = (
        select(EntryLine.detail, func.sum(EntryLine.fen))
        .join(Entry, Entry.id == EntryLine.entry_id)
        .where(
            Entry.estate_id == estate_id,
            Entry.day >= since,
            Entry.day < until,
            EntryLine.account == Account.EXPENSE,
            *which,
        )
        .group_by(EntryLine.detail)
    )
    return ((code or "other", int(fen)) for code, fen in session().execute(query))


def _largest_first(sums: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(((code, fen) for code, fen in sums if fen > 0), key=lambda one: (-one[1], one[0]))


def with_shares(amounts: Sequence[tuple[str, int]]) -> list[tuple[str, int, int]]:
    """The same with tenths of a percent, together exactly 1 000."""
    tenths = shares([fen for _, fen in amounts])
    return [(code, fen, share) for (code, fen), share in zip(amounts, tenths, strict=True)]
