"""Rates as cities published them, and how a figure is written."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.indicator.figures import (
    Figure,
    as_json,
    average,
    composite,
    interval,
    per_10000,
    percent,
    spread,
)

PUBLISHED = [
    (51_229, 51_571, "99.34%"),  # Zhengzhou, April 2019: 立案率
    (49_151, 51_229, "95.94%"),  # 派遣率
    (43_523, 52_434, "83.01%"),  # 结案率: more fell due than came in
    (40_394, 52_434, "77.04%"),  # 按期结案率
    (276, 52_434, "0.53%"),  # 返工率
    (104, 52_434, "0.20%"),  # 延期率
    (911, 972, "93.72%"),  # Tianmen, December 2016
    (737, 972, "75.82%"),
    (56, 76, "73.68%"),
    (111, 119, "93.28%"),
    (167, 195, "85.64%"),
    (49, 50, "98.00%"),
    (922, 1445, "63.81%"),
]


@pytest.mark.parametrize(("over", "under", "said"), PUBLISHED)
def test_published_rates_come_out_as_they_were_published(over: int, under: int, said: str) -> None:
    assert Figure("x", over, under).written(2) == f"{over}/{under} = {said}"


@pytest.mark.parametrize(
    ("over", "under", "said"),
    [(11, 12, "11/12 = 91.7%"), (49, 50, "49/50 = 98.0%"), (1, 1, "1/1 = 100.0%"), (0, 7, "0/7 = 0.0%")],
)
def test_a_rate_is_written_with_what_it_is_made_of(over: int, under: int, said: str) -> None:
    assert Figure("x", over, under).written() == said


def test_a_zero_denominator_is_a_dash_and_in_no_average() -> None:
    nothing = Figure("x", 0, 0)
    assert nothing.written() == "—"
    assert nothing.rate is None
    assert as_json(nothing)["rate"] is None
    assert average([Figure("x", 1, 2), nothing, Figure("x", 4, 4)]) == Fraction(3, 4)
    assert average([nothing]) is None
    assert interval(0, 0) is None


def test_a_grade_that_counts_in_part_is_written_with_its_parts() -> None:
    assert Figure("x", 29 * 100 + 3 * 90, 40, 100).written() == "31.7/40 = 79.3%"


def test_half_a_tenth_is_rounded_up() -> None:
    assert percent(Fraction(1, 2000)) == "0.1%"
    assert percent(Fraction(49_999, 100_000_000)) == "0.0%"


def test_a_composite_is_the_weighted_sum_and_nothing_where_a_part_is_nothing() -> None:
    parts = [(Figure("a", 9, 10), 10, False), (Figure("b", 4, 5), 50, False), (Figure("c", 1, 4), 40, True)]
    made = composite("all", parts)
    assert made.rate == Fraction(9, 100) + Fraction(40, 100) + Fraction(30, 100)
    assert composite("all", [*parts, (Figure("d", 0, 0), 0, False)]).rate is None


@pytest.mark.parametrize(
    ("over", "under", "low", "high"),
    # R 4.3: prop.test(over, under, correct = FALSE)$conf.int
    [(49, 50, 0.8950, 0.9965), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (56, 76, 0.6280, 0.8229)],
)
def test_the_interval_is_wilsons(over: int, under: int, low: float, high: float) -> None:
    found = interval(over, under)
    assert found is not None
    assert abs(found[0] - low * 10_000) <= 2
    assert abs(found[1] - high * 10_000) <= 2


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_rate_and_stays_between_nothing_and_all(pair: tuple[int, int]) -> None:
    over, under = pair
    low, high = interval(over, under) or (0, 0)
    assert 0 <= low <= high <= 10_000
    assert low <= per_10000(Fraction(over, under)) <= high


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_half_of_the_cases_took_no_longer_than_the_median(minutes: list[int]) -> None:
    made = spread("x", minutes)
    assert made.median is not None
    assert made.p90 is not None
    assert 2 * sum(one <= made.median for one in minutes) >= len(minutes)
    assert 2 * sum(one < made.median for one in minutes) < len(minutes)
    assert 10 * sum(one <= made.p90 for one in minutes) >= 9 * len(minutes)
    assert 10 * sum(one < made.p90 for one in minutes) < 9 * len(minutes)


def test_of_no_cases_there_are_no_minutes() -> None:
    assert spread("x", []) == ("x", 0, None, None)
