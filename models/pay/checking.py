"""Whether everything that was paid stands where it belongs: the ledger, the bills, the platform's orders."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, exists, func, or_, select

from models.base.orm import session
from models.fee import checking
from models.fee.payments import Payment, Way
from models.ledger.tables import Entry
from models.pay.tables import Order, Refund, RefundState, State

SHOWN = 20


def faults() -> Iterator[tuple[str, int, int]]:
    """(what, number, fen over), those of models/ledger and models/fee first. There must be none.

    order: it stands as paid without its payment, or with another sum · payment: it came over the platform and
    no order knows it · refund: it stands as done without its entry, or has one and is not done.
    """
    yield from checking.faults()
    yield from _all("order", _orders())
    yield from _all("payment", _payments())
    yield from _all("refund", _refunds())


def _orders() -> Any:
    return (
        select(Order.id, func.coalesce(Order.paid_fen, 0) - func.coalesce(Payment.fen, 0))
        .outerjoin(Payment, Payment.id == Order.payment_id)
        .where(
            or_(
                and_(Order.state == State.PAID, Payment.id.is_(None)),
                and_(Order.payment_id.is_not(None), Payment.fen != Order.paid_fen),
            )
        )
        .order_by(Order.id)
    )


def _payments() -> Any:
    # by its key as well: a second transaction of one order takes the place of the first
    known = exists().where(
        Order.household_id == Payment.household_id,
        or_(Order.payment_id == Payment.id, Payment.key == "wechat/" + Order.transaction_id),
    )
    query = select(Payment.id, Payment.fen).where(Payment.way == Way.WECHAT, ~known)
    return query.order_by(Payment.id)


def _refunds() -> Any:
    entry = and_(Entry.about_kind == "refund", Entry.about_id == Refund.id, Entry.kind == "refunded")
    return (
        select(Refund.id, Refund.fen)
        .outerjoin(Entry, entry)
        .where((Refund.state == RefundState.DONE) != Entry.id.is_not(None))
        .order_by(Refund.id)
    )


def _all(what: str, query: Any) -> Iterator[tuple[str, int, int]]:
    rows = session().execute(query.limit(SHOWN))
    return ((what, int(key), int(fen)) for key, fen in rows)
