"""封账: a month whose books are closed. Nothing is booked in it any more; a mistake is reversed later."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import bindparam, select, text

from models.base.actor import By
from models.base.clock import local, now
from models.base.months import month_of, month_on
from models.base.orm import put, session
from models.base.prepared import Prepared
from models.base.refusals import NotAllowed
from models.ledger.balances import balances
from models.ledger.tables import SealedMonth

_SEALED = Prepared(
    select(SealedMonth.id)
    .where(SealedMonth.estate_id == bindparam("estate"), SealedMonth.month >= bindparam("month"))
    .limit(1)
)


def is_sealed(estate_id: int, day: date) -> bool:
    """With a month all before it are sealed, because it begins with what they came to."""
    return _SEALED.first(estate=estate_id, month=month_of(day)) is not None


def open_day(estate_id: int, day: date) -> date:
    """The day on which something of that day may be booked: itself, or today where its month is sealed."""
    return local(now()).date() if is_sealed(estate_id, day) else day


def must_be_open(estate_id: int, day: date) -> None:
    """Raises NotAllowed: month_sealed. Ask after the entry is written, because `seal` waits for writers."""
    if is_sealed(estate_id, day):
        raise NotAllowed("month_sealed", year=day.year, month=day.month)


def sealed_months(estate_id: int) -> Collection[date]:
    return session().scalars(select(SealedMonth.month).where(SealedMonth.estate_id == estate_id)).all()


def seal(estate_id: int, month: date, by: By) -> int:
    """Closes a month that has ended; its balances are kept with it. What else must be settled before is asked
    by whoever calls (models/joins/sealing.py). Raises NotAllowed: month_running, month_sealed."""
    if month_of(local(now()).date()) <= month:
        raise NotAllowed("month_running", year=month.year, month=month.month)
    if session().get_bind().dialect.name == "postgresql":
        # whoever is writing an entry has asked whether the month is open, so their end is waited for
        session().execute(text("LOCK TABLE ledger_entries IN SHARE ROW EXCLUSIVE MODE"))
    must_be_open(estate_id, month)
    return put(
        SealedMonth,
        estate_id=estate_id,
        month=month,
        closing=dict(balances(estate_id, before=month_on(month, 1))),
        by_id=by.id,
    )
