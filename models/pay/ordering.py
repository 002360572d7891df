"""Orders at WeChat Pay: what is to be paid, how long, and what is asked of the platform about them.

A verb runs in one transaction and calls nobody; server/paying.py carries words between it and the platform.
Whoever touches an order holds its household first (models/fee/payments.hold), then the order.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import aliased

from models.base.checkdigit import with_check
from models.base.clock import now
from models.base.orm import public_id, put, session
from models.base.prepared import Prepared
from models.base.quarantine import in_quarantine
from models.base.refusals import NotAllowed, NotFound
from models.fee.payments import hold
from models.fee.tables import Bill
from models.fee.tables import State as BillState
from models.pay.tables import TO_ASK, UNSETTLED, Order, OrderPart, State
from models.person.proving import homes_of

# Seconds from one question to the next; the last of them for as long as the order lives. The longest is well
# below the 5 minutes within which a payment is to be here when no notification ever comes (P4).
GAPS = (15, 15, 30, 30, 60, 60, 120)
LEASE = timedelta(seconds=60)  # whoever asks and dies: another one asks after this
MARGIN = timedelta(seconds=90)  # an order that ends sooner is not given to a person any more
AT_ONCE = 100


_WHOSE = Prepared(select(Order.household_id).where(Order.number == bindparam("number")))
_mine = aliased(OrderPart)
_OTHERS = Prepared(
    select(OrderPart.order_id)
    .join(_mine, _mine.bill_id == OrderPart.bill_id)
    .where(_mine.order_id == bindparam("order"), OrderPart.order_id != bindparam("order"))
)


class Begun(NamedTuple):
    """What came of `begin`: an order to pay, or the numbers of those that have to be closed before one may be
    made. `first` and `last` are the periods that it pays."""

    order: Order | None
    closing: Sequence[str] = ()
    first: str = ""
    last: str = ""


class Owed(NamedTuple):
    """A bill that an order is for: what it comes to and what of that is owed."""

    bill_id: int
    fen: int
    amount_fen: int


def begin(
    household_id: int,
    payer_id: int,
    openid: str,
    app_id: str,
    *,
    mch_id: str,
    bills: Sequence[int] | None = None,
    minutes: int = 30,
) -> Begun:
    """An order for what is owed on these bills of a home, or on all of its open ones (`bills` None), for
    which only those may ask who live there beyond doubt. The sum is counted here and nowhere else (P6).

    The same payer's unpaid order for the very same is given again; one for something else has to be closed at
    the platform first. Raises NotFound: household_not_found, bill_not_found; NotAllowed: nothing_to_pay,
    pay_away (after a restore nothing is asked of the platform).
    """
    if in_quarantine():
        raise NotAllowed("pay_away")
    if bills is None and household_id not in homes_of(payer_id):
        raise NotFound("household_not_found")
    estate = hold(household_id)
    found = _owed(household_id, bills)
    parts = [Owed(bill.id, bill.amount_fen - bill.paid_fen, bill.amount_fen) for bill in found]
    ends = (found[0].period, found[-1].period)
    mine = (openid, app_id, mch_id)
    again = None
    for order in _unsettled(household_id, payer_id):
        if again is None and _may_be_given(order, mine, parts):
            again = order
        elif order.state != State.CLOSING:
            _close_soon(order)
    session().flush()
    closing = [one.number for one in _unsettled(household_id, payer_id) if one.state == State.CLOSING]
    if closing:
        return Begun(None, closing)
    if again is None:
        again = _put(household_id, estate, payer_id, mine, parts, minutes)
    again.asked, again.ask_at = 0, now() + timedelta(seconds=GAPS[0])
    return Begun(again, (), *ends)


def opened(number: str, prepay_id: str) -> bool:
    """The platform has made it. False when it is not to be paid any more: then nobody gets its prepay_id."""
    order = held(number)
    if order is None:
        return False
    if order.state in (State.MAKING, State.OPEN):
        order.state, order.prepay_id = State.OPEN, prepay_id
        return True
    if order.state == State.CLOSED:
        # because it was closed while the platform had not heard of it yet, which now has
        _close_soon(order)
    return False


def failed(number: str) -> None:
    """The platform does not take it as it is, so another one is to be made."""
    order = held(number)
    if order is not None and order.state == State.MAKING:
        _close_soon(order)


def due(limit: int = AT_ONCE) -> Sequence[str]:
    """Numbers of orders that are to be asked about now. Nobody else gets them for a minute."""
    if in_quarantine():
        return []
    at = now()
    query = (
        select(Order)
        .where(text(TO_ASK), Order.ask_at <= at)
        .order_by(Order.ask_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    orders = session().scalars(query).all()
    for order in orders:
        order.ask_at = at + LEASE
    return [order.number for order in orders]


def held(number: str) -> Order | None:
    """The order of this number, its household and itself ours until the transaction ends."""
    row = _WHOSE.first(number=number)
    if row is None:
        return None
    hold(row[0])
    query = select(Order).where(Order.number == number).with_for_update()
    return session().scalars(query.execution_options(populate_existing=True)).one()


def ask_later(order: Order) -> None:
    order.ask_at = now() + timedelta(seconds=GAPS[min(order.asked, len(GAPS) - 1)])
    order.asked += 1


def still_stands(order: Order) -> bool:
    """Whether all of its bills owe what they owed when it was made, and its time is not up."""
    if order.expires_at <= now():
        return False
    query = select(OrderPart.fen, OrderPart.amount_fen, Bill).join(Bill, Bill.id == OrderPart.bill_id)
    return all(
        (fen, amount) == (bill.amount_fen - bill.paid_fen, bill.amount_fen)
        for fen, amount, bill in session().execute(query.where(OrderPart.order_id == order.id))
    )


def close_others(order: Order) -> None:
    """Whoever else has an order for its bills shall not pay them once more."""
    others = [row[0] for row in _OTHERS(order=order.id).fetchall()]
    if not others:
        return
    query = select(Order).where(Order.id.in_(others), Order.state.in_((State.MAKING, State.OPEN)))
    for other in session().scalars(query.with_for_update()):
        _close_soon(other)


def _close_soon(order: Order) -> None:
    order.state, order.ask_at = State.CLOSING, now()


def _owed(household_id: int, bills: Sequence[int] | None) -> Sequence[Bill]:
    """The oldest first. What was paid meanwhile is left out."""
    query = select(Bill).where(Bill.household_id == household_id)
    if bills is not None:
        query = query.where(Bill.id.in_(bills))
    found = session().scalars(query.order_by(Bill.due_on, Bill.id).with_for_update()).all()
    strange = set(bills or ()) - {bill.id for bill in found}
    if strange:
        raise NotFound("bill_not_found", number=with_check(max(min(strange), 0)))
    open_ones = [bill for bill in found if bill.state == BillState.OPEN and bill.paid_fen < bill.amount_fen]
    if not open_ones:
        raise NotAllowed("nothing_to_pay")
    return open_ones


def _unsettled(household_id: int, payer_id: int) -> Sequence[Order]:
    query = select(Order).where(
        Order.household_id == household_id, Order.payer_id == payer_id, Order.state.in_(UNSETTLED)
    )
    return session().scalars(query.order_by(Order.id).with_for_update()).all()


def _may_be_given(order: Order, mine: tuple[str, str, str], parts: Sequence[Owed]) -> bool:
    if order.state == State.CLOSING or order.expires_at < now() + MARGIN:
        return False
    rows = select(OrderPart.bill_id, OrderPart.fen, OrderPart.amount_fen).where(
        OrderPart.order_id == order.id
    )
    theirs = {tuple(row) for row in session().execute(rows)}
    return (order.openid, order.app_id, order.mch_id) == mine and theirs == set(parts)


def _put(
    household_id: int,
    estate_id: int,
    payer_id: int,
    mine: tuple[str, str, str],
    parts: Sequence[Owed],
    minutes: int,
) -> Order:
    openid, app_id, mch_id = mine
    key = put(
        Order,
        number="o" + public_id(),
        household_id=household_id,
        estate_id=estate_id,
        payer_id=payer_id,
        openid=openid,
        app_id=app_id,
        mch_id=mch_id,
        fen=sum(part.fen for part in parts),
        expires_at=_whole_second(now() + timedelta(minutes=minutes)),
    )
    for part in parts:
        put(OrderPart, order_id=key, bill_id=part.bill_id, fen=part.fen, amount_fen=part.amount_fen)
    return session().get_one(Order, key)


def _whole_second(moment: datetime) -> datetime:
    """Because the platform takes an order again only with the very same words, and they hold no fractions."""
    return moment.replace(microsecond=0)
