"""现场办公: dated, counted for each case, told to those who were called."""

from contextlib import nullcontext
from typing import Any

import pytest
from cast import Cast
from factories import a_case, letters_to, steps
from whistle_town import a_whistle

from models.base.clock import after, ago
from models.base.orm import session
from models.base.refusals import Refused
from models.case.case import Case
from models.history import steps_about
from models.whistle import meetings

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def an_old_case(cast: Cast) -> Case:
    return a_case(reporter=cast.wang, when=ago(days=30))


def test_five_meetings_of_a_case_are_counted_one_to_five(cast: Cast, called: Any) -> None:
    case, other = an_old_case(cast), an_old_case(cast)
    for day in range(5, 0, -1):
        meetings.held(case, cast.zhao.id, "定了铺防滑砖", ["住建局"], at=ago(days=day), place="3号楼前")
    assert [one.number for one in meetings.meetings(case.id)] == [1, 2, 3, 4, 5]
    assert meetings.held(other, cast.zhao.id, "看过", ["住建局"], at=ago(days=1), place="门口").number == 1
    assert steps(case).count("site_met") == 5


def test_one_is_planned_held_and_then_the_next_one_may_be(cast: Cast, called: Any) -> None:
    case = an_old_case(cast)
    a_whistle(cast, called.lead, case=case)
    one = meetings.plan(case, cast.zhou.id, after(minutes=1), "3号楼前", ["城管局"])
    with pytest.raises(Refused, match="meeting_planned"):
        meetings.plan(case, cast.zhao.id, after(days=1), "3号楼前", ["城管局"])
    with pytest.raises(Refused, match="meeting_when"):
        meetings.held(case, cast.zhao.id, "还没开", ["城管局"])
    one.starts_at = ago(minutes=1)
    session().flush()
    assert meetings.held(case, cast.zhao.id, "电话13900001111；杆子要换", ["城管局", "电力"]).id == one.id
    (step,) = [one for one in steps_about("case", case.id) if one.what == "site_met"]
    assert step.facts["came"] == ["城管局", "电力"]
    assert "13900001111" not in step.facts["outcome"]  # residents read it
    assert meetings.plan(case, cast.zhao.id, after(days=1), "3号楼前", ["城管局"]).number == 2


def test_those_who_are_called_hear_when_and_where(cast: Cast, called: Any) -> None:
    case = an_old_case(cast)
    a_whistle(cast, *called, case=case)
    meetings.plan(case, cast.zhou.id, after(days=1), "3号楼前", ["城管局"])
    assert letters_to(cast.zhou, "site_meeting") == []  # who planned it knows
    (letter,) = letters_to(cast.qian, "site_meeting")
    assert (letter.facts["meeting"], letter.facts["where"]) == (1, "3号楼前")
    assert "/whistles/" in letter.facts["path"]


def test_one_that_is_put_off_is_not_counted(cast: Cast, called: Any) -> None:
    case = an_old_case(cast)
    a_whistle(cast, called.lead, case=case)
    meetings.plan(case, cast.zhao.id, after(days=1), "3号楼前", ["城管局"])
    assert meetings.put_off(case, cast.zhao.id)
    assert not meetings.put_off(case, cast.zhao.id)
    assert letters_to(cast.zhou, "site_meeting")[0].state == "withdrawn"
    assert meetings.plan(case, cast.zhao.id, after(days=2), "3号楼前", ["城管局"]).number == 1
    assert len(letters_to(cast.zhou, "site_meeting")) == 2


@pytest.mark.parametrize(
    ("who", "may"),
    [("zhao", True), ("li", True), ("zhou", True), ("ma", True), ("wu", False), ("wang", False)],
)
def test_who_may(cast: Cast, called: Any, who: str, may: bool) -> None:
    case = an_old_case(cast)
    case.accept(cast.li.id)
    a_whistle(cast, called.lead, case=case)
    with nullcontext() if may else pytest.raises(Refused, match="meeting_not_yours"):
        meetings.plan(case, getattr(cast, who).id, after(days=1), "3号楼前", ["城管局"])


@pytest.mark.parametrize(
    ("place", "who"), [("", ["城管局"]), ("门口", []), ("门口", [" "]), ("门口", ["长" * 31])]
)
def test_place_and_units_are_said(cast: Cast, called: Any, place: str, who: list[str]) -> None:
    with pytest.raises(Refused, match="meeting_words"):
        meetings.plan(an_old_case(cast), cast.zhao.id, after(days=1), place, who)


def test_what_nobody_planned_needs_its_moment(cast: Cast, called: Any) -> None:
    case = an_old_case(cast)
    with pytest.raises(Refused, match="meeting_not_found"):
        meetings.held(case, cast.zhao.id, "看过", ["住建局"])
    for wrong in (after(hours=1), ago(days=40)):
        with pytest.raises(Refused, match="meeting_when"):
            meetings.held(case, cast.zhao.id, "看过", ["住建局"], at=wrong, place="门口")
    with pytest.raises(Refused, match="words_needed"):
        meetings.held(case, cast.zhao.id, "", ["住建局"], at=ago(hours=1), place="门口")


def test_after_the_last_word_nobody_meets(cast: Cast, called: Any) -> None:
    case = an_old_case(cast)
    case.state = "void"
    session().flush()
    with pytest.raises(Refused, match="case_over"):
        meetings.plan(case, cast.zhao.id, after(days=1), "门口", ["城管局"])
