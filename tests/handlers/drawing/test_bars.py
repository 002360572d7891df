"""How long the parts of a drawing are."""

from fractions import Fraction

import pytest

from handlers.drawing.bars import scaled, stacked
from handlers.drawing.whisker import whisker


def test_the_largest_fills_its_frame_and_nothing_is_nothing():
    assert scaled([3, 0, 1_000_000]) == [2, 0, 1000]
    assert scaled([]) == []
    assert scaled([0, 0]) == [0, 0]


def test_parts_of_a_row_follow_one_another_and_the_longest_row_fills_its_frame():
    rows = stacked([[1, 2, 1], [0, 0, 0], [0, 8, 0]])
    assert rows == [[(0, 125), (125, 250), (375, 125)], [(0, 0)] * 3, [(0, 0), (0, 1000), (1000, 0)]]
    assert stacked([]) == []


@pytest.mark.parametrize(
    ("rate", "low", "high", "drawn"),
    [
        (Fraction(11, 12), 6461, 9852, (917, 646, 986)),
        (Fraction(0), 0, 2775, (0, 0, 278)),
        (Fraction(297, 320), None, None, (928, None, None)),
        (None, None, None, None),
    ],
)
def test_a_rate_stands_between_what_it_may_be(rate, low, high, drawn):
    found = whisker(rate, low, high)
    assert (tuple(found) if found is not None else None) == drawn
