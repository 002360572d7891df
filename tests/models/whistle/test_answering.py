"""应, 不应, 到场: by whom, how often, and until when."""

from datetime import timedelta
from typing import Any

import pytest
from cast import Cast
from factories import letters_to, steps
from sqlalchemy import select
from whistle_town import a_whistle

from models.base.clock import after, ago, now
from models.base.orm import session
from models.base.refusals import Refused
from models.case.case import Case
from models.history import steps_about
from models.person.tables import Staff
from models.place.version import raise_version
from models.whistle import answering, ending
from models.whistle.reading import called_one
from models.whistle.tables import Whistle

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def told_steps(whistle: Whistle) -> list[str]:
    return [one.what for one in steps_about("whistle", whistle.id)]


def test_who_whistled_hears_of_every_answer_at_once(cast: Cast, called: Any) -> None:
    whistle = a_whistle(cast, *called)
    assert answering.answer(whistle.id, called.lead, cast.zhou.id, True)
    assert answering.answer(whistle.id, called.other, cast.qian.id, False, "杆子不是我们的")
    yes, no = letters_to(cast.zhao, "whistle_answered")
    assert (yes.facts["department"], yes.facts["comes"]) == ("城管局", True)
    assert no.facts["reason"] == "杆子不是我们的"
    assert yes.lane == "1"  # an answer waits for no morning


def test_the_same_answer_again_changes_nothing(cast: Cast, called: Any) -> None:
    whistle = a_whistle(cast, *called)
    assert answering.answer(whistle.id, called.lead, cast.zhou.id, True)
    assert not answering.answer(whistle.id, called.lead, cast.zhou.id, True)
    assert told_steps(whistle).count("whistle_answered") == 1
    assert len(letters_to(cast.zhao, "whistle_answered")) == 1


def test_who_has_left_the_post_answers_for_no_department(cast: Cast, called: Any) -> None:
    whistle = a_whistle(cast, *called)
    session().scalars(select(Staff).where(Staff.person_id == cast.zhou.id)).one().active = False
    session().flush()
    raise_version()
    with pytest.raises(Refused, match="whistle_not_called"):
        answering.answer(whistle.id, called.lead, cast.zhou.id, True)
    with pytest.raises(Refused, match="whistle_not_yours"):
        ending.end(whistle.id, cast.zhou.id, "好了")
    with pytest.raises(Refused, match="whistle_departments"):
        a_whistle(cast, called.lead)
    heard = len(letters_to(cast.zhou, "whistle_ended"))
    ending.call_off(whistle.id, cast.zhao.id, "自己扶正了")
    assert len(letters_to(cast.zhou, "whistle_ended")) == heard


def test_a_no_needs_its_reason(cast: Cast, called: Any) -> None:
    whistle = a_whistle(cast, *called)
    with pytest.raises(Refused, match="reason_needed"):
        answering.answer(whistle.id, called.lead, cast.zhou.id, False, " ")
    assert called_one(whistle.id, called.lead).comes is None


def test_a_change_of_mind_holds_but_the_first_answer_was_the_one_in_time(cast: Cast, called: Any) -> None:
    whistle = a_whistle(cast, *called)
    answering.answer(whistle.id, called.lead, cast.zhou.id, False, "没车")
    first = called_one(whistle.id, called.lead).answered_at
    assert answering.answer(whistle.id, called.lead, cast.zhou.id, True)
    one = called_one(whistle.id, called.lead)
    assert (one.comes, one.reason, one.answered_at) == (True, None, first)
    assert told_steps(whistle).count("whistle_answered") == 2


@pytest.mark.parametrize("who", ["qian", "zhao", "li", "sun", "wu"])
def test_nobody_answers_for_another_department(cast: Cast, called: Any, who: str) -> None:
    whistle = a_whistle(cast, called.lead)
    with pytest.raises(Refused, match="whistle_not_called"):
        answering.answer(whistle.id, called.lead, getattr(cast, who).id, True)


@pytest.mark.parametrize(("who", "may"), [("zhou", True), ("zhao", True), ("li", True), ("qian", False)])
def test_either_side_notes_the_arrival(cast: Cast, called: Any, who: str, may: bool) -> None:
    whistle = a_whistle(cast, called.lead)
    if not may:
        with pytest.raises(Refused, match="whistle_not_yours"):
            answering.arrive(whistle.id, called.lead, getattr(cast, who).id)
        return
    assert answering.arrive(whistle.id, called.lead, getattr(cast, who).id)
    assert not answering.arrive(whistle.id, called.lead, cast.zhou.id)
    one = called_one(whistle.id, called.lead)
    assert one.arrived_at is not None
    assert one.comes  # who comes without a word has answered by coming
    assert steps(session().get_one(Case, whistle.case_id)).count("department_came") == 1


def test_an_arrival_is_noted_with_its_moment(cast: Cast, called: Any) -> None:
    whistle = a_whistle(cast, called.lead)
    whistle.blown_at = ago(hours=2)
    session().flush()
    there = ago(minutes=30)
    answering.arrive(whistle.id, called.lead, cast.zhao.id, there)
    assert called_one(whistle.id, called.lead).arrived_at == there


def test_a_department_does_not_date_its_own_arrival_back(cast: Cast, called: Any) -> None:
    whistle = a_whistle(cast, called.lead)
    whistle.blown_at = ago(hours=2)
    session().flush()
    answering.arrive(whistle.id, called.lead, cast.zhou.id, ago(hours=1))
    assert called_one(whistle.id, called.lead).arrived_at > ago(minutes=1)


@pytest.mark.parametrize("shift", [-timedelta(days=1), timedelta(hours=1)])
def test_nobody_was_there_before_the_whistle_or_tomorrow(cast: Cast, called: Any, shift: timedelta) -> None:
    whistle = a_whistle(cast, called.lead)
    with pytest.raises(Refused, match="whistle_arrival"):
        answering.arrive(whistle.id, called.lead, cast.zhao.id, now() + shift)


def test_nobody_says_no_who_is_there(cast: Cast, called: Any) -> None:
    whistle = a_whistle(cast, called.lead)
    answering.arrive(whistle.id, called.lead, cast.zhou.id)
    with pytest.raises(Refused, match="whistle_over"):
        answering.answer(whistle.id, called.lead, cast.zhou.id, False, "走了")


def test_after_the_end_nobody_answers_or_arrives(cast: Cast, called: Any) -> None:
    whistle = a_whistle(cast, called.lead)
    assert ending.call_off(whistle.id, cast.zhao.id, "自己扶正了")
    assert not ending.end(whistle.id, cast.zhao.id, "好了")
    for verb in (
        lambda: answering.answer(whistle.id, called.lead, cast.zhou.id, True),
        lambda: answering.arrive(whistle.id, called.lead, cast.zhou.id),
    ):
        with pytest.raises(Refused, match="whistle_over"):
            verb()


def test_a_late_answer_is_taken_and_is_late(cast: Cast, called: Any) -> None:
    whistle = a_whistle(cast, called.lead)
    whistle.answer_due = ago(minutes=1)
    session().flush()
    assert answering.answer(whistle.id, called.lead, cast.zhou.id, True)
    one = called_one(whistle.id, called.lead)
    assert one.answered_at > whistle.answer_due
    assert one.answered_at < after(minutes=1)
