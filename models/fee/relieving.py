"""A relief that a second person agrees to also counts for bills that are made already: by a line more."""

from datetime import date

from sqlalchemy import func, select

from models.base.actor import By
from models.base.months import month_on
from models.base.orm import session
from models.base.refusals import NotFound
from models.contract import reliefs
from models.contract.tables import Relief
from models.fee.composing import Line
from models.fee.lines import ACCOUNTS, change
from models.fee.payments import hold
from models.fee.period import LONGEST
from models.fee.spreading import part_of
from models.fee.tables import Bill, BillLine, State
from models.ledger import Account
from models.ledger.parts import portion

_OF_FEE = [what for what, account in ACCOUNTS.items() if account in (Account.DEFERRED, Account.DISCOUNT)]


def agree(relief_id: int, by: By) -> None:
    """What was paid already and is too much now is kept for bills to come. Raises as `reliefs.agree`."""
    household = session().scalars(select(Relief.household_id).where(Relief.id == relief_id)).first()
    if household is None:
        raise NotFound("relief_not_found")
    hold(household)
    relief = reliefs.held(relief_id)
    reliefs.agree(relief, by)
    query = select(Bill).where(
        Bill.household_id == household,
        Bill.service_id == 0,
        Bill.state != State.VOID,
        Bill.first < relief.until,
        Bill.first > month_on(relief.since, -LONGEST),
    )
    for bill in session().scalars(query.order_by(Bill.first).with_for_update()).all():
        first, after = (_place(bill, day) for day in (relief.since, relief.until))
        part = part_of(bill, range(first, after)) * relief.part_over / relief.part_under
        off = portion(_fee(bill), part)
        if off > 0:
            change(bill, "relief", [Line("relief", -off)], by)


def _place(bill: Bill, month: date) -> int:
    """Of a month among those of the bill; before its first, 0, after its last, one more than that has."""
    months = (month.year - bill.first.year) * 12 + month.month - bill.first.month
    return max(0, min(months, bill.months))


def _fee(bill: Bill) -> int:
    """What it asks for its months, before reliefs."""
    lines = select(func.coalesce(func.sum(BillLine.fen), 0))
    query = lines.where(BillLine.bill_id == bill.id, BillLine.what.in_(_OF_FEE))
    return int(session().execute(query).scalar_one())
