"""What is rounded and divided is neither more nor less than before."""

import random
from fractions import Fraction

import pytest

from models.ledger.parts import portion, rounded, shares, split


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
