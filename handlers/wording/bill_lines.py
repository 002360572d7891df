"""A line of a bill as its words need it."""

from fractions import Fraction
from typing import Any

from models.fee.tables import BillLine


def line_facts(line: BillLine) -> dict[str, Any]:
    """For the macro `formula` of templates/replies/_formula.txt. `whole` months and what is left of them as a
    fraction: 2 and 7/15."""
    months = None
    if line.months_over is not None and line.months_under:
        months = Fraction(line.months_over, line.months_under)
    return {
        "what": line.what,
        "basis": line.basis,
        "price": line.price,
        "area": line.area,
        "whole": int(months) if months is not None else None,
        "quantity": line.quantity,
        "part": str(months - int(months)) if months is not None and months.denominator > 1 else None,
        "fen": line.fen,
        "detail": line.detail,
    }
