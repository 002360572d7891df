"""Silence, places that nobody said, and people whom nobody can ask."""

from datetime import datetime, timedelta

import time_machine
from cast import Cast
from factories import a_case, a_collected_case, letters_to, spot, told

from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.case.case import Case
from models.case.clock import file_one_unplaced, settle_one_silence, to_visit
from models.case.lifecycle import State
from models.outbox.letter import State as Fate

DAY = timedelta(days=1)


def accepted_by_the_platform(case: Case, cast: Cast, at: datetime) -> None:
    letter = letters_to(cast.wang, "case_finished")[-1]
    letter.state, letter.sent_at = Fate.SENT, at
    session().flush()


def sweep() -> int:
    count = 0
    while settle_one_silence(silence_days=7):
        session().flush()
        count += 1
        assert count < 50, "the clock runs in a circle"
    return count


def test_silence_closes_seven_days_after_the_platform_took_the_question(cast: Cast) -> None:
    start = now()
    case = a_case(reporter=cast.wang, finished_by=cast.li)
    accepted_by_the_platform(case, cast, start + 3 * DAY)
    with time_machine.travel(start + 9.9 * DAY):
        sweep()
        assert case.state == State.FINISHED
    with time_machine.travel(start + 10.1 * DAY):
        sweep()
    assert (case.state, case.close_kind) == (State.CLOSED, "default")
    assert case.asked_at == start + 3 * DAY
    assert told(cast.wang)[-1] == "case_closed_default"


def test_who_was_never_asked_has_not_agreed_however_long_it_takes(cast: Cast) -> None:
    start = now()
    case = a_case(reporter=cast.wang, finished_by=cast.li)
    for fate in (Fate.WAITING, Fate.FAILED, Fate.UNKNOWN, Fate.BY_HAND):
        letter = letters_to(cast.wang, "case_finished")[-1]
        letter.state, letter.sent_at = fate, start  # the platform may say later that it did not arrive
        session().flush()
        with time_machine.travel(start + 90 * DAY):
            sweep()
        assert case.state == State.FINISHED, fate
        case.waits_until = start


def test_who_cannot_be_asked_is_on_the_visit_list(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, finished_by=cast.li)
    letter = letters_to(cast.wang, "case_finished")[-1]
    on_list = {}
    for fate in Fate:
        letter.state = fate
        session().flush()
        on_list[fate] = bool(to_visit())
    assert {fate for fate, listed in on_list.items() if not listed} == {Fate.WAITING, Fate.TAKEN, Fate.SENT}
    assert [one.id for one in to_visit(case.community_id)] == [case.id]


def test_a_caller_without_wechat_is_on_the_visit_list_at_once_and_never_closed_by_silence(cast: Cast) -> None:
    start = now()
    case = a_case(entered_by=cast.zhao, finished_by=cast.li)
    session().flush()
    assert [one.id for one in to_visit()] == [case.id]
    with time_machine.travel(start + 60 * DAY):
        sweep()
    assert case.state == State.FINISHED


def test_the_question_of_the_round_before_starts_no_silence_of_this_round(cast: Cast) -> None:
    start = now()
    case = a_case(reporter=cast.wang, finished_by=cast.li)
    accepted_by_the_platform(case, cast, start)
    with time_machine.travel(start + DAY):
        case.object(By.person(cast.wang.id), "没好")
        case.finish(cast.li.id, "换了", no_photo_reason="没带手机")
    with time_machine.travel(start + 30 * DAY):
        sweep()
    assert case.state == State.FINISHED


def test_a_default_closing_can_still_be_answered_with_no(cast: Cast) -> None:
    start = now()
    case = a_case(reporter=cast.wang, finished_by=cast.li)
    accepted_by_the_platform(case, cast, start)
    with time_machine.travel(start + 8 * DAY):
        sweep()
        assert case.close_kind == "default"
        assert case.object(By.person(cast.wang.id), "其实没好")
    assert case.state == State.HANDLING


def test_a_place_that_was_never_said_does_not_keep_the_report_waiting(cast: Cast) -> None:
    start = now()
    case = a_collected_case(cast.wang)
    assert not file_one_unplaced()
    with time_machine.travel(start + timedelta(minutes=31)):
        assert file_one_unplaced()
        session().flush()
        assert not file_one_unplaced()
    assert case.state == State.DISPATCHED  # lighting: the department's contact
    assert told(cast.zhou) == ["case_dispatched"]


def test_what_was_placed_in_time_is_left_alone(cast: Cast) -> None:
    start = now()
    case = a_collected_case(cast.wang)
    case.relocate(spot(), By.person(cast.wang.id))
    session().flush()
    with time_machine.travel(start + timedelta(hours=2)):
        assert not file_one_unplaced()
