"""What the platform says of an order, by a notification or when asked, and what follows from it.

    here \\ there   SUCCESS        REFUND   NOTPAY USERPAYING PAYERROR    CLOSED REVOKED   knows no such order
    making, open   booked¹        held     asked again; closed when its  closed           asked again; closed
                                           time or its bills are over²                    when that is over²
    closing        booked¹        held     closed there, then here       closed           closed
    closed⁴        booked¹        held     -                             -                -
    paid, held     -³             -        -                             -                -

1 or held, where what was paid is not what was to be paid, or a bill came to something else since (P5).
2 by way of closing. 3 another transaction for an order that is paid already is told as its trouble.
4 asked once more a minute later, because somebody may have paid in the very moment of closing.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from models.base.actor import SYSTEM
from models.base.checkdigit import with_check
from models.base.clock import local, now
from models.base.links import personal_path
from models.base.orm import session
from models.base.prepared import Prepared
from models.fee.payments import MOST, Way, receive_for
from models.fee.tables import Bill
from models.outbox.door import tell
from models.pay import refunding
from models.pay.ordering import ask_later, close_others, held, still_stands
from models.pay.pushes import is_new
from models.pay.said import Returned, Trade, TradeState
from models.pay.tables import UNSETTLED, Order, OrderPart, State

CURRENCY = "CNY"
_GONE = (TradeState.CLOSED, TradeState.REVOKED)
LAST_LOOK = timedelta(seconds=60)  # after an order was closed


class _Part(NamedTuple):
    """A bill of the order: its share, what it came to then and what it comes to now."""

    bill_id: int
    fen: int
    amount_fen: int
    amount_now: int


_PARTS = Prepared(
    select(OrderPart.bill_id, OrderPart.fen, OrderPart.amount_fen, Bill.amount_fen)
    .join(Bill, Bill.id == OrderPart.bill_id)
    .where(OrderPart.order_id == bindparam("order"))
)
_KNOWN = Prepared(select(Order.id).where(Order.transaction_id == bindparam("transaction")))


def heard(trade: Trade, *, key: str, event: str) -> None:
    """A notification, its signature proved: once by its `key`, whatever the platform repeats (P2). One about
    nothing of ours is kept and changes nothing (`pushes.strays`)."""
    if is_new(key, event, trade.number, _facts(trade)):
        answered(trade.number, trade)


def refund_heard(returned: Returned, *, key: str, event: str) -> None:
    """As `heard`, of money given back."""
    facts = {
        "state": returned.status,
        "mch_id": returned.mch_id,
        "trade": returned.trade_number,
        "fen": returned.fen,
        "refund_id": returned.refund_id,
    }
    if is_new(key, event, returned.number, facts):
        refunding.answered(returned.number, returned)


def answered(number: str, trade: Trade | None) -> bool:
    """What the platform says of this order; None: that it knows no such order. Returns whether it shall be
    closed there now. Safe to say again."""
    order = held(number)
    if order is None or (trade is not None and not _is_about(trade, order)):
        return False
    if trade is not None and trade.state == TradeState.SUCCESS:
        _paid(order, trade)
    elif trade is not None and trade.state == TradeState.REFUND:
        if order.state not in (State.PAID, State.HELD):
            _keep(order, trade, "refunded_there")
    elif order.state in UNSETTLED:
        return _unpaid(order, trade.state if trade is not None else None)
    elif order.state == State.CLOSED:
        order.ask_at = None
    return False


def closed(number: str) -> None:
    """The platform has closed it, or says that it is."""
    order = held(number)
    if order is not None and order.state in UNSETTLED:
        order.state, order.ask_at = State.CLOSED, now() + LAST_LOOK


def put_off(number: str) -> None:
    """The platform said nothing that one can build on."""
    order = held(number)
    if order is not None and order.state in (*UNSETTLED, State.CLOSED):
        ask_later(order)


def _facts(trade: Trade) -> dict[str, Any]:
    """Without the payer's id, which nobody needs here."""
    return {
        "state": trade.state,
        "mch_id": trade.mch_id,
        "app_id": trade.app_id,
        "fen": trade.fen,
        "currency": trade.currency,
        "transaction_id": trade.transaction_id,
        "paid_at": trade.paid_at.isoformat() if trade.paid_at else None,
    }


def _is_about(trade: Trade, order: Order) -> bool:
    return (trade.number, trade.mch_id, trade.app_id) == (order.number, order.mch_id, order.app_id)


def _unpaid(order: Order, there: TradeState | None) -> bool:
    if there in _GONE:
        order.state, order.ask_at = State.CLOSED, None
        return False
    ask_later(order)
    if order.state != State.CLOSING and not still_stands(order):
        order.state = State.CLOSING
    if order.state != State.CLOSING:
        return False
    if there is None:
        order.state, order.ask_at = State.CLOSED, None
    return there is not None


def _paid(order: Order, trade: Trade) -> None:
    if order.state in (State.PAID, State.HELD):
        if order.transaction_id and trade.transaction_id not in (None, order.transaction_id):
            order.trouble = "paid_again"
        return
    session().flush()
    parts = [_Part(*row) for row in _PARTS(order=order.id).fetchall()]
    trouble = _trouble(order, trade, parts)
    if trouble is not None:
        _keep(order, trade, trouble)
        tell_payer("paid_held", order)
        return
    _keep(order, trade, None)
    assert order.paid_fen is not None
    shares = {one.bill_id: one.fen for one in parts}
    receipt, day = str(order.transaction_id), day_of(order)
    order.payment_id, rest = receive_for(shares, order.household_id, order.paid_fen, Way.WECHAT, receipt, day)
    session().flush()
    if rest:
        refunding.want(order, rest, "surplus", SYSTEM)
    close_others(order)
    if rest:
        tell_payer("paid_twice", order)
    else:
        tell_payer("paid", order)


def tell_payer(kind: str, order: Order) -> None:
    """A letter without the sum, which stands on the page behind its link (X19)."""
    path = personal_path("fees", order.payer_id)
    number = with_check(order.id)
    tell(kind, order.payer_id, about=("order", order.id), occasion="paid", number=number, path=path)


def _trouble(order: Order, trade: Trade, parts: Sequence[_Part]) -> str | None:
    """Why a person has to look before this is booked."""
    if trade.fen is None or trade.currency != CURRENCY or not 0 < trade.fen <= MOST:
        return "currency"
    if trade.fen != order.fen:
        return "sum"
    if not trade.transaction_id or _KNOWN.first(transaction=trade.transaction_id) is not None:
        return "transaction"
    return "bill_changed" if any(one.amount_fen != one.amount_now for one in parts) else None


def _keep(order: Order, trade: Trade, trouble: str | None) -> None:
    """Writes down what the platform says was paid; with a trouble a person decides about it."""
    order.state, order.ask_at = State.HELD if trouble else State.PAID, None
    order.trouble = trouble
    order.paid_at = trade.paid_at or now()
    if (
        trade.fen is not None and trade.fen <= MOST
    ):  # a larger one has no room, and stands with the notification
        order.paid_fen = trade.fen
    if trouble != "transaction":
        order.transaction_id = trade.transaction_id


def day_of(order: Order) -> date:
    """On which it was paid, in the town's own time; no day that is still to come, whatever a clock says."""
    assert order.paid_at is not None
    return min(local(order.paid_at).date(), local(now()).date())
