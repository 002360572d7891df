"""Bills as lists and commands show them."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, func, select

from models.base.checkdigit import with_check
from models.base.orm import session
from models.fee.payments import Part, Payment
from models.fee.tables import Bill
from models.place.tables import Building, Estate, Household


def lines(*which: ColumnElement[bool], limit: int | None = None) -> Iterator[dict[str, Any]]:
    """All bills, oldest first, with the home as `estate`, `building`, `unit`, `room`."""
    query = (
        select(Bill, Estate.name, Building.name, Household.unit_name, Household.room)
        .join(Household, Household.id == Bill.household_id)
        .join(Building, Building.id == Household.building_id)
        .join(Estate, Estate.id == Building.estate_id)
        .where(*which)
        .order_by(Bill.id)
        .limit(limit)
    )
    for bill, estate, building, unit, room in session().execute(query):
        yield {
            "number": with_check(bill.id),
            "household": "-".join(part for part in (estate, building, unit, room) if part),
            "period": bill.period,
            "amount_fen": bill.amount_fen,
            "paid_fen": bill.paid_fen,
            "state": bill.state,
            "due_on": bill.due_on.isoformat(),
        }


def paid(limit: int | None = None) -> Iterator[dict[str, Any]]:
    """All payments, oldest first; `bills` says what of each went where, what is missing there is prepaid."""
    query = select(Payment).order_by(Payment.id).limit(limit)
    for payment in session().scalars(query):
        parts = select(Part.bill_id, func.sum(Part.fen)).where(Part.payment_id == payment.id)
        bills = session().execute(parts.group_by(Part.bill_id).order_by(Part.bill_id))
        yield {
            "number": payment.id,
            "day": payment.day.isoformat(),
            "way": payment.way,
            "receipt": payment.key.partition("/")[2],
            "fen": payment.fen,
            "bills": {with_check(bill): int(fen) for bill, fen in bills},
            "state": "reversed" if payment.reversed_at else "doubted" if payment.wrong_by else "booked",
        }
