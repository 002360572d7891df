"""A month of an estate is put up for everybody: sealed first, when nothing of it waits any more."""

from datetime import date

from models.base.actor import By
from models.books import publishing
from models.books.rights import estate_of
from models.joins.sealing import seal_month
from models.ledger.sealing import is_sealed


def publish(estate_id: int, month: date, by: By, *, bank_fen: int | None = None) -> bool:
    """As `publishing.publish`; seals the month first where nobody has. Raises as `seal_month` too."""
    estate_of(estate_id, by, settling=True)
    if not is_sealed(estate_id, month):
        seal_month(estate_id, month, by)
    return publishing.publish(estate_id, month, by, bank_fen=bank_fen)
