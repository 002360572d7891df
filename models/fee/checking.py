"""Whether bills say the same as their lines and as the ledger."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, extract, func, select, union_all

from models.base.orm import session
from models.fee.payments import Part
from models.fee.tables import Bill, BillLine, State
from models.ledger import checking
from models.ledger.accounts import Account
from models.ledger.tables import EntryLine

SHOWN = 20


def faults() -> Iterator[tuple[str, int, int]]:
    """(what, number, fen over), those of models/ledger/checking first. There must be none.

    bill: it is not the sum of its lines · paid: what stands as paid on a bill is not what its payments say ·
    household: its bills are not what the ledger says that it owes · prepaid, refund: a household has used
    more of it than it ever had.
    """
    yield from checking.faults()
    for what, column, part in (
        ("bill", Bill.amount_fen, BillLine),
        ("paid", Bill.paid_fen, Part),
    ):
        over = column - func.coalesce(func.sum(part.fen), 0)
        unlike = select(Bill.id, over).outerjoin(part, part.bill_id == Bill.id).group_by(Bill.id, column)
        rows = session().execute(unlike.having(over != 0).order_by(Bill.id).limit(SHOWN))
        yield from ((what, int(key), int(fen)) for key, fen in rows)
    owed = select(Bill.household_id, (Bill.paid_fen - Bill.amount_fen).label("fen"))
    booked = select(EntryLine.household_id, EntryLine.fen).where(EntryLine.account == Account.RECEIVABLE)
    both = union_all(owed, booked).subquery()
    over = func.sum(both.c.fen)
    homes = select(both.c.household_id, over).group_by(both.c.household_id).having(over != 0).limit(SHOWN)
    yield from (("household", int(key), int(fen)) for key, fen in session().execute(homes))
    for account in (Account.PREPAID, Account.REFUND):
        over = func.sum(EntryLine.fen)
        used = select(EntryLine.household_id, over).where(EntryLine.account == account)
        rows = session().execute(used.group_by(EntryLine.household_id).having(over > 0).limit(SHOWN))
        yield from ((str(account), int(home or 0), int(fen)) for home, fen in rows)
    yield from (("month", int(key), int(fen)) for key, fen in session().execute(_twice()))


def _twice() -> Select[Any]:
    """Bills of a home and service whose months reach into those of the next one."""
    first = extract("year", Bill.first) * 12 + extract("month", Bill.first)
    following = func.lead(first).over(
        partition_by=(Bill.household_id, Bill.service_id), order_by=(Bill.first, Bill.id)
    )
    months = (
        select(Bill.id, Bill.amount_fen, (first + Bill.months).label("after"), following.label("following"))
        .where(Bill.state != State.VOID)
        .subquery()
    )
    query = select(months.c.id, months.c.amount_fen).where(months.c.following < months.c.after)
    return query.order_by(months.c.id).limit(SHOWN)
