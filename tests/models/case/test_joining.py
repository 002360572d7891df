"""我也遇到: many people, one case."""

import pytest
from cast import Cast
from factories import a_case, finish, steps, told

from models.base.actor import By
from models.base.refusals import NotAllowed
from models.case.lifecycle import State


def test_who_joins_is_told_of_everything_and_may_nod(cast: Cast) -> None:
    case = a_case(reporter=cast.wang)
    assert case.join(cast.sun_xiaoyu.id, "我家这层也不亮")
    case.accept(cast.li.id)
    finish(case, cast.li)
    assert told(cast.sun_xiaoyu) == told(cast.wang) == ["case_accepted", "case_finished"]
    assert case.nod(By.person(cast.sun_xiaoyu.id))


def test_joining_twice_is_one_voice(cast: Cast) -> None:
    case = a_case(reporter=cast.wang)
    assert case.join(cast.rider.id)
    assert not case.join(cast.rider.id)
    assert not case.join(cast.wang.id)
    assert case.concerned() == [cast.wang.id, cast.rider.id]


def test_who_leaves_hears_no_more_and_may_come_back(cast: Cast) -> None:
    case = a_case(reporter=cast.wang)
    case.join(cast.rider.id)
    case.leave(cast.rider.id)
    case.accept(cast.li.id)
    assert told(cast.rider) == []
    assert case.join(cast.rider.id)
    assert steps(case).count("joined") == 2
    assert steps(case).count("left") == 1


def test_the_reporter_cannot_leave_and_nobody_leaves_twice(cast: Cast) -> None:
    case = a_case(reporter=cast.wang)
    case.join(cast.rider.id)
    case.leave(cast.rider.id)
    for who in (cast.rider, cast.wang, cast.stranger):
        with pytest.raises(NotAllowed, match="not_joined"):
            case.leave(who.id)


def test_whom_staff_join_to_a_case_is_told_by_letter(cast: Cast) -> None:
    case = a_case(reporter=cast.wang)
    case.join(cast.rider.id, by=By.staff(cast.zhao.id))
    assert told(cast.rider) == ["case_joined"]


def test_one_of_many_who_objects_is_enough(cast: Cast) -> None:
    case = a_case(reporter=cast.wang)
    case.join(cast.sun_xiaoyu.id)
    case.accept(cast.li.id)
    finish(case, cast.li)
    case.nod(By.person(cast.wang.id))
    case.object(By.person(cast.sun_xiaoyu.id), "我这层还黑着")
    assert case.state == State.HANDLING
