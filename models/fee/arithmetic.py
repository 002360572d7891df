"""What a tariff comes to, in whole fen. Pure. How a sum is rounded: models/ledger/parts.py."""

from fractions import Fraction

from models.ledger.parts import rounded

_PER_FEN = 10_000  # 0.01 m² × 0.0001 yuan is a millionth of a yuan, a fen holds ten thousand of them
MONTHS = 12


def by_area(area: int, price: int, months: Fraction) -> int:
    """Fen for `area` (0.01 m²) at `price` (0.0001 yuan per m² and month): 50 m² at 0.30 are 18 000 a year."""
    return rounded(Fraction(area * price, _PER_FEN) * months)


def by_year(price: int, months: Fraction) -> int:
    """Fen at `price` (0.0001 yuan a year) for so many months of it."""
    return rounded(Fraction(price, 100 * MONTHS) * months)
