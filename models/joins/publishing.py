"""A month of an estate is put up for everybody: nothing of it waits, it is sealed, then it is published."""

from datetime import date

from models.base.actor import By
from models.books import publishing
from models.books.rights import estate_of
from models.ledger.sealing import is_sealed, seal


def publish(estate_id: int, month: date, by: By, *, bank_fen: int | None = None) -> bool:
    """As `publishing.publish`; seals the month first where nobody has."""
    estate_of(estate_id, by, settling=True)
    if not is_sealed(estate_id, month):
        publishing.nothing_may_wait(estate_id, month)
        seal(estate_id, month, by)
    return publishing.publish(estate_id, month, by, bank_fen=bank_fen)
