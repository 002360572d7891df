"""Money on its way over WeChat Pay that waits for a person, or for a clock that does not run."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select, text

from models.base import quarantine
from models.base.clock import now
from models.base.orm import session
from models.pay import reading
from models.pay.pushes import strays
from models.pay.tables import TO_ASK, UNRETURNED, Order, Refund
from server.doctor.finding import Finding, bad, note

LATE = timedelta(minutes=5)  # by then a payment is here though no notification comes (P4)


def examine() -> Iterator[Finding]:
    """Inside a read of the database."""
    if troubled := _count(select(func.count(Order.id)).where(reading.TROUBLED)):
        yield bad("pay_troubled", count=troubled)
    if waiting := _count(select(func.count(Refund.id)).where(reading.WAITING)):
        yield note("refunds_waiting", count=waiting)
    if unknown := strays():
        yield bad("pay_strays", count=len(unknown), number=unknown[0][0])
    if quarantine.in_quarantine():
        return
    before = now() - LATE
    late = _count(select(func.count(Order.id)).where(text(TO_ASK), Order.ask_at < before))
    late += _count(select(func.count(Refund.id)).where(text(UNRETURNED), Refund.ask_at < before))
    if late:
        yield bad("pay_late", count=late)


def _count(query: object) -> int:
    return int(session().execute(query).scalar_one())  # type: ignore[call-overload]
