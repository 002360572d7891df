"""What was held is settled by a person: the platform's word and ours differ, and money lies between."""

from models.base.actor import By
from models.base.clock import now
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.fee.payments import Way, receive, receive_for
from models.ledger.sealing import open_day
from models.pay import refunding
from models.pay.hearing import day_of, tell_payer
from models.pay.ordering import close_others, held
from models.pay.tables import Order, State

#: trouble → what may be done about it. `prepaid`: booked, the oldest bills first, the rest kept for those to
#: come; `give_back`: booked and returned; `noted`: nothing is booked, because the money is not here.
WAYS_OUT = {
    "sum": ("prepaid", "give_back"),
    "bill_changed": ("prepaid", "give_back"),
    "transaction": ("prepaid", "give_back", "noted"),
    "currency": ("noted",),
    "refunded_there": ("noted",),
    "paid_again": ("noted",),
}


def settle(number: str, by: By, how: str) -> None:
    """Decides about an order with a trouble. Raises NotFound: order_not_found; NotAllowed: order_settled
    (there is nothing to decide); Invalid: order_how (not what can be done about this trouble)."""
    order = held(number)
    if order is None:
        raise NotFound("order_not_found", number=number)
    if order.trouble is None or order.settled_at is not None:
        raise NotAllowed("order_settled", number=number)
    if how not in WAYS_OUT[order.trouble]:
        raise Invalid("order_how")
    order.settled_by, order.settled_at = by.id, now()
    if how == "noted":
        if order.state == State.HELD:
            order.state = State.CLOSED
        return
    _book(order, by, how)


def _book(order: Order, by: By, how: str) -> None:
    if order.paid_fen is None:
        raise Invalid("order_how")
    # without a transaction of its own, its own number says which payment it is
    receipt = order.transaction_id or order.number
    day = open_day(order.estate_id, day_of(order))
    order.state = State.PAID
    if how == "prepaid":
        order.payment_id, _ = receive(order.household_id, order.paid_fen, Way.WECHAT, receipt, day, by)
        close_others(order)
        tell_payer("paid", order)
        return
    home, fen = order.household_id, order.paid_fen
    order.payment_id, rest = receive_for({}, home, fen, Way.WECHAT, receipt, day)
    refunding.want(order, rest, "settled", by)
