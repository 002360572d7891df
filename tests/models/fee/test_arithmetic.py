"""Fees to the fen, against fractions (P7)."""

import random
from fractions import Fraction
from math import floor

import pytest

from models.fee.arithmetic import by_area, by_year, portion, rounded, shares, split

CASES = 1_000_000


def test_fifty_square_metres_at_thirty_fen_are_180_yuan_a_year():
    assert by_area(5000, 3000, Fraction(12)) == 180_00


@pytest.mark.parametrize(
    ("exact", "whole"),
    [
        (Fraction(1, 2), 1),
        (Fraction(3, 2), 2),
        (Fraction(-1, 2), 0),
        (Fraction(-3, 2), -1),
        (Fraction(149, 100), 1),
    ],
)
def test_half_a_fen_goes_up(exact, whole):
    assert rounded(exact) == whole


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
    assert by_year(120 * 10_000, Fraction(3)) == 30_00
    assert by_year(100 * 10_000, Fraction(1)) == 8_33
    assert by_year(100 * 10_000, Fraction(12)) == 100_00


def test_ten_months_of_twelve():
    assert portion(180_00, Fraction(10, 12)) == 150_00
    assert portion(180_00, Fraction(2, 12)) == 30_00


def test_the_parts_are_always_the_whole_and_never_a_fen_from_their_share():
    rng = random.Random(7)
    for _ in range(20_000):
        weights = [rng.randrange(0, 50) for _ in range(rng.randrange(1, 9))]
        if not sum(weights):
            continue
        fen = rng.randrange(0, 1_000_000)
        parts = split(fen, weights)
        assert sum(parts) == fen
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part - Fraction(fen * weight, sum(weights))) < 1


@pytest.mark.parametrize("weights", [[], [0, 0], [-1, 2]])
def test_what_cannot_be_split_is_refused(weights):
    with pytest.raises(ValueError):
        split(100, weights)


def test_shares_are_a_thousand_tenths_of_a_percent():
    assert shares([1, 1, 1]) == [334, 333, 333]
    assert sum(shares([68_00, 13_37, 9_99, 1])) == 1000
    assert shares([0, 0]) == [0, 0]
