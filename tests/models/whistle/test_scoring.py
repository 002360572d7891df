"""Both sides are scored, once, after the end, and never by themselves."""

from typing import Any

import pytest
from cast import Cast
from factories import letters_to
from sqlalchemy import select
from whistle_town import a_whistle

from models.base.orm import session
from models.base.refusals import Refused
from models.duty.tables import Department
from models.history import steps_about
from models.person.tables import Staff
from models.place.version import raise_version
from models.whistle import answering, ending, scoring
from models.whistle.reading import called_one
from models.whistle.tables import Whistle

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def over(cast: Cast, called: Any) -> Whistle:
    whistle = a_whistle(cast, *called)
    answering.arrive(whistle.id, called.lead, cast.zhou.id)
    ending.end(whistle.id, cast.zhou.id, "杆子扶正了")
    return whistle


def test_both_sides_are_asked_when_it_is_over(cast: Cast, over: Whistle) -> None:
    (asked,) = letters_to(cast.zhao, "whistle_ended")
    assert asked.facts["is_yours"]
    (other,) = letters_to(cast.qian, "whistle_ended")
    assert not other.facts["is_lead"]
    assert letters_to(cast.zhou, "whistle_ended") == []  # who ended it need not be told


def test_the_lead_says_once_whether_it_was_justified(cast: Cast, over: Whistle) -> None:
    assert scoring.justify(over.id, cast.zhou.id, True, "真要倒了")
    assert not scoring.justify(over.id, cast.zhou.id, True)
    with pytest.raises(Refused, match="whistle_scored"):
        scoring.justify(over.id, cast.zhou.id, False, "又想了想")
    assert (over.was_justified, over.justified_note) == (True, "真要倒了")


def test_that_it_was_not_needs_a_word(cast: Cast, over: Whistle) -> None:
    with pytest.raises(Refused, match="reason_needed"):
        scoring.justify(over.id, cast.zhou.id, False)


@pytest.mark.parametrize("who", ["qian", "zhao", "li", "leader"])
def test_nobody_else_says_so(cast: Cast, over: Whistle, who: str) -> None:
    with pytest.raises(Refused, match="whistle_not_called"):
        scoring.justify(over.id, getattr(cast, who).id, True)


def test_the_whistler_grades_each_department_once(cast: Cast, called: Any, over: Whistle) -> None:
    assert scoring.grade(over.id, called.lead, cast.zhao.id, 5)
    assert scoring.grade(over.id, called.other, cast.zhao.id, 1)
    assert not scoring.grade(over.id, called.lead, cast.zhao.id, 5)
    with pytest.raises(Refused, match="whistle_scored"):
        scoring.grade(over.id, called.lead, cast.zhao.id, 4)
    assert called_one(over.id, called.lead).grade == 5
    marks = [one.facts["mark"] for one in steps_about("whistle", over.id) if one.what == "whistle_graded"]
    assert marks == [5, 1]


@pytest.mark.parametrize("grade", [0, 6, -1])
def test_a_grade_is_one_to_five(cast: Cast, called: Any, over: Whistle, grade: int) -> None:
    with pytest.raises(Refused, match="grade_range"):
        scoring.grade(over.id, called.lead, cast.zhao.id, grade)


def test_nobody_grades_the_own_department(cast: Cast, called: Any, over: Whistle) -> None:
    session().get_one(Department, called.other).contact_id = cast.zhao.id
    session().flush()
    raise_version()
    with pytest.raises(Refused, match="whistle_not_yours"):
        scoring.grade(over.id, called.other, cast.zhao.id, 5)


def test_a_colleague_grades_for_a_whistler_who_has_left_and_else_not(
    cast: Cast, called: Any, over: Whistle
) -> None:
    with pytest.raises(Refused, match="whistle_not_yours"):
        scoring.grade(over.id, called.lead, cast.leader.id, 5)
    over.by_id = cast.wang.id  # no post any more
    session().flush()
    assert scoring.grade(over.id, called.lead, cast.leader.id, 5)


def test_who_has_changed_the_post_leaves_the_whistle_to_its_successor(cast: Cast, called: Any) -> None:
    whistle = a_whistle(cast, *called)
    post = session().scalars(select(Staff).where(Staff.person_id == cast.zhao.id)).one()
    post.community_id = (
        session().scalars(select(Staff.community_id).where(Staff.person_id == cast.qian.id)).one()
    )
    session().flush()
    raise_version()
    for verb in (
        lambda: ending.end(whistle.id, cast.zhao.id, "好了"),
        lambda: ending.call_off(whistle.id, cast.zhao.id, "不用了"),
        lambda: scoring.grade(whistle.id, called.lead, cast.zhao.id, 5),
    ):
        with pytest.raises(Refused, match="whistle_not_yours"):
            verb()
    ending.end(whistle.id, cast.zhou.id, "杆子扶正了")
    assert letters_to(cast.zhao, "whistle_ended") == []
    assert letters_to(cast.leader, "whistle_ended")[0].facts["is_yours"]
    assert scoring.grade(whistle.id, called.lead, cast.leader.id, 5)


def test_while_it_runs_nobody_is_scored(cast: Cast, called: Any) -> None:
    whistle = a_whistle(cast, *called)
    for verb in (
        lambda: scoring.justify(whistle.id, cast.zhou.id, True),
        lambda: scoring.grade(whistle.id, called.lead, cast.zhao.id, 5),
    ):
        with pytest.raises(Refused, match="whistle_runs"):
            verb()


@pytest.mark.parametrize(("who", "may"), [("zhou", True), ("zhao", True), ("li", True), ("qian", False)])
def test_the_lead_or_the_whistlers_side_ends_it(cast: Cast, called: Any, who: str, may: bool) -> None:
    whistle = a_whistle(cast, *called)
    if may:
        assert ending.end(whistle.id, getattr(cast, who).id, "好了")
    else:
        with pytest.raises(Refused, match="whistle_not_yours"):
            ending.end(whistle.id, getattr(cast, who).id, "好了")


def test_only_the_whistlers_side_calls_it_off_and_says_why(cast: Cast, called: Any) -> None:
    whistle = a_whistle(cast, *called)
    with pytest.raises(Refused, match="whistle_not_yours"):
        ending.call_off(whistle.id, cast.zhou.id, "不用了")
    with pytest.raises(Refused, match="reason_needed"):
        ending.call_off(whistle.id, cast.zhao.id, "")
    assert ending.call_off(whistle.id, cast.zhao.id, "吹错了")
    assert letters_to(cast.zhou, "whistle_blown")[0].state == "withdrawn"
