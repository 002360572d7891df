"""What whoever paid may know of it: how far an order has come, and the receipts of what they paid."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, select

from models.base.orm import session
from models.fee.payments import Payment
from models.pay.tables import Order, OrderPart, State


class Progress(NamedTuple):
    """`state`: waiting, paid, over (it may not be paid any more) or held (a person looks at it)."""

    state: str
    payment_id: int | None


_SHOWN = {
    State.MAKING: "waiting",
    State.OPEN: "waiting",
    State.CLOSING: "over",
    State.CLOSED: "over",
    State.PAID: "paid",
    State.HELD: "held",
}


def progress(number: str, household_id: int, bill_id: int | None = None) -> Progress | None:
    """Of an order for this household, or for this one bill of it; None for any other."""
    order = session().scalars(select(Order).where(Order.number == number)).first()
    if order is None or order.household_id != household_id:
        return None
    bills = session().scalars(select(OrderPart.bill_id).where(OrderPart.order_id == order.id)).all()
    if bill_id is not None and list(bills) != [bill_id]:
        return None
    return Progress(_SHOWN[State(order.state)], order.payment_id)


class OwnOrder(NamedTuple):
    """An order of somebody's own; `fen` is what it asks for, `state` as in Progress."""

    order_id: int
    fen: int
    state: str
    payment_id: int | None


def order_of(order_id: int, person_id: int) -> OwnOrder | None:
    """The order, for whoever is to pay it."""
    return _own(Order.id == order_id, person_id)


def order_numbered(number: str, person_id: int) -> OwnOrder | None:
    """The same by its number at the platform."""
    return _own(Order.number == number, person_id)


def _own(which: ColumnElement[bool], person_id: int) -> OwnOrder | None:
    order = session().scalars(select(Order).where(which, Order.payer_id == person_id)).first()
    if order is None:
        return None
    return OwnOrder(order.id, order.fen, _SHOWN[State(order.state)], order.payment_id)


def has_paid(person_id: int, payment_id: int) -> bool:
    """Whether this person paid it over WeChat, for whomever."""
    query = select(Order.id).where(Order.payer_id == person_id, Order.payment_id == payment_id)
    return session().execute(query).first() is not None


def paid_for_others(person_id: int, households: Sequence[int]) -> Sequence[Payment]:
    """What this person paid for homes that are not these, the latest first."""
    query = (
        select(Payment)
        .join(Order, Order.payment_id == Payment.id)
        .where(Order.payer_id == person_id, Order.household_id.not_in(households))
        .order_by(Payment.id.desc())
    )
    return session().scalars(query).all()
