"""Orders and refunds as commands and the fee desk show them; a payment as its receipt says it."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from models.base.checkdigit import with_check
from models.base.orm import session
from models.base.refusals import NotFound
from models.fee.payments import Part, Payment
from models.fee.tables import Bill
from models.ledger.accounts import Account
from models.ledger.tables import Entry, EntryLine
from models.pay.tables import Order, Refund, RefundState
from models.place.tables import Building, Estate, Household

#: A person has to look at it.
TROUBLED = (Order.trouble.is_not(None)) & Order.settled_at.is_(None)
#: A second person has to agree, or one has to look at it.
WAITING = or_(
    Refund.state.in_((RefundState.ASKED, RefundState.HELD)), Refund.trouble.in_(("not_enough", "paid_again"))
)


def orders(*which: ColumnElement[bool], limit: int | None = None) -> Iterator[dict[str, Any]]:
    """Orders, oldest first, with the home as `household`."""
    query = (
        select(Order, Estate.name, Building.name, Household.unit_name, Household.room)
        .join(Household, Household.id == Order.household_id)
        .join(Building, Building.id == Household.building_id)
        .join(Estate, Estate.id == Building.estate_id)
        .where(*which)
        .order_by(Order.id)
        .limit(limit)
    )
    for order, *place in session().execute(query):
        yield {
            "number": order.number,
            "household": _home(place),
            "fen": order.fen,
            "paid_fen": order.paid_fen,
            "state": order.state,
            "trouble": order.trouble,
            "settled": order.settled_at is not None,
            "payment": order.payment_id,
            "made_at": order.made_at.isoformat(),
            "paid_at": order.paid_at.isoformat() if order.paid_at else None,
        }


def refunds(*which: ColumnElement[bool], limit: int | None = None) -> Iterator[dict[str, Any]]:
    """Refunds, oldest first, with the order that they give back."""
    query = (
        select(Refund, Order.number, Estate.name, Building.name, Household.unit_name, Household.room)
        .join(Order, Order.id == Refund.order_id)
        .join(Household, Household.id == Refund.household_id)
        .join(Building, Building.id == Household.building_id)
        .join(Estate, Estate.id == Building.estate_id)
        .where(*which)
        .order_by(Refund.id)
        .limit(limit)
    )
    for refund, order, *place in session().execute(query):
        yield {
            "number": refund.number,
            "order": order,
            "household": _home(place),
            "fen": refund.fen,
            "why": refund.why,
            "state": refund.state,
            "trouble": refund.trouble,
            "by": refund.by_id,
            "made_at": refund.made_at.isoformat(),
            "done_at": refund.done_at.isoformat() if refund.done_at else None,
        }


def receipt_of(payment_id: int) -> dict[str, Any]:
    """What the receipt of a payment says; sums in fen. `bills`: (number, period, fen) of those that it paid;
    `owed_back`: what goes back to the home or went; `kept`: what was kept for bills to come. Together they
    are the payment, if it stands. `refunds`: (fen, state, reason, done_at) of what goes or went back over the
    platform. Raises NotFound: receipt_not_found.

    It names the home; whoever may see that is asked by the page.
    """
    payment = session().get(Payment, payment_id)
    if payment is None:
        raise NotFound("receipt_not_found")
    parts = (
        select(Bill.id, Bill.period, func.sum(Part.fen))
        .join(Bill, Bill.id == Part.bill_id)
        .where(Part.payment_id == payment_id)
        .group_by(Bill.id, Bill.period, Bill.due_on)
        .having(func.sum(Part.fen) != 0)
        .order_by(Bill.due_on, Bill.id)
    )
    bills = [(with_check(key), period, int(fen)) for key, period, fen in session().execute(parts)]
    order = session().scalars(select(Order).where(Order.payment_id == payment_id)).first()
    back = select(Refund).where(Refund.order_id == (order.id if order else None)).order_by(Refund.id)
    refunds_of = [
        one
        for one in (session().scalars(back) if order else ())
        if one.state not in (RefundState.ASKED, RefundState.DECLINED)
    ]
    # the larger of both, because what is owed to a home goes back over the platform where it came that way
    owed_back = max(_owed_back(payment), sum(one.fen for one in refunds_of))
    rest = payment.fen - sum(fen for _, _, fen in bills) - owed_back
    return {
        "number": payment.id,
        "day": payment.day,
        "way": payment.way,
        "receipt": payment.key.partition("/")[2],
        "fen": payment.fen,
        "household": _home(_place(payment.household_id)),
        "household_id": payment.household_id,
        "payer_id": order.payer_id if order else None,
        "bills": bills,
        "owed_back": owed_back,
        "kept": max(rest, 0) if payment.reversed_at is None else 0,
        "refunds": [(one.fen, one.state, one.why, one.done_at) for one in refunds_of],
        "state": "reversed" if payment.reversed_at else "doubted" if payment.wrong_by else "booked",
    }


def _owed_back(payment: Payment) -> int:
    """What of it was more than was owed, and what was taken off its bills again to be given back."""
    query = select(func.coalesce(func.sum(EntryLine.fen), 0)).where(
        EntryLine.entry_id == payment.entry_id, EntryLine.account == Account.REFUND
    )
    off = (
        select(Part.bill_id, func.sum(Part.fen))
        .where(Part.payment_id == payment.id, Part.fen < 0)
        .group_by(Part.bill_id)
    )
    taken_off = {bill: -int(fen) for bill, fen in session().execute(off)}
    over = (
        select(Entry.about_id, func.sum(EntryLine.fen))
        .join(EntryLine, EntryLine.entry_id == Entry.id)
        .where(Entry.about_kind == "bill", Entry.about_id.in_(taken_off), Entry.kind == "over")
        .where(EntryLine.account == Account.REFUND)
        .group_by(Entry.about_id)
    )
    owed = sum(min(taken_off[bill or 0], -int(fen)) for bill, fen in session().execute(over))
    return owed - int(session().execute(query).scalar_one())


def _place(household_id: int) -> Sequence[str | None]:
    query = (
        select(Estate.name, Building.name, Household.unit_name, Household.room)
        .join(Building, Building.estate_id == Estate.id)
        .join(Household, Household.building_id == Building.id)
        .where(Household.id == household_id)
    )
    return session().execute(query).one()


def _home(place: Sequence[str | None]) -> str:
    return "-".join(part for part in place if part)
