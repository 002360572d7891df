"""都花哪了: what a home is charged this year, divided as its estate's fees were spent (row 58).

Only what fees paid is divided by, because a grant that mended a roof was no home's money. The published
months are everybody's to read, with the fund of each line, so that each part can be counted again: the home's
bills, times what fees paid for a class in these months, over all that fees paid in them.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from models.base.orm import session
from models.books.shares import spent_of_fees
from models.books.tables import Publication
from models.ledger.parts import shares, split


class Part(NamedTuple):
    """A class of spending (a code of templates/labels/spending.toml): what the estate's fees paid for it, its
    share in tenths of a percent, and the home's part of it in fen."""

    code: str
    spent_fen: int
    share: int
    own_fen: int


class OwnShare(NamedTuple):
    """`months` are the first days of the published months, `spent_fen` what fees paid in them, which is what
    was divided by; the parts are together the home's `fen`."""

    fen: int
    months: Sequence[date]
    spent_fen: int
    parts: Sequence[Part]


def own_share(estate_id: int, fen: int, year: int) -> OwnShare | None:
    """Of `fen` in the months of that year which are published. None where none is, fees paid nothing in them,
    or there is nothing to divide."""
    query = select(Publication.month).where(
        Publication.estate_id == estate_id,
        Publication.month >= date(year, 1, 1),
        Publication.month < date(year + 1, 1, 1),
    )
    months = session().scalars(query.order_by(Publication.month)).all()
    found = spent_of_fees(estate_id, months)
    if fen <= 0 or not found:
        return None
    weights = [spent_fen for _, spent_fen in found]
    parts = zip(found, shares(weights), split(fen, weights), strict=True)
    return OwnShare(
        fen,
        months,
        sum(weights),
        [Part(code, spent_fen, share, own) for (code, spent_fen), share, own in parts],
    )
