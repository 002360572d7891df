"""Bills of the small town (tests/factories.py), made by hand so that a test says what it is about."""

from datetime import date

from models.base.actor import By
from models.base.orm import put, session
from models.fee.payments import Way, receive
from models.fee.period import Period
from models.fee.tables import Bill, BillLine, State
from models.ledger import Account, Posting, post
from models.place.tables import Building, Household

CLERK, OTHER = By.staff(1), By.staff(2)


def estate_of(home: int) -> int:
    return session().get_one(Building, session().get_one(Household, home).building_id).estate_id


def a_bill(
    home: int,
    fen: int,
    label: str = "2026-Q4",
    *,
    late: int = 0,
    opening: int = 0,
    due_on: date | None = None,
    state: State = State.OPEN,
) -> int:
    """Due on its last day unless said otherwise; beside `fen` what is charged for late payment, and what was
    owed before the books began."""
    estate, period = estate_of(home), Period.of(label)
    bill = put(
        Bill, household_id=home, estate_id=estate, period=label, first=period.first, months=period.months,
        due_on=due_on or period.last, amount_fen=fen + late + opening, state=state,
    )  # fmt: skip
    for what, part in (("service", fen), ("late", late), ("opening", opening)):
        if part:
            put(BillLine, bill_id=bill, what=what, fen=part)
    amount = fen + late + opening
    lines = [Posting(Account.RECEIVABLE, amount, home), Posting(Account.DEFERRED, -amount)]
    post("billed", estate, period.first, lines, key=f"billed/{bill}", by=CLERK)
    return bill


def pay(home: int, fen: int, day: date, receipt: str = "1") -> int:
    return receive(home, fen, Way.CASH, f"{home}-{receipt}", day, CLERK)[0]
