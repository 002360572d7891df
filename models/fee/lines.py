"""What is written on bills, and what each line does in the books. Lines are appended, never edited."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, insert, select

from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import put, session
from models.fee.composing import Line
from models.fee.payments import Part, use_prepaid
from models.fee.reminding import stop
from models.fee.tables import Bill, BillLine, State
from models.ledger import Account, Posting, post
from models.ledger.sealing import open_day

#: The other side of what a household owes, by the code of a line. Money for months that are still to come is
#: deferred and becomes fees month by month (models/fee/recognition.py).
ACCOUNTS = {
    "service": Account.DEFERRED,
    "withheld": Account.DEFERRED,
    "left": Account.DEFERRED,  # months that a home did not stay for
    "discount": Account.DISCOUNT,
    "discount_back": Account.DISCOUNT,
    "relief": Account.RELIEF,
    "late": Account.OTHER_INCOME,
    "opening": Account.OPENING,  # owed before the books began
}
#: Of the lines that are income of another kind, which (templates/labels/incomes.toml).
INCOMES = {"late": "late"}
#: Codes of the lines that become fees.
DEFERRED = frozenset(what for what, account in ACCOUNTS.items() if account == Account.DEFERRED)


class Off(NamedTuple):
    """So much of a payment (None: of what was kept) pays a bill no more."""

    payment_id: int | None
    fen: int


def rows(bill_id: int, service_id: int, lines: Sequence[Line], by: By) -> list[dict[str, Any]]:
    """As they are written into bill_lines."""
    at = now()
    return [
        {
            "bill_id": bill_id,
            "what": line.what,
            "service_id": service_id or None,
            "basis": line.stretch.rate.basis if line.stretch else None,
            "price": line.stretch.rate.price if line.stretch else None,
            "area": line.area,
            "months_over": line.stretch.months.numerator if line.stretch else None,
            "months_under": line.stretch.months.denominator if line.stretch else None,
            "quantity": line.quantity,
            "fen": line.fen,
            "detail": line.detail,
            "at": at,
            "by_id": by.id,
        }
        for line in lines
    ]


def sides(owed: Mapping[int, int], lines: Iterable[Line]) -> list[Posting]:
    """An entry's lines: what each household owes more, against where its lines go."""
    against: dict[tuple[Account, str | None], int] = defaultdict(int)
    for line in lines:
        against[ACCOUNTS[line.what], INCOMES.get(line.what)] -= line.fen
    return [
        *(Posting(Account.RECEIVABLE, fen, home) for home, fen in owed.items() if fen),
        *(Posting(account, fen, detail=income) for (account, income), fen in against.items() if fen),
    ]


def write_bill(
    household_id: int,
    estate_id: int,
    period: str,
    first: date,
    months: int,
    due_on: date,
    lines: Sequence[Line],
    by: By,
    *,
    contract_id: int | None = None,
    service_id: int = 0,
) -> int:
    """One bill with its lines, booked today. The caller holds the household. Returns its number."""
    amount = sum(line.fen for line in lines)
    bill = put(
        Bill,
        household_id=household_id,
        estate_id=estate_id,
        period=period,
        first=first,
        months=months,
        due_on=due_on,
        amount_fen=amount,
        paid_fen=0,
        contract_id=contract_id,
        service_id=service_id,
        state=State.OPEN if amount else State.PAID,
        made_at=now(),
    )
    session().connection().execute(insert(BillLine), rows(bill, service_id, lines, by))
    _book("billed", estate_id, household_id, amount, lines, key=f"billed/bill/{bill}", by=by, bill=bill)
    return bill


def change(
    bill: Bill, kind: str, lines: Sequence[Line], by: By, *, rest: Account = Account.PREPAID
) -> list[Off]:
    """Adds lines to a bill and books them today; what was paid beyond its new sum goes to `rest` of the
    household, and what is kept pays its other open bills. The caller holds the household. Returns what was
    taken off which payment."""
    session().connection().execute(insert(BillLine), rows(bill.id, bill.service_id, lines, by))
    amount = sum(line.fen for line in lines)
    written = select(func.count(BillLine.id)).where(BillLine.bill_id == bill.id)
    key = f"{kind}/{bill.id}/{session().execute(written).scalar_one()}"
    _book(kind, bill.estate_id, bill.household_id, amount, lines, key=key, by=by, bill=bill.id)
    bill.amount_fen += amount
    over = bill.paid_fen - bill.amount_fen
    off = _release(bill, over, rest, key=f"over/{key}", by=by) if over > 0 else []
    if bill.state != State.VOID:
        bill.state = State.PAID if bill.paid_fen >= bill.amount_fen else State.OPEN
    session().flush()
    if off and rest == Account.PREPAID:
        use_prepaid([bill.household_id], local(now()).date())
    if bill.state != State.OPEN:
        stop(bill.household_id)
    return off


def void(bill: Bill, by: By, *, rest: Account = Account.PREPAID) -> list[Off]:
    """Takes a bill back: each of its lines once more with the other sign. Its months may be billed again.
    The caller holds the household. Returns what had been paid on it; that goes to `rest` of the household."""
    bill.state = State.VOID
    before = session().scalars(select(BillLine).where(BillLine.bill_id == bill.id).order_by(BillLine.id))
    lines = [Line(one.what, -one.fen, detail=one.detail) for one in before if one.fen]
    return change(bill, "void", lines, by, rest=rest)


def _book(
    kind: str, estate: int, household: int, amount: int, lines: Sequence[Line], *, key: str, by: By, bill: int
) -> None:
    postings = sides({household: amount}, lines)
    if postings:
        today = local(now()).date()
        post(kind, estate, open_day(estate, today), postings, key=key, by=by, about=("bill", bill))


def _release(bill: Bill, over: int, rest: Account, *, key: str, by: By) -> list[Off]:
    """Takes the last parts that were paid off it again."""
    parts = (
        select(Part.payment_id, func.sum(Part.fen))
        .where(Part.bill_id == bill.id)
        .group_by(Part.payment_id)
        .having(func.sum(Part.fen) > 0)
        .order_by(func.max(Part.id).desc())
    )
    found: list[Off] = []
    for payment, fen in session().execute(parts).all():
        off = min(over - sum(one.fen for one in found), int(fen))
        if off:
            put(Part, payment_id=payment, bill_id=bill.id, fen=-off)
            found.append(Off(payment, off))
    bill.paid_fen -= over
    post(
        "over",
        bill.estate_id,
        local(now()).date(),
        [Posting(Account.RECEIVABLE, over, bill.household_id), Posting(rest, -over, bill.household_id)],
        key=key,
        by=by,
        about=("bill", bill.id),
    )
    return found
