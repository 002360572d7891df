"""The figures of both sides, from steps: numerator and denominator."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from cast import Cast
from factories import a_case
from whistle_town import a_whistle

from models.base.clock import after, now
from models.whistle import answering, ending, scoring
from models.whistle.counting import Call, Share, Told, by_community, by_department, by_whistler, figures, told

NINE = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)


def minutes(count: int) -> datetime:
    return NINE + timedelta(minutes=count)


def one(calls: dict[int, Call], *, ended: int | None = None, justified: bool | None = None) -> Told:
    """Due to answer after 15 minutes and to be there after 60."""
    over = minutes(ended) if ended is not None else None
    return Told(1, 1, 1, NINE, minutes(15), minutes(60), calls, over, justified)


@pytest.mark.parametrize(
    ("call", "ended", "answered", "arrived"),
    [
        (Call(minutes(15), True, minutes(60), 5), 90, (1, 1), (1, 1)),
        (Call(minutes(16), True, minutes(61), 2), 90, (0, 1), (0, 1)),
        (Call(minutes(5), True), 90, (1, 1), (0, 1)),  # said that it comes, and did not
        (Call(minutes(5), True), 30, (1, 1), (0, 0)),  # let off before it had to be there
        (Call(minutes(5), False), 90, (1, 1), (0, 0)),  # said no in time
        (Call(), 90, (0, 1), (0, 0)),
        (Call(), 10, (0, 0), (0, 0)),  # let off before it had to answer
        (Call(), None, (0, 1), (0, 0)),
    ],
)
def test_who_counts_where(
    call: Call, ended: int | None, answered: tuple[int, int], arrived: tuple[int, int]
) -> None:
    found = figures([one({7: call}, ended=ended)], minutes(120))
    assert (found.answered, found.arrived) == (Share(*answered), Share(*arrived))


def test_while_there_is_time_nobody_is_late() -> None:
    assert figures([one({7: Call()})], minutes(10)).answered == Share(0, 0)


def test_a_whistle_that_nobody_scored_is_neither_justified_nor_not() -> None:
    several = [one({}, justified=justified) for justified in (True, False, None, True)]
    assert figures(several, minutes(120)).justified == Share(2, 3)


def test_marks_are_a_sum_and_a_count() -> None:
    found = figures([one({7: Call(mark=5), 8: Call(mark=2), 9: Call()})], minutes(1))
    assert found.marks == Share(7, 2)


def test_of_one_department_only_its_own_calls_count() -> None:
    whistle = one({7: Call(minutes(1), True), 8: Call()}, ended=30)
    found = by_department([whistle], minutes(120))
    assert (found[7].answered, found[8].answered) == (Share(1, 1), Share(0, 1))


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_who_was_there_in_time_has_answered_in_time_however_late_it_was_noted(
    cast: Cast, called: Any
) -> None:
    since, whistle = now() - timedelta(seconds=1), a_whistle(cast, called.lead)
    with time_machine.travel(after(hours=1)):
        answering.arrive(whistle.id, called.lead, cast.zhao.id, whistle.blown_at + timedelta(minutes=10))
        assert figures(told(since, now())).answered == Share(1, 1)


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_steps_alone_tell_both_sides(cast: Cast, called: Any) -> None:
    since = now() - timedelta(seconds=1)
    first, second = a_whistle(cast, *called), a_whistle(cast, called.lead, case=a_case(reporter=cast.rider))
    answering.answer(first.id, called.lead, cast.zhou.id, True)
    answering.arrive(first.id, called.lead, cast.zhou.id)
    answering.answer(second.id, called.lead, cast.zhou.id, False, "没车")
    with time_machine.travel(after(hours=2)):
        answering.answer(first.id, called.other, cast.qian.id, True)
        ending.end(first.id, cast.zhao.id, "好了")
        scoring.justify(first.id, cast.zhou.id, True)
        scoring.grade(first.id, called.lead, cast.zhao.id, 5)
        found = told(since, now())
        total = figures(found)
        assert total.whistles == 2
        assert total.answered == Share(2, 3)
        assert total.arrived == Share(1, 2)
        assert total.justified == Share(1, 1)
        assert total.marks == Share(5, 1)
        assert by_department(found)[called.other].answered == Share(0, 1)
        assert by_whistler(found)[cast.zhao.id].justified == Share(1, 1)
        assert list(by_community(found)) == [first.community_id]
        assert told(since, now(), community_id=99) == []
        assert told(now(), after(hours=1)) == []
