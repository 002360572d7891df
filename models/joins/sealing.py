"""封账: a month is sealed only when nothing of it waits, at the platform, in the books or at a desk."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select

from models.base.actor import By
from models.base.clock import SHANGHAI, local, now
from models.base.months import month_of, month_on
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.books.rights import estate_of
from models.books.tables import Income, Outlay
from models.books.tables import State as OutlayState
from models.fee.payments import Payment
from models.ledger.checking import months_with_entries
from models.ledger.sealing import seal, sealed_months
from models.pay.bill_files import Kind
from models.pay.checking import faults
from models.pay.comparing import compared, first_day
from models.pay.tables import Difference, Order, Refund, RefundState, State


class Lacking(NamedTuple):
    """`code` of templates/labels/sealing.toml, how many, and where to begin."""

    code: str
    many: int
    first: str = ""


def seal_month(estate_id: int, month: date, by: By) -> int:
    """Seals a month of an estate. Raises NotAllowed: month_running, month_sealed; month_lacks, with how many
    things `lacking` names; NotFound for whose post does not decide there."""
    estate_of(estate_id, by, settling=True)
    found = list(lacking(estate_id, month))
    if found:
        raise NotAllowed("month_lacks", year=month.year, month=month.month, count=len(found))
    return seal(estate_id, month, by)


def next_to_seal(estate_id: int) -> date | None:
    """The oldest month that has ended, in which something was booked, and that is not sealed."""
    sealed = set(sealed_months(estate_id))
    ended = months_with_entries(estate_id, month_of(local(now()).date()))
    return next((one for one in ended if one not in sealed), None)


def lacking(estate_id: int, month: date, *, proving: bool = True) -> Iterator[Lacking]:
    """What has to be done before; nothing, when the month may be sealed. `proving`: with the proof of all
    books, which takes some seconds for a city."""
    first, after = month_of(month), month_on(month_of(month), 1)
    sealed = set(sealed_months(estate_id))
    before = [one for one in months_with_entries(estate_id, first) if one not in sealed]
    if before:
        yield Lacking("months_before", len(before), before[0].strftime("%Y-%m"))
    wrong = list(faults()) if proving else []
    if wrong:
        what, number, _ = wrong[0]
        yield Lacking("books_wrong", len(wrong), f"{what} {number}")
    for kind in Kind:
        days = _uncompared(kind, first, after)
        if days:
            yield Lacking(f"{kind}_uncompared", len(days), days[0].isoformat())
    end = datetime.combine(after, time(), SHANGHAI)
    for code, query in (
        ("differences", _differences(estate_id, after)),
        ("orders", _orders(estate_id, end)),
        ("refunds", _refunds(estate_id, end)),
        ("doubted", _doubted(estate_id, after)),
        ("outlays", _waiting(Outlay, estate_id, after)),
        ("incomes", _waiting(Income, estate_id, after)),
    ):
        count = session().execute(query).scalar_one()
        if count:
            yield Lacking(code, count)


def _uncompared(kind: Kind, first: date, after: date) -> list[date]:
    """Days of the month since the first order of all, because what came in there and is unknown here is found
    in the platform's file only."""
    began = first_day()
    if began is None:
        return []
    last = after - timedelta(days=1)
    have = compared(kind, first, last)
    days = (max(first, began) + timedelta(days=n) for n in range((last - max(first, began)).days + 1))
    return [day for day in days if day not in have]


def _differences(estate_id: int, after: date) -> Any:
    """Those of the estate, and those of which nobody knows whose they are."""
    return select(func.count(Difference.id)).where(
        Difference.settled_at.is_(None),
        Difference.day < after,
        or_(Difference.estate_id == estate_id, Difference.estate_id.is_(None)),
    )


def _orders(estate_id: int, end: datetime) -> Any:
    unsettled = Order.state.in_([State.MAKING, State.OPEN, State.CLOSING])
    troubled = Order.trouble.is_not(None) & Order.settled_at.is_(None)
    return select(func.count(Order.id)).where(
        Order.estate_id == estate_id, Order.made_at < end, unsettled | troubled | (Order.state == State.HELD)
    )


def _refunds(estate_id: int, end: datetime) -> Any:
    over = (RefundState.DONE, RefundState.DECLINED)
    return (
        select(func.count(Refund.id))
        .join(Order, Order.id == Refund.order_id)
        .where(Order.estate_id == estate_id, Refund.made_at < end, Refund.state.not_in(over))
    )


def _doubted(estate_id: int, after: date) -> Any:
    """Payments of which somebody says that they were entered wrongly."""
    return select(func.count(Payment.id)).where(
        Payment.estate_id == estate_id,
        Payment.day < after,
        Payment.wrong_by.is_not(None),
        Payment.reversed_at.is_(None),
    )


def _waiting(table: type[Outlay] | type[Income], estate_id: int, after: date) -> Any:
    unsettled = [OutlayState.DRAFT, OutlayState.WAITING]
    return select(func.count(table.id)).where(
        table.estate_id == estate_id, table.day < after, table.state.in_(unsettled)
    )
