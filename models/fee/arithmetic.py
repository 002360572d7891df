"""What a tariff comes to, in exact fen. Pure. How a sum is rounded: models/ledger/parts.py.

Prices are in 0.0001 yuan.
"""

from fractions import Fraction

from models.ledger.parts import rounded

_PER_FEN = 10_000  # 0.01 m² × 0.0001 yuan is a millionth of a yuan, a fen holds ten thousand of them
MONTHS = 12
MOST = 10_000_000_00  # fen of one bill; more is a slip of the pen in an area or a price


def of_area(area: int, price: int, months: Fraction) -> Fraction:
    """For `area` (0.01 m²) at `price` per m² and month: 50 m² at 0.30 are 18 000 a year."""
    return Fraction(area * price, _PER_FEN) * months


def of_year(price: int, months: Fraction) -> Fraction:
    """At `price` a year for so many months of it."""
    return Fraction(price, 100 * MONTHS) * months


def of_pieces(quantity: int, price: int, months: Fraction) -> Fraction:
    """For so many pieces at `price` each and month; of what is wanted once, `months` is one."""
    return Fraction(quantity * price, 100) * months


def by_area(area: int, price: int, months: Fraction) -> int:
    """As `of_area`, to the nearest fen."""
    return rounded(of_area(area, price, months))
