"""Days whose bill files nobody compared, and differences that wait for somebody."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select

from models.base import quarantine
from models.base.clock import local, now
from models.base.orm import session
from models.pay.bill_files import Kind
from models.pay.comparing import compared, first_day
from models.pay.tables import Difference
from server.doctor.finding import Finding, bad, note

DAYS_BACK = 60  # the platform has files of three months
PATIENCE = timedelta(days=2)  # yesterday's file comes today, and a day's trouble is made up for by itself


def examine() -> Iterator[Finding]:
    """Inside a read of the database."""
    open_ones = select(func.count(Difference.id)).where(Difference.settled_at.is_(None))
    if count := session().execute(open_ones).scalar_one():
        yield note("differences_open", count=count)
    began = first_day()
    if began is None or quarantine.in_quarantine():
        return
    today = local(now()).date()
    first, last = max(began, today - timedelta(days=DAYS_BACK)), today - PATIENCE
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    have = [compared(kind, first, last) for kind in Kind]
    missing = [day for day in days if not all(day in one for one in have)]
    if missing:
        yield bad("bill_days_missing", count=len(missing), first=missing[0])
