"""Points as satellites give them and as our maps show them."""

import pytest

from models.place.datum import to_gcj, to_wgs
from models.place.gazetteer import distance


def test_a_published_point_is_shifted_as_published():
    assert to_gcj(121.5272106, 31.1774276) == pytest.approx((121.531541859215, 31.17530398364597), abs=1e-12)


def test_the_way_there_and_back_ends_within_a_millimetre():
    for point in ((126.99, 46.63), (130.3, 47.33), (75.9, 39.4), (110.3, 20.0)):
        there = to_gcj(*point)
        assert 50 < distance(*point, *there) < 1000
        assert distance(*point, *to_wgs(*there)) < 0.001


def test_abroad_nothing_is_shifted():
    assert to_gcj(2.35, 48.86) == to_wgs(2.35, 48.86) == (2.35, 48.86)
