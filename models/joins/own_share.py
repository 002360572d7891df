"""都花哪了: what a home is charged this year, divided as its estate's published spending was (row 58).

The published months are everybody's to read, so that each part can be counted again: the home's bills, times
what was spent on a class in these months, over all that was spent in them.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from models.base.months import month_on
from models.base.orm import session
from models.books.shares import spent
from models.books.tables import Publication
from models.ledger.parts import shares, split


class Part(NamedTuple):
    """A class of spending (a code of templates/labels/spending.toml): what the estate spent on it, its share
    in tenths of a percent, and the home's part of it in fen."""

    code: str
    spent_fen: int
    share: int
    own_fen: int


class OwnShare(NamedTuple):
    """`months` are the first days of the published months; the parts are together the home's `fen`."""

    fen: int
    months: Sequence[date]
    parts: Sequence[Part]


def own_share(estate_id: int, fen: int, year: int) -> OwnShare | None:
    """Of `fen` in the months of that year which are published. None where none is, nothing was spent in them,
    or there is nothing to divide."""
    query = select(Publication.month).where(
        Publication.estate_id == estate_id,
        Publication.month >= date(year, 1, 1),
        Publication.month < date(year + 1, 1, 1),
    )
    months = session().scalars(query.order_by(Publication.month)).all()
    sums: dict[str, int] = {}
    for month in months:
        for code, spent_fen in spent(estate_id, month, month_on(month, 1)):
            sums[code] = sums.get(code, 0) + spent_fen
    if fen <= 0 or not sums:
        return None
    found = sorted(sums.items(), key=lambda one: (-one[1], one[0]))
    weights = [spent_fen for _, spent_fen in found]
    parts = zip(found, shares(weights), split(fen, weights), strict=True)
    return OwnShare(
        fen, months, [Part(code, spent_fen, share, own) for (code, spent_fen), share, own in parts]
    )
