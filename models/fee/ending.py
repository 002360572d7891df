"""A home ends a service that it ordered: what is billed already for months after its last is taken off again
(row 42)."""

from datetime import date, timedelta

from sqlalchemy import func, select

from models.base.actor import By
from models.base.months import month_of, month_on
from models.base.orm import session
from models.base.refusals import NotFound
from models.contract import services
from models.contract.tables import ServiceOrder
from models.fee.composing import Line
from models.fee.lines import DEFERRED, change, void
from models.fee.payments import hold
from models.fee.spreading import part_of
from models.fee.tables import Bill, BillLine, State
from models.ledger.parts import portion


def end(order_id: int, until: date, by: By) -> None:
    """As `services.end`; what was paid for months after it is kept for bills to come."""
    home = session().scalars(select(ServiceOrder.household_id).where(ServiceOrder.id == order_id)).first()
    if home is None:
        raise NotFound("service_order_not_found")
    hold(home)
    order = session().get_one(ServiceOrder, order_id, with_for_update=True, populate_existing=True)
    before = order.until
    services.end(order_id, until)
    session().flush()
    after = _month_after(order)
    query = select(Bill).where(
        Bill.household_id == home,
        Bill.service_id == order.service_id,
        Bill.state != State.VOID,
        Bill.first >= month_of(order.since),
    )
    for bill in session().scalars(query.order_by(Bill.first).with_for_update()).all():
        if before is None or bill.first < before:
            _shorten(bill, after, by)


def _month_after(order: ServiceOrder) -> date:
    """The first month that is not charged."""
    if order.until is None or order.until <= order.since:
        return month_of(order.since)
    return month_on(month_of(order.until - timedelta(days=1)), 1)


def _shorten(bill: Bill, after: date, by: By) -> None:
    kept = (after.year - bill.first.year) * 12 + after.month - bill.first.month
    if kept >= bill.months:
        return
    if kept <= 0:
        void(bill, by)
        return
    lines = select(func.coalesce(func.sum(BillLine.fen), 0))
    query = lines.where(BillLine.bill_id == bill.id, BillLine.what.in_(DEFERRED))
    whole = int(session().execute(query).scalar_one())
    left = whole - portion(whole, part_of(bill, range(kept)))
    bill.months = kept
    if left:
        change(bill, "left", [Line("left", -left)], by)
