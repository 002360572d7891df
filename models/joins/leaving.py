"""Who leaves a year in advance has back what the rules say, the way it came: by WeChat where that paid it,
the rest over the counter (models/fee/returning.py)."""

from sqlalchemy import select

from models.base.actor import By
from models.base.orm import session
from models.base.refusals import Refused
from models.fee import leaving
from models.fee.leaving import Owed
from models.pay import refunding
from models.pay.tables import Order, Refund

WHY = "left_early"


def leave(contract_id: int, by: By, why: str) -> tuple[Owed, int]:
    """As `leaving.leave`; also how much of it goes back over WeChat, in fen."""
    owed = leaving.leave(contract_id, by, why)
    left, sent = owed.rest, 0
    for off in owed.offs:
        order = _order(off.payment_id)
        fen = min(left, off.fen)
        if order is not None and fen > 0:
            refund = _wanted(order, fen, by)
            sent += refund.fen if refund is not None else 0
            left -= fen
    return owed, sent


def _order(payment_id: int | None) -> Order | None:
    if payment_id is None:
        return None
    return session().scalars(select(Order).where(Order.payment_id == payment_id)).first()


def _wanted(order: Order, fen: int, by: By) -> Refund | None:
    try:
        return refunding.want(order, fen, WHY, by)
    except Refused:
        return None  # the platform takes it no more: it stays owed, and the desk gives it back
