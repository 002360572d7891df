"""物业退出 (row 49): what is owed back to each home when whoever manages an estate leaves."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from models.base.actor import By
from models.base.clock import local, now
from models.base.months import month_on
from models.base.orm import put, session
from models.base.refusals import Invalid, NotFound
from models.contract.tables import Exit
from models.fee.period import LONGEST
from models.fee.tables import Bill, State
from models.ledger import Account
from models.ledger.parts import split
from models.ledger.tables import Entry, EntryLine

MOST_THINGS = 200


class Back(NamedTuple):
    """Of one home, in fen: paid for months after the last day, kept for bills to come, already owed."""

    household_id: int
    unserved: int
    kept: int
    owed: int

    @property
    def fen(self) -> int:
        return self.unserved + self.kept + self.owed


def tell(estate_id: int, firm: str, told_on: date, leaves_on: date, by: By) -> int:
    """A firm says that it leaves; `leaves_on` is the first day without it. Raises Invalid: exit_firm,
    exit_days."""
    if not 0 < len(firm.strip()) <= 60:
        raise Invalid("exit_firm")
    if leaves_on < told_on:
        raise Invalid("exit_days")
    return put(
        Exit,
        estate_id=estate_id,
        firm=firm.strip(),
        told_on=told_on,
        leaves_on=leaves_on,
        handed_over=[],
        by_id=by.id,
        at=now(),
    )


def held(exit_id: int) -> Exit:
    """Raises NotFound."""
    found = session().get(Exit, exit_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("exit_not_found")
    return found


def hand_over(left: Exit, things: Sequence[str]) -> None:
    """Adds to the list of what was handed over. Raises Invalid: exit_things."""
    added = [one.strip() for one in things if one.strip()]
    if not added or len(left.handed_over) + len(added) > MOST_THINGS:
        raise Invalid("exit_things")
    left.handed_over = [*left.handed_over, *(one for one in added if one not in left.handed_over)]


def followed(left: Exit, *, emergency_since: date | None = None, on: date | None = None) -> None:
    """Since when there is an emergency service, and the first day of who came after. Raises Invalid:
    exit_days."""
    if any(day is not None and day < left.told_on for day in (emergency_since, on)):
        raise Invalid("exit_days")
    left.emergency_since = emergency_since or left.emergency_since
    left.followed_on = on or left.followed_on


def days_without(left: Exit) -> int:
    """Days on which nobody managed the estate, to this day or until somebody came."""
    until = left.followed_on or local(now()).date() + timedelta(days=1)
    return max(0, (until - left.leaves_on).days)


def back(estate_id: int, leaves_on: date) -> list[Back]:
    """What each home is to have back, by household; from the books as they stand. Pays nothing out. A month
    that was begun is not given back."""
    first = leaves_on if leaves_on.day == 1 else month_on(leaves_on.replace(day=1), 1)
    unserved = _unserved(estate_id, first)
    kept, owed = _credit(estate_id, Account.PREPAID), _credit(estate_id, Account.REFUND)
    homes = sorted({*unserved, *kept, *owed})
    found = [Back(home, unserved.get(home, 0), kept.get(home, 0), owed.get(home, 0)) for home in homes]
    return [one for one in found if one.fen]


def _credit(estate_id: int, account: Account) -> dict[int, int]:
    """What the estate owes its households there."""
    query = (
        select(EntryLine.household_id, func.sum(EntryLine.fen))
        .join(Entry, Entry.id == EntryLine.entry_id)
        .where(Entry.estate_id == estate_id, EntryLine.account == account)
        .group_by(EntryLine.household_id)
    )
    return {home: -int(fen) for home, fen in session().execute(query) if home is not None and fen}


def _unserved(estate_id: int, first: date) -> dict[int, int]:
    query = select(Bill.household_id, Bill.first, Bill.months, Bill.amount_fen, Bill.paid_fen).where(
        Bill.estate_id == estate_id,
        Bill.state != State.VOID,
        Bill.paid_fen > 0,
        Bill.first > month_on(first, -LONGEST),
    )
    found: dict[int, int] = defaultdict(int)
    for home, start, months, amount, paid in session().execute(query):
        parts = split(amount, [1] * months)
        served = sum(fen for place, fen in enumerate(parts) if month_on(start, place) < first)
        found[home] += max(0, paid - served)
    return found
