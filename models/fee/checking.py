"""Whether bills say the same as their lines and as the ledger."""

from collections.abc import Iterator

from sqlalchemy import func, select, union_all

from models.base.orm import session
from models.fee.payments import Part
from models.fee.tables import Bill, BillLine
from models.ledger.accounts import Account
from models.ledger.balances import unbalanced
from models.ledger.tables import EntryLine

SHOWN = 20


def faults() -> Iterator[tuple[str, int, int]]:
    """(what, number, fen over). There must be none.

    entry: its lines are not zero together · bill: it is not the sum of its lines · paid: what stands as paid
    on a bill is not what its payments say · household: its bills are not what the ledger says that it owes.
    """
    yield from (("entry", key, fen) for key, fen in unbalanced(SHOWN))
    over = Bill.amount_fen - func.coalesce(func.sum(BillLine.fen), 0)
    bills = (
        select(Bill.id, over)
        .outerjoin(BillLine, BillLine.bill_id == Bill.id)
        .group_by(Bill.id, Bill.amount_fen)
        .having(over != 0)
        .order_by(Bill.id)
        .limit(SHOWN)
    )
    yield from (("bill", int(key), int(fen)) for key, fen in session().execute(bills))
    paid = Bill.paid_fen - func.coalesce(func.sum(Part.fen), 0)
    parts = (
        select(Bill.id, paid)
        .outerjoin(Part, Part.bill_id == Bill.id)
        .group_by(Bill.id, Bill.paid_fen)
        .having(paid != 0)
        .order_by(Bill.id)
        .limit(SHOWN)
    )
    yield from (("paid", int(key), int(fen)) for key, fen in session().execute(parts))
    owed = select(Bill.household_id, (Bill.paid_fen - Bill.amount_fen).label("fen"))
    booked = select(EntryLine.household_id, EntryLine.fen).where(EntryLine.account == Account.RECEIVABLE)
    both = union_all(owed, booked).subquery()
    over = func.sum(both.c.fen)
    homes = select(both.c.household_id, over).group_by(both.c.household_id).having(over != 0).limit(SHOWN)
    yield from (("household", int(key), int(fen)) for key, fen in session().execute(homes))
