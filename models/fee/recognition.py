"""Money that was billed for months becomes fees of those months (row 58): a bill's service is split over the
months that it charges, the parts are the whole.

What an estate has earned in a month is worked out from its bills as they stand, and what is booked is the
difference to what was booked for that month before. So nothing is booked twice, lines that came later are
made up for, and where a month is sealed its difference stands in today's.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select

from models.base.actor import SYSTEM
from models.base.clock import local, now
from models.base.months import days_of, month_on
from models.base.orm import session
from models.fee.lines import DEFERRED
from models.fee.period import LONGEST
from models.fee.tables import Bill, BillLine, State
from models.ledger import Account, Posting, post
from models.ledger.parts import split
from models.ledger.sealing import open_day
from models.ledger.tables import Entry, EntryLine
from models.place.tables import Estate


def unrecognised(month: date) -> list[int]:
    """Estates for which another sum is booked than they earned in the month that this day lies in, once it
    has ended. It only reads, because one look at a city's bills takes about a second."""
    month = month.replace(day=1)
    if month_on(month, 1) > local(now()).date():
        return []
    earned, booked = _earned(month), _booked(month)
    return [one for one in sorted({*earned, *booked}) if earned.get(one, 0) != booked.get(one, 0)]


def recognise(estate_id: int, month: date) -> None:
    """Books what one estate earned in a month that has ended, and nothing for one that runs. Safe to say
    again."""
    month = month.replace(day=1)
    if month_on(month, 1) > local(now()).date():
        return
    # held, because two that work out the same difference would book it twice
    session().execute(select(Estate.id).where(Estate.id == estate_id).with_for_update()).one()
    earned = _earned(month, estate_id).get(estate_id, 0)
    fen = earned - _booked(month, estate_id).get(estate_id, 0)
    if not fen:
        return
    times = select(func.count(Entry.id)).where(Entry.key.startswith(_key(month, estate_id)))
    post(
        "earned",
        estate_id,
        open_day(estate_id, month.replace(day=days_of(month))),
        [Posting(Account.DEFERRED, fen), Posting(Account.FEES, -fen)],
        key=f"{_key(month, estate_id)}{session().execute(times).scalar_one()}",
        by=SYSTEM,
        about=("estate", estate_id),
        month=month.isoformat(),
    )


def _key(month: date, estate_id: int) -> str:
    return f"earned/{estate_id}/{month:%Y-%m}/"


def _earned(month: date, estate_id: int | None = None) -> Mapping[int, int]:
    """By estate: the parts of its bills that are this month's."""
    query = (
        select(Bill.estate_id, Bill.first, Bill.months, func.sum(BillLine.fen))
        .join(BillLine, BillLine.bill_id == Bill.id)
        .where(
            Bill.state != State.VOID,
            Bill.first <= month,
            Bill.first > month_on(month, -LONGEST),
            BillLine.what.in_(DEFERRED),
        )
        .group_by(Bill.id, Bill.estate_id, Bill.first, Bill.months)
    )
    if estate_id is not None:
        query = query.where(Bill.estate_id == estate_id)
    found: dict[int, int] = defaultdict(int)
    for estate, first, months, fen in session().execute(query):
        place = (month.year - first.year) * 12 + month.month - first.month
        if place < months:
            found[estate] += split(int(fen), [1] * months)[place]
    return found


def _booked(month: date, estate_id: int | None = None) -> Mapping[int, int]:
    """By estate: what its entries say was earned in this month."""
    query = (
        select(Entry.estate_id, func.sum(EntryLine.fen))
        .join(EntryLine, EntryLine.entry_id == Entry.id)
        .where(
            Entry.kind == "earned",
            EntryLine.account == Account.DEFERRED,
            Entry.key.like(f"earned/%/{month:%Y-%m}/%"),
            Entry.day >= month,
        )
        .group_by(Entry.estate_id)
    )
    if estate_id is not None:
        query = query.where(Entry.estate_id == estate_id)
    return {estate: int(fen) for estate, fen in session().execute(query)}
