"""A home leaves what it agreed on, by the rules that it was shown then (rows 53, 54).

A year in advance: of the months that were paid those not begun are given back, months not begun × paid ÷
months paid; the free months are the last ones. A gift that was handed over is paid for out of it. A trial
costs nothing and needs no reason.
"""

from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import func, select

from models.base.actor import SYSTEM, By
from models.base.clock import local, now
from models.base.months import month_of, month_on
from models.base.orm import session
from models.base.refusals import NotAllowed, NotFound
from models.contract import agreements
from models.contract.tables import Charging, Contract, Gift, State
from models.fee.composing import Line
from models.fee.lines import DEFERRED, Off, change, void
from models.fee.payments import hold
from models.fee.tables import Bill, BillLine
from models.fee.tables import State as BillState
from models.ledger import Account, Posting, post
from models.ledger.parts import portion, split

FEE = DEFERRED | {"discount", "relief"}  # lines of a bill that are the fee of its months


class Owed(NamedTuple):
    """What leaving comes to, in fen: given back, what of that a gift costs, and by which payments it came."""

    begun: int  # months
    fen: int
    gift_fen: int
    offs: tuple[Off, ...] = ()

    @property
    def rest(self) -> int:
        return self.fen - self.gift_fen


def months_begun(contract: Contract, today: date) -> int:
    """Of its term; the month of its last day counts."""
    term = int(contract.rules["months_term"])
    months = (today.year - contract.since.year) * 12 + today.month - contract.since.month + 1
    return max(0, min(term, months))


def given_back(paid_fen: int, months_paid: int, begun: int) -> int:
    """Months not begun of those that were paid. Pure."""
    return portion(paid_fen, Fraction(max(0, months_paid - begun), months_paid))


def would_leave(contract: Contract) -> Owed:
    """What leaving a year today would come to, if its bill is paid. Raises NotAllowed: contract_over."""
    _must_run(contract)
    rules: dict[str, Any] = contract.rules
    begun = months_begun(contract, local(now()).date())
    bill = _bill(contract)
    fee = sum(fen for what, fen in _sums(bill).items() if what in FEE) if bill is not None else 0
    fen = given_back(fee, int(rules["months_paid"]), begun)
    gift = _gift(contract)
    worth = int(rules["gift_fen"]) if gift is not None and gift.handed_at is not None else 0
    return Owed(begun, fen, min(worth, fen))


def leave(contract_id: int, by: By, why: str) -> Owed:
    """Leaves a year before its end, or what was open-ended with the next month. What was paid for months not
    begun is owed to the home (Account.REFUND). Raises NotAllowed: contract_over, contract_is_trial."""
    contract = _held(contract_id)
    if contract.charging == Charging.TRIAL:
        raise NotAllowed("contract_is_trial", number=contract.id)
    if contract.charging != Charging.YEAR:
        first = month_on(month_of(local(now()).date()), 1)
        agreements.end(contract, max(first, contract.since), State.ENDED, by, why)
        return Owed(0, 0, 0)
    would = would_leave(contract)
    agreements.end(contract, month_on(contract.since, would.begun), State.ENDED, by, why)
    _release_gift(contract)
    bill = _bill(contract)
    offs = _shorten(bill, contract, would, by) if bill is not None else []
    fen = sum(one.fen for one in offs)
    gift_fen = min(would.gift_fen, fen)
    if gift_fen:
        post(
            "gift_kept",
            contract.estate_id,
            local(now()).date(),
            [
                Posting(Account.REFUND, gift_fen, contract.household_id),
                Posting(Account.OTHER_INCOME, -gift_fen, detail="gift"),
            ],
            key=f"gift_kept/{contract.id}",
            by=by,
            about=("contract", contract.id),
        )
    return Owed(would.begun, fen, gift_fen, tuple(offs))


def return_trial(contract_id: int, by: By) -> None:
    """Costs nothing, needs no reason; afterwards nothing is billed until the home agrees to something. Again
    changes nothing. Raises NotAllowed: trial_over; NotFound."""
    contract = _held(contract_id)
    if contract.charging == Charging.TRIAL and contract.state == State.RETURNED:
        return
    today = local(now()).date()
    if contract.charging != Charging.TRIAL or contract.until is None or today >= contract.until:
        raise NotAllowed("trial_over")
    first = max(month_on(month_of(today), 1), contract.since)
    agreements.end(contract, min(contract.until, first), State.RETURNED, by, None)


def fall_away() -> bool:
    """One year in advance that nobody paid in time: its bill is taken back, its months are charged as before.
    False when there is none."""
    query = (
        select(Contract.id)
        .join(Bill, Bill.contract_id == Contract.id)
        .where(
            Contract.state == State.RUNNING,
            Contract.charging == Charging.YEAR,
            Bill.state == BillState.OPEN,
            Bill.paid_fen == 0,
            Bill.due_on < local(now()).date(),
        )
    )
    number = session().scalars(query.order_by(Contract.id).limit(1)).first()
    if number is None:
        return False
    contract = _held(number)
    bill = _bill(contract)
    if contract.state == State.RUNNING and bill is not None and bill.paid_fen == 0:
        agreements.end(contract, contract.since, State.ENDED, SYSTEM, "unpaid")
        _release_gift(contract)
        void(bill, SYSTEM)
    return True


def _shorten(bill: Bill, contract: Contract, would: Owed, by: By) -> list[Off]:
    """The bill is for the months that were begun, at what they cost by the rules."""
    if would.begun == 0:
        return void(bill, by, rest=Account.REFUND)
    term = int(contract.rules["months_term"])
    by_what = _sums(bill)
    service = sum(fen for what, fen in by_what.items() if what in DEFERRED)
    left = sum(split(service, [1] * term)[would.begun :])
    relief = -portion(by_what.get("relief", 0), Fraction(term - would.begun, term))
    lines = [
        Line("left", -left, detail=None),
        Line("relief", relief),
        Line("discount_back", left - relief - would.fen),
    ]
    bill.months = would.begun
    lines = [line for line in lines if line.fen]  # none in the last month
    return change(bill, "left", lines, by, rest=Account.REFUND) if lines else []


def _sums(bill: Bill) -> dict[str, int]:
    """Fen by the codes of its lines."""
    query = select(BillLine.what, func.sum(BillLine.fen)).where(BillLine.bill_id == bill.id)
    return {what: int(fen) for what, fen in session().execute(query.group_by(BillLine.what))}


def _held(contract_id: int) -> Contract:
    """Its household first, as whoever agrees to something and whoever pays. Raises NotFound."""
    household = session().scalars(select(Contract.household_id).where(Contract.id == contract_id)).first()
    if household is None:
        raise NotFound("contract_not_found")
    hold(household)
    return agreements.held(contract_id)


def _must_run(contract: Contract) -> None:
    today = local(now()).date()
    over = contract.until is not None and contract.until <= today
    if contract.charging != Charging.YEAR or contract.state != State.RUNNING or over:
        raise NotAllowed("contract_over", number=contract.id)


def _bill(contract: Contract) -> Bill | None:
    query = select(Bill).where(Bill.contract_id == contract.id, Bill.state != BillState.VOID)
    return session().scalars(query.with_for_update()).first()


def _gift(contract: Contract) -> Gift | None:
    return session().scalars(select(Gift).where(Gift.contract_id == contract.id)).first()


def _release_gift(contract: Contract) -> None:
    gift = _gift(contract)
    if gift is not None and gift.handed_at is None:
        gift.released_at = now()
