"""Who may whistle for whom, and by when departments have to answer and to be there."""

from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from cast import Cast
from factories import a_case, finish, letters_to, steps
from sqlalchemy import func, select
from whistle_town import a_whistle

from models.base.actor import By
from models.base.clock import after, now
from models.base.orm import session
from models.base.refusals import Refused
from models.case.limits import set_limit
from models.duty.tables import Absence, Department
from models.history import steps_about
from models.place.version import raise_version
from models.whistle import blowing
from models.whistle.reading import called_in
from models.whistle.tables import Whistle

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)

FRIDAY = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)  # 16:30 in Shanghai, half an hour before offices close


@pytest.mark.parametrize(
    ("who", "may"),
    [("zhao", True), ("li", True), ("leader", True), ("sun", False), ("qian", False), ("wu", False)],
)
def test_the_desk_and_the_heads_of_the_grid_whistle_and_nobody_else(
    cast: Cast, called: Any, who: str, may: bool
) -> None:
    with nullcontext() if may else pytest.raises(Refused, match="whistle_not_yours"):
        a_whistle(cast, *called, by=getattr(cast, who))


def test_each_contact_reads_a_card_with_what_is_wanted_and_by_when(cast: Cast, called: Any) -> None:
    a_whistle(cast, *called)
    (lead,), (other,) = letters_to(cast.zhou, "whistle_blown"), letters_to(cast.qian, "whistle_blown")
    assert lead.facts["wanted"] == "灯杆要倒，请来人"
    assert (lead.facts["is_lead"], other.facts["is_lead"]) == (True, False)
    assert (lead.facts["lead"], lead.facts["assist"]) == ("城管局", ["供电公司"])
    assert lead.lane == "0"  # an emergency is held back by no night


def test_who_is_away_is_stood_in_for(cast: Cast, called: Any) -> None:
    away = Absence(person_id=cast.zhou.id, deputy_id=cast.wu.id, since=now() - timedelta(1), reason="年假")
    session().add(away)
    raise_version()
    a_whistle(cast, *called)
    assert letters_to(cast.zhou, "whistle_blown") == []
    assert len(letters_to(cast.wu, "whistle_blown")) == 1


def test_times_are_office_time_by_urgency(cast: Cast, called: Any) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        whistle = a_whistle(cast, *called, urgency="urgent")
        # 120 working minutes: thirty on Friday, ninety on Monday from half past eight on
        assert whistle.answer_due == datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
        assert whistle.arrive_due > whistle.answer_due
        emergency = a_whistle(cast, *called, case=a_case(reporter=cast.rider))
        assert emergency.answer_due == FRIDAY + timedelta(minutes=15)
        assert emergency.arrive_due == FRIDAY + timedelta(minutes=60)


def test_a_place_sets_its_own_times_as_it_sets_its_limits(cast: Cast, called: Any) -> None:
    set_limit(
        "arrive", 30, "minutes", community_id=None, category=None, urgency="emergency",
        since=(now() + timedelta(days=2)).date(), source="本地规定", by=By.staff(cast.leader.id),
    )  # fmt: skip
    with time_machine.travel(after(days=4), tick=False):
        raise_version()
        whistle = a_whistle(cast, *called)
        assert whistle.arrive_due - whistle.blown_at == timedelta(minutes=30)


def test_who_whistles_may_say_the_times(cast: Cast, called: Any) -> None:
    answer, arrive = after(minutes=5), after(hours=3)
    whistle = a_whistle(cast, *called, answer_by=answer, arrive_by=arrive)
    assert (whistle.answer_due, whistle.arrive_due) == (answer, arrive)


@pytest.mark.parametrize(
    ("answer", "arrive"), [(-1, 60), (60, 30), (60, 60 * 24 * 61)], ids=["past", "crossed", "far"]
)
def test_times_that_nobody_can_keep_are_refused(cast: Cast, called: Any, answer: int, arrive: int) -> None:
    with pytest.raises(Refused, match="whistle_times"):
        a_whistle(cast, *called, answer_by=after(minutes=answer), arrive_by=after(minutes=arrive))


def test_a_year_that_nobody_entered_is_no_guess(cast: Cast, called: Any) -> None:
    with time_machine.travel(datetime(2049, 6, 1, tzinfo=UTC)):
        with pytest.raises(Refused, match="calendar_missing"):
            a_whistle(cast, *called, urgency="normal")
        assert a_whistle(cast, *called, urgency="emergency").answer_due  # that is counted by the clock


@pytest.mark.parametrize("which", ["none", "no_contact", "gone"])
def test_a_department_that_nobody_speaks_for_cannot_be_called(cast: Cast, called: Any, which: str) -> None:
    department = session().get_one(Department, called.other)
    if which == "no_contact":
        department.contact_id = None
    if which == "gone":
        department.active = False
    session().flush()
    with pytest.raises(Refused, match="whistle_departments"):
        a_whistle(cast, called.lead, 999 if which == "none" else called.other)


def test_a_department_hears_one_whistle_at_a_time_about_a_case(cast: Cast, called: Any) -> None:
    case = a_case(reporter=cast.wang)
    a_whistle(cast, called.lead, case=case)
    with pytest.raises(Refused, match="whistle_called_already"):
        a_whistle(cast, called.other, called.lead, case=case)
    assert a_whistle(cast, called.other, case=case)


def test_named_twice_it_is_called_once(cast: Cast, called: Any) -> None:
    whistle = a_whistle(cast, called.lead, called.lead, called.other, called.other)
    assert [one.department_id for one in called_in(whistle.id)] == [called.lead, called.other]


def test_nobody_whistles_for_what_is_done(cast: Cast, called: Any) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    finish(case, cast.li)
    with pytest.raises(Refused, match="case_over"):
        a_whistle(cast, *called, case=case)


def test_a_whistle_says_what_it_wants(cast: Cast, called: Any) -> None:
    with pytest.raises(Refused, match="words_needed"):
        blowing.blow(a_case(reporter=cast.wang), cast.zhao.id, called.lead, [], "  ", "normal")
    assert session().scalar(select(func.count(Whistle.id))) == 0


def test_it_is_a_step_of_its_own_and_of_the_case(cast: Cast, called: Any) -> None:
    case = a_case(reporter=cast.wang)
    whistle = a_whistle(cast, *called, case=case)
    assert "whistled" in steps(case)
    (step,) = steps_about("whistle", whistle.id)
    assert step.facts["assist"] == [called.other]
    assert step.facts["answer_due"] == whistle.answer_due.isoformat()
    assert date.fromisoformat(step.facts["arrive_due"][:10])
