"""违约金: what late payment costs, by the rule of the place; without one, nothing. And who owes since when.

Only where the contract says so, and never more than a part of the bill: what is far above the damage a court
cuts down (Civil Code 577, 585; the Supreme People's Court on property service disputes, 2009, revised 2020:
nobody is charged beyond the contract). Charged at the beginning of a month for the days of the month before,
on what of the fee was still owed on each of them, by a line of its own that names its days. A bill that is
paid by then, or disputed, is charged nothing, and no month is made up for later.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import func, select

from models.base.actor import SYSTEM
from models.base.clock import local, now
from models.base.months import month_on
from models.base.orm import session
from models.fee import reminding
from models.fee.composing import Line
from models.fee.lines import change
from models.fee.payments import Part, Payment
from models.fee.reminding import IS_OPEN
from models.fee.tables import Bill, BillLine
from models.ledger.parts import rounded

LATE = "late"
AGES = (0, 1, 31, 91, 181, 366)  # from so many days after the due day on; 0: what is not due yet


@dataclass(frozen=True, slots=True)
class LateRule:
    """`per_10000` of what is owed, for each day from the `from_day`th after the due day on, together at most
    `most_percent` of the fee. None of it where `per_10000` is 0."""

    per_10000: int = 0
    from_day: int = 1
    most_percent: int = 30


class Arrear(NamedTuple):
    """An open bill: what is still owed on it in fen, and for how many days (0: not due yet)."""

    bill_id: int
    period: str
    due_on: date
    fen: int
    days: int


def accrued(
    fee: int, paid: Sequence[tuple[date | None, int]], first: date, after: date, per_10000: int
) -> Fraction:
    """Fen for the days from `first` to the one before `after`, exactly: each day counts with what was still
    owed at its end. `paid`: fen by day; None was there before. Pure."""
    total, day = Fraction(0), first
    changes = sorted({one for one, _ in paid if one is not None and first < one < after} | {after})
    for change_day in changes:
        if change_day <= day:
            continue
        rest = fee - sum(fen for on, fen in paid if on is None or on <= day)
        total += Fraction(max(rest, 0) * per_10000 * (change_day - day).days, 10_000)
        day = change_day
    return total


def days_of_month(due_on: date, month: date, rule: LateRule) -> tuple[date, date] | None:
    """The days of a month that are charged: the first and the one after the last. Pure."""
    first = max(month, due_on + timedelta(days=rule.from_day))
    after = month_on(month, 1)
    return (first, after) if first < after else None


def charge_some(after: int, rule: LateRule) -> int | None:
    """Goes on with the homes behind the household `after`: their open bills are charged for the last month,
    each once. Returns the last one that was looked at, None when there is none any more."""
    today = local(now()).date()
    month = month_on(today.replace(day=1), -1)
    homes = reminding.held(after, due_before=month_on(month, 1))
    if not homes or not rule.per_10000:
        return None
    query = select(Bill).where(IS_OPEN, Bill.household_id.in_(homes), Bill.paid_fen < Bill.amount_fen)
    bills = session().scalars(query.where(Bill.case_id.is_(None)).order_by(Bill.id).with_for_update()).all()
    charged, paid = _charged([bill.id for bill in bills]), _paid([bill.id for bill in bills])
    for bill in bills:
        days = days_of_month(bill.due_on, month, rule)
        before = charged.get(bill.id, {})
        if days is None or any(said.startswith(f"{month:%Y-%m}") for said in before):
            continue
        so_far = sum(before.values())
        fee = bill.amount_fen - so_far
        fen = rounded(accrued(fee, paid.get(bill.id, ()), *days, rule.per_10000))
        fen = min(fen, fee * rule.most_percent // 100 - so_far)
        if fen > 0:
            first, last = days[0], days[1] - timedelta(days=1)
            change(bill, LATE, [Line(LATE, fen, detail=f"{first}/{last}")], SYSTEM)
    return homes[-1]


def arrears(household_id: int) -> list[Arrear]:
    """The open bills of a home, the oldest first."""
    today = local(now()).date()
    query = (
        select(Bill.id, Bill.period, Bill.due_on, Bill.amount_fen - Bill.paid_fen)
        .where(IS_OPEN, Bill.household_id == household_id, Bill.paid_fen < Bill.amount_fen)
        .order_by(Bill.due_on, Bill.id)
    )
    return [
        Arrear(key, period, due, fen, max((today - due).days, 0))
        for key, period, due, fen in session().execute(query)
    ]


def by_age(estate_id: int) -> Mapping[int, tuple[int, int]]:
    """Age → (bills, fen) of an estate: 0 what is not due yet, 1 what is late for 1 to 30 days, and so on. For
    staff."""
    today = local(now()).date()
    query = (
        select(Bill.due_on, func.count(), func.sum(Bill.amount_fen - Bill.paid_fen))
        .where(IS_OPEN, Bill.estate_id == estate_id, Bill.paid_fen < Bill.amount_fen)
        .group_by(Bill.due_on)
    )
    found = dict.fromkeys(AGES, (0, 0))
    for due, bills, fen in session().execute(query):
        days = max((today - due).days, 0)
        age = max(one for one in AGES if one <= days)
        found[age] = (found[age][0] + int(bills), found[age][1] + int(fen))
    return found


def _charged(bills: Sequence[int]) -> Mapping[int, dict[str, int]]:
    """Bill → days → fen."""
    query = select(BillLine.bill_id, BillLine.detail, func.sum(BillLine.fen))
    query = query.where(BillLine.bill_id.in_(bills), BillLine.what == LATE)
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for bill, days, fen in session().execute(query.group_by(BillLine.bill_id, BillLine.detail)):
        found[bill][days or ""] = int(fen)
    return found


def _paid(bills: Sequence[int]) -> Mapping[int, list[tuple[date | None, int]]]:
    query: Any = select(Part.bill_id, Payment.day, func.sum(Part.fen))
    query = query.outerjoin(Payment, Payment.id == Part.payment_id).where(Part.bill_id.in_(bills))
    found: dict[int, list[tuple[date | None, int]]] = defaultdict(list)
    for bill, day, fen in session().execute(query.group_by(Part.bill_id, Payment.day)):
        found[bill].append((day, int(fen)))
    return found
