"""Fees to the fen, against fractions (P7)."""

import random
from fractions import Fraction

from models.fee.arithmetic import by_area, of_year
from models.fee.leaving import given_back
from models.ledger.parts import portion, rounded, split

CASES = 100_000


def test_fifty_square_metres_at_thirty_fen_are_180_yuan_a_year():
    assert by_area(5000, 3000, Fraction(12)) == 180_00


def half_up(over: int, under: int) -> int:
    """The oracle: whole numbers and a remainder, nothing of how we round."""
    whole, rest = divmod(over, under)
    return whole + (2 * rest >= under)


def test_a_hundred_thousand_fees_differ_nowhere_from_the_rational_oracle():
    rng = random.Random(20261121)
    months = ((1, 1), (3, 1), (12, 1), (14, 30), (45, 31), (10, 12))
    wrong = 0
    for _ in range(CASES):
        area, price = rng.randrange(0, 60_000), rng.randrange(0, 100_000)
        over, under = rng.choice(months)
        # 0.01 m² × 0.0001 yuan are a millionth of a yuan, and so ten thousandths of a fen
        wrong += by_area(area, price, Fraction(over, under)) != half_up(area * price * over, 10_000 * under)
    assert wrong == 0


def test_as_many_discounts_parts_and_refunds_differ_nowhere_from_it_either():
    rng = random.Random(53)
    of = {(over, under): Fraction(over, under) for under in range(1, 25) for over in range(under + 1)}
    wrong = 0
    for case in range(CASES):
        fen, term = rng.randrange(0, 10**7), rng.randrange(1, 25)
        paid = rng.randrange(1, term + 1)
        off = portion(fen, of[term - paid, term])
        wrong += off != half_up(fen * (term - paid), term)
        begun = rng.randrange(0, term + 1)
        due = fen - off
        back = given_back(due, paid, begun)
        wrong += back != half_up(due * max(0, paid - begun), paid) or not 0 <= back <= due
        if case % 10 == 0:  # a tenth of them, because it is the slowest
            parts = split(fen, [1] * term)
            exact = divmod(fen, term)
            wrong += sum(parts) != fen or parts != [exact[0] + (one < exact[1]) for one in range(term)]
    assert wrong == 0


def test_a_flat_price_by_months():
    assert rounded(of_year(120 * 10_000, Fraction(3))) == 30_00
    assert rounded(of_year(100 * 10_000, Fraction(1))) == 8_33
    assert rounded(of_year(100 * 10_000, Fraction(12))) == 100_00
