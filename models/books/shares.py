"""What an estate's money was spent on, as shares of the whole."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select

from models.base.orm import session
from models.ledger import Account
from models.ledger.parts import shares
from models.ledger.tables import Entry, EntryLine


def spent(estate_id: int, since: date, until: date) -> list[tuple[str, int]]:
    """(code of templates/labels/spending.toml, fen) of the days from `since` to before `until`, the largest
    first. What was reversed has gone; a class of which more came back than was spent is left out."""
    fen = func.sum(EntryLine.fen)
    query = (
        select(EntryLine.detail, fen)
        .join(Entry, Entry.id == EntryLine.entry_id)
        .where(
            Entry.estate_id == estate_id,
            Entry.day >= since,
            Entry.day < until,
            EntryLine.account == Account.EXPENSE,
        )
        .group_by(EntryLine.detail)
        .having(fen > 0)
    )
    found = [(code or "other", int(sum_)) for code, sum_ in session().execute(query)]
    return sorted(found, key=lambda one: (-one[1], one[0]))


def with_shares(amounts: Sequence[tuple[str, int]]) -> list[tuple[str, int, int]]:
    """The same with tenths of a percent, together exactly 1 000."""
    tenths = shares([fen for _, fen in amounts])
    return [(code, fen, share) for (code, fen), share in zip(amounts, tenths, strict=True)]
