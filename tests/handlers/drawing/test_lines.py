"""Where the points of a drawing stand."""

from handlers.drawing.bars import bars
from handlers.drawing.lines import stretches, trend


def test_a_bar_is_as_long_as_its_share_and_none_is_invisible():
    drawn = bars([("labour", 680_00, 680), ("snow", 319_99, 320), ("tax", 1, 0)])
    assert [one["length"] for one in drawn] == [680, 320, 2]
    assert bars([]) == []


def test_all_is_above_nothing_and_the_rate_is_rounded_half_upwards():
    points = trend([(0, 8), (1, 8), (8, 8)])
    assert [one["permille"] for one in points if one] == [0, 125, 1000]
    assert [one["y"] for one in points if one] == [124, 113, 36]
    assert [one["x"] for one in points if one] == [70, 180, 290]


def test_where_nothing_may_be_said_the_line_has_a_gap():
    points = trend([(1, 2), (1, 2), None, (1, 2), (0, 0)])
    assert [point is None for point in points] == [False, False, True, False, True]
    assert stretches(points) == ["70,80 125,80"]


def test_one_point_alone_stands_in_the_middle():
    points = trend([(1, 2)])
    assert points[0] is not None
    assert points[0]["x"] == 180
    assert stretches(points) == []
