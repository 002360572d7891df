"""办结, 点头, 返工, 评价: only the resident's nod counts."""

import pytest
import time_machine
from cast import Cast
from factories import a_case, a_photo, finish, group_letters, letters_to, spot, steps, told

from handlers.pages.story import story
from models.base.actor import By
from models.base.clock import after, now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed
from models.case.lifecycle import State
from models.case.telling import whole
from models.media.keeping import items_about, missed
from models.outbox.letter import Lane


def by(person: object) -> By:
    return By.person(person.id)  # type: ignore[attr-defined]


def test_to_finish_a_photo_is_needed_or_a_reason_why_there_is_none(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    with pytest.raises(Invalid, match="photo_needed"):
        case.finish(cast.li.id, "换了灯泡")
    with pytest.raises(Invalid, match="photo_needed"):
        case.finish(cast.li.id, "换了灯泡", no_photo_reason="  ")
    case.finish(cast.li.id, "换了灯泡", no_photo_reason="手机坏了")
    assert case.state == State.FINISHED
    assert told(cast.wang, state="waiting") == ["case_finished"]


def test_a_photo_that_the_platform_never_gave_proves_nothing(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    a_photo(case, cast.li)
    missed(items_about("case", case.id)[0].id, "40007", for_good=True)
    session().flush()
    with pytest.raises(Invalid, match="photo_needed"):
        case.finish(cast.li.id, "换了灯泡")


def test_finished_is_not_closed_until_the_resident_nods(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, finished_by=cast.li)
    assert case.state == State.FINISHED
    assert not group_letters()
    assert case.nod(by(cast.wang))
    assert (case.state, case.close_kind) == (State.CLOSED, "nod")
    assert told(cast.li)[-1] == "case_closed"
    assert [letter.kind for letter in group_letters()] == ["case_group_mended"]


def test_a_second_nod_is_quiet(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, finished_by=cast.li, nodded_by=cast.wang)
    had = steps(case)
    assert not case.nod(by(cast.wang))
    assert steps(case) == had


def test_a_resident_who_is_not_satisfied_sends_the_case_back_to_the_same_taker(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, finished_by=cast.li)
    number = case.number
    assert case.object(by(cast.wang), "还是不亮")
    assert (case.number, case.state, case.taker_id, case.round) == (
        number, State.HANDLING, cast.li.id, 2,
    )  # fmt: skip
    assert told(cast.li)[-1] == "case_reopened"
    assert letters_to(cast.li, "case_reopened")[0].facts["objection"] == "还是不亮"


def test_a_photo_of_the_round_before_does_not_count_after_a_rework(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, finished_by=cast.li)
    with time_machine.travel(after(minutes=5)):
        case.object(by(cast.wang), "还是不亮")
        with pytest.raises(Invalid, match="photo_needed"):
            case.finish(cast.li.id, "又换了")
        finish(case, cast.li)
    assert case.state == State.FINISHED
    assert len(letters_to(cast.wang, "case_finished")) == 2


def test_objecting_twice_is_one_rework(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, finished_by=cast.li)
    assert case.object(by(cast.wang), "没好")
    assert not case.object(by(cast.wang), "没好")
    assert case.round == 2
    assert told(cast.li).count("case_reopened") == 1


def test_after_an_objection_the_building_does_not_read_that_it_is_mended(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, finished_by=cast.li, nodded_by=cast.wang)
    case.object(by(cast.wang), "又灭了")
    assert {letter.state for letter in group_letters()} == {"withdrawn"}
    assert case.closed_at is None
    assert case.close_kind is None


def test_one_rating_per_closing_and_person(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, finished_by=cast.li)
    case.join(cast.sun_xiaoyu.id)
    assert case.rate(by(cast.wang), 5, "真快")
    assert case.state == State.RATED
    assert not case.rate(by(cast.wang), 1)
    assert case.rate(by(cast.sun_xiaoyu), 4)
    assert case.state == State.RATED
    assert steps(case).count("rated") == 2


def test_a_new_closing_may_be_rated_anew(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, finished_by=cast.li)
    case.rate(by(cast.wang), 2, "没修好")
    assert (case.state, case.round) == (State.HANDLING, 2)
    with pytest.raises(NotAllowed, match="nothing_to_rate"):
        case.rate(by(cast.wang), 5)
    with time_machine.travel(after(minutes=5)):
        finish(case, cast.li)
        assert case.rate(by(cast.wang), 5)
    assert case.state == State.RATED


@pytest.mark.parametrize("grade", [1, 2])
def test_a_bad_grade_is_a_no_even_after_the_nod(cast: Cast, grade: int) -> None:
    case = a_case(reporter=cast.wang, finished_by=cast.li, nodded_by=cast.wang)
    case.rate(by(cast.wang), grade, "第二天又灭了")
    assert case.state == State.HANDLING


@pytest.mark.parametrize("grade", [0, 6, -1])
def test_there_are_five_grades(cast: Cast, grade: int) -> None:
    case = a_case(reporter=cast.wang, finished_by=cast.li)
    with pytest.raises(Invalid, match="grade_range"):
        case.rate(by(cast.wang), grade)


def test_minutes_count_from_the_first_message_to_the_word_mended(cast: Cast) -> None:
    start = now()
    case = a_case(reporter=cast.wang, when=start)
    with time_machine.travel(start + (after(minutes=15) - now()), tick=False):
        case.accept(cast.li.id)
        finish(case, cast.li)
    with time_machine.travel(after(hours=30)):
        case.nod(by(cast.wang))
    assert case.minutes() == 15
    assert group_letters()[0].facts["minutes"] == 15


def test_a_report_from_a_clock_that_is_ahead_took_no_time_rather_than_less(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, when=after(minutes=9), finished_by=cast.li)
    assert case.minutes() == 0


def test_the_nod_of_a_caller_is_written_down_by_who_took_the_call(cast: Cast) -> None:
    case = a_case(entered_by=cast.sun, finished_by=cast.li)
    for wrong in (cast.li, cast.qian, cast.wu, cast.ma):
        with pytest.raises(NotAllowed):
            case.nod(By.staff(wrong.id), by_phone=True)
    assert case.nod(By.staff(cast.sun.id), by_phone=True)
    assert case.close_kind == "nod_by_phone"


def test_the_desk_that_did_the_work_itself_does_not_write_down_the_nod(cast: Cast) -> None:
    case = a_case(entered_by=cast.zhao, category="noise", at=spot(building="7"), finished_by=cast.zhao)
    with pytest.raises(NotAllowed, match="nod_by_taker"):
        case.nod(By.staff(cast.zhao.id), by_phone=True)
    with pytest.raises(NotAllowed, match="nod_by_taker"):
        case.object(By.staff(cast.zhao.id), "没好")
    assert case.nod(By.staff(cast.leader.id), by_phone=True)


def test_the_desk_and_the_street_may_take_a_nod_by_phone_too(cast: Cast) -> None:
    for who in (cast.zhao, cast.leader):
        case = a_case(entered_by=cast.sun, finished_by=cast.li)
        assert case.nod(By.staff(who.id), by_phone=True)


def test_a_no_on_the_phone_is_a_rework(cast: Cast) -> None:
    case = a_case(entered_by=cast.sun, finished_by=cast.li)
    assert case.object(By.staff(cast.sun.id), "电话里说还不亮")
    assert case.state == State.HANDLING


def test_what_was_done_may_be_said_after_the_photo_and_the_first_words_stand(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    finish(case, cast.li, text="")
    assert not case.describe(cast.ma.id, "换了")
    assert case.describe(cast.li.id, "换了新灯泡")
    assert not case.describe(cast.li.id, "别的话")
    assert case.finish_text == "换了新灯泡"


def test_what_silence_closed_is_said_by_day_and_what_a_person_closed_at_once(cast: Cast) -> None:
    """After a standstill that ended at night nobody is woken by it (T6)."""
    silent, nodded = (a_case(reporter=cast.wang, finished_by=cast.li) for _ in range(2))
    silent.close_by_default()
    nodded.nod(by(cast.wang))
    (resident,) = letters_to(cast.wang, "case_closed_default")
    assert resident.lane == Lane.NEWS
    assert [one.lane for one in letters_to(cast.li, "case_closed")] == [Lane.NEWS, Lane.ANSWER]


@pytest.mark.parametrize("grade", [5, 1])
def test_no_staff_reads_who_gave_which_grade_before_the_month_is_over(cast: Cast, grade: int) -> None:
    with time_machine.travel("2026-11-20T02:00:00+00:00", tick=False):
        case = a_case(reporter=cast.wang, finished_by=cast.li)
        case.rate(by(cast.wang), grade, "说一句")
        assert not [step for step in whole(case)["steps"] if "grade" in step]
        for_staff = story(case, cast.li.id, for_staff=True)
        assert not [step for step in for_staff if "grade" in step]
        assert [step["grade"] for step in story(case, cast.wang.id, for_staff=False) if "grade" in step] == [
            grade
        ]
    with time_machine.travel("2026-12-01T02:00:00+08:00", tick=False):
        assert [step["grade"] for step in whole(case)["steps"] if "grade" in step] == [grade]
