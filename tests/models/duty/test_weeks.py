"""Weekly patterns and the hours that nobody covers."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.base.clock import local
from models.base.refusals import Invalid
from models.duty.patterns import read
from models.duty.weeks import Line, planned, uncovered, without

MONDAY = date(2026, 11, 23)
START = datetime(2026, 11, 23, tzinfo=UTC)


def hour(number: float) -> datetime:
    return START + timedelta(hours=number)


def test_a_line_makes_a_shift_on_each_of_its_days_by_the_wall_clock() -> None:
    line = Line(frozenset({0, 2}), time(8), time(20), ((7,),))
    found = planned([line], MONDAY, MONDAY + timedelta(days=6))
    assert [one.person_id for one in found] == [7, 7]
    assert [f"{local(one.starts_at):%a %H:%M}" for one in found] == ["Mon 08:00", "Wed 08:00"]
    assert [one.ends_at - one.starts_at for one in found] == [timedelta(hours=12)] * 2


def test_a_night_ends_the_next_morning_and_a_whole_day_is_24_hours() -> None:
    lines = [
        Line(frozenset({0}), time(20), time(8), ((7,),)),
        Line(frozenset({1}), time(8), time(8), ((8,),)),
    ]
    night, day = planned(lines, MONDAY, MONDAY + timedelta(days=1))
    assert night.ends_at == day.starts_at
    assert day.ends_at - day.starts_at == timedelta(days=1)


def test_teams_take_turns_and_a_team_is_there_together() -> None:
    line = Line(frozenset(range(7)), time(8), time(8), ((1,), (2, 3)))
    found = planned([line], MONDAY, MONDAY + timedelta(days=2))
    assert [one.person_id for one in found] == [1, 2, 3, 1]


def test_what_is_not_covered() -> None:
    assert uncovered([], hour(0), hour(2)) == [(hour(0), hour(2))]
    assert uncovered([(hour(-1), hour(1)), (hour(1), hour(3))], hour(0), hour(2)) == []
    assert uncovered([(hour(1), hour(2)), (hour(1), hour(1.5))], hour(0), hour(3)) == [
        (hour(0), hour(1)),
        (hour(2), hour(3)),
    ]


def test_a_shift_without_its_leave() -> None:
    span = (hour(0), hour(8))
    assert without(span, []) == [span]
    assert without(span, [(hour(2), hour(3))]) == [(hour(0), hour(2)), (hour(3), hour(8))]
    assert without(span, [(hour(2), None)]) == [(hour(0), hour(2))]
    assert without(span, [(hour(-2), hour(-1)), (hour(9), None)]) == [span]
    assert without(span, [(hour(5), hour(4))]) == [span]  # a deputy who was never away meanwhile


SPANS = st.lists(st.tuples(st.integers(-5, 60), st.integers(1, 20)), max_size=12)


@given(SPANS, st.integers(0, 40), st.integers(1, 20))
def test_every_hour_is_covered_or_named(spans: list[tuple[int, int]], first: int, length: int) -> None:
    shifts = [(hour(begins), hour(begins + long)) for begins, long in spans]
    start, end = hour(first), hour(first + length)
    gaps = uncovered(shifts, start, end)
    for number in range(first, first + length):
        moment = hour(number + 0.5)
        covered = any(begins <= moment < ends for begins, ends in shifts)
        named = any(begins <= moment < ends for begins, ends in gaps)
        assert covered is not named
    assert gaps == sorted(gaps)
    assert all(start <= begins < ends <= end for begins, ends in gaps)


@given(SPANS)
def test_a_daily_pattern_of_whole_days_leaves_no_hour_uncovered(spans: list[tuple[int, int]]) -> None:
    line = Line(frozenset(range(7)), time(8), time(8), tuple((one,) for one in range(1, len(spans) + 2)))
    found = planned([line], MONDAY, MONDAY + timedelta(days=30))
    covered = [(one.starts_at, one.ends_at) for one in found]
    assert uncovered(covered, covered[0][0], covered[-1][1]) == []


def person(number: str) -> int | None:
    return {"G1": 1, "G2": 2, "G3": 3}.get(number)


def test_a_pattern_as_it_is_typed() -> None:
    assert read(["1-5 08:00-20:00 G1/G2、G3", "", " 6,7 20:00-8:00 G1"], person) == [
        Line(frozenset(range(5)), time(8), time(20), ((1,), (2, 3))),
        Line(frozenset({5, 6}), time(20), time(8), ((1,),)),
    ]
    assert read(["1-7 00:00-24:00 G1"], person)[0].ends == time(0)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "1-5",
        "8 08:00-20:00 G1",
        "5-1 08:00-20:00 G1",
        "1 8-20 G1",
        "1 08:61-20:00 G1",
        "1 08:00-20:00 G1/",
        "每天 08:00-20:00 G1",
        "1 08:00-20:00",
    ],
)
def test_what_cannot_be_read_is_named_by_its_line(said: str) -> None:
    with pytest.raises(Invalid, match="rota_line"):
        read([said], person)


def test_nobody_of_that_number() -> None:
    with pytest.raises(Invalid, match="rung_person"):
        read(["1 08:00-20:00 G9"], person)
