"""Fees to the fen, against fractions (P7)."""

import random
from fractions import Fraction
from math import floor

from models.fee.arithmetic import by_area, of_year
from models.ledger.parts import rounded

CASES = 1_000_000


def test_fifty_square_metres_at_thirty_fen_are_180_yuan_a_year():
    assert by_area(5000, 3000, Fraction(12)) == 180_00


def test_a_million_fees_differ_nowhere_from_the_rational_oracle():
    rng = random.Random(20261121)
    wrong = 0
    for _ in range(CASES):
        area, price = rng.randrange(0, 60_000), rng.randrange(0, 100_000)
        over, under = rng.choice(((1, 1), (3, 1), (12, 1), (14, 30), (45, 31), (10, 12)))
        # yuan: area / 100 × price / 10 000 × months; the oracle knows nothing of how we multiply
        yuan = Fraction(area, 100) * Fraction(price, 10_000) * Fraction(over, under)
        wrong += by_area(area, price, Fraction(over, under)) != floor(yuan * 100 + Fraction(1, 2))
    assert wrong == 0


def test_a_flat_price_by_months():
    assert rounded(of_year(120 * 10_000, Fraction(3))) == 30_00
    assert rounded(of_year(100 * 10_000, Fraction(1))) == 8_33
    assert rounded(of_year(100 * 10_000, Fraction(12))) == 100_00
