"""What each month of a bill costs, as its own lines say: a price that was set since says nothing of it."""

from fractions import Fraction

from sqlalchemy import select

from models.base.orm import session
from models.fee.tables import Bill, BillLine


def part_of(bill: Bill, months: range) -> Fraction:
    """Which part of what the bill asks for its months is asked for these, counted from its first, 0."""
    costs = month_costs(bill.months, _lines(bill))
    whole = sum(costs, Fraction(0))
    return sum((costs[one] for one in months), Fraction(0)) / whole if whole else Fraction(0)


def month_costs(months: int, lines: list[tuple[int, Fraction]]) -> list[Fraction]:
    """Fen by month, from lines (fen, months) in the order of their days. Pure.

    Counted from the end, because days before the first price of all are on no line.
    """
    length = max(months, -int(-sum((many for _, many in lines), Fraction(0)) // 1))
    costs, place, room = [Fraction(0)] * length, length - 1, Fraction(1)
    for fen, many in reversed(lines):
        left = many
        while left:
            part = min(left, room)
            costs[place] += fen * part / many
            left, room = left - part, room - part
            if not room:
                place, room = place - 1, Fraction(1)
    return costs[:months]


def _lines(bill: Bill) -> list[tuple[int, Fraction]]:
    lines = select(BillLine).where(BillLine.bill_id == bill.id, BillLine.what == "service")
    return [
        (one.fen, Fraction(one.months_over, one.months_under))
        for one in session().scalars(lines.order_by(BillLine.id))
        if one.months_over and one.months_under
    ]
