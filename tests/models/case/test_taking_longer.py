"""What its people are asked and told meanwhile; more time, with a reason and by two persons; silence."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
import time_machine
from cast import Cast
from factories import a_case, a_photo, finish, letters_to, steps, told

from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed
from models.case.case import Case
from models.case.clock import climb_some
from models.case.silence import silent, tell_silent

FRIDAY = datetime.fromisoformat("2026-11-20T10:00:00+08:00")


@pytest.fixture
def friday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(FRIDAY, tick=False) as clock:
        yield clock


def on(day: int, clock: str = "10:00", month: int = 11) -> datetime:
    return datetime.fromisoformat(f"2026-{month:02}-{day:02}T{clock}+08:00")


def test_a_question_to_its_people_stops_the_limits_until_they_answer(friday, cast: Cast) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    promised = case.finish_due
    friday.move_to(on(23))
    with pytest.raises(NotAllowed):
        case.ask(cast.zhao.id, "几楼？")  # who does not work on it
    with pytest.raises(Invalid):
        case.ask(cast.li.id, "  ")
    case.ask(cast.li.id, "几楼的灯？")
    assert case.pause == "resident"
    assert letters_to(cast.wang, "case_asked")[0].facts["said"] == "几楼的灯？"
    friday.move_to(on(24))
    case.add_text("三楼", By.person(cast.wang.id))
    assert case.pause is None
    assert case.finish_due == promised + timedelta(days=3)  # a working day later, over a weekend
    assert told(cast.li)[-1] == "case_changed"


def test_what_nobody_answers_runs_on_by_itself(friday, cast: Cast) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    case.ask(cast.li.id, "几楼？")
    assert case.due_stage == "pause"
    friday.move_to(on(25, "17:00"))
    session().flush()
    assert climb_some() == 1
    assert (case.pause, case.due_stage, case.rung) == (None, "finish", 0)


def test_resuming_says_that_what_it_waited_for_has_come(friday, cast: Cast) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    assert not case.resume(cast.li.id)
    case.ask(cast.li.id, "钥匙呢？")
    assert case.resume(cast.zhao.id)
    assert case.pause is None


def test_more_time_needs_a_reason_a_later_day_and_another_person(friday, cast: Cast) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    day = date(2026, 12, 11)
    for who, kind, until, reason, wrong in (
        (cast.ma, "extend", day, "等配件", "not_yours"),
        (cast.li, "extend", day, " ", "reason_needed"),
        (cast.li, "extend", date(2026, 11, 27), "等配件", "later_day"),  # no later than what was said
        (cast.li, "defer", date(2026, 11, 20), "等配件", "later_day"),
        (cast.li, "defer", date(2028, 1, 1), "等配件", "later_day"),
    ):
        with pytest.raises((NotAllowed, Invalid)) as refused:
            case.propose(who.id, kind, until, reason)
        assert refused.value.code == wrong
    case.propose(cast.li.id, "extend", day, "等配件")
    assert told(cast.zhao)[-1] == "case_proposed"
    assert case.finish_due == on(27, "17:00")  # nothing holds before somebody has agreed
    for who in (cast.li, cast.ma, cast.qian):
        with pytest.raises(NotAllowed):
            case.agree(who.id)
    assert case.agree(cast.zhao.id)
    assert not case.agree(cast.zhao.id)
    assert case.finish_due == case.due_at == on(11, "17:00", month=12)
    (letter,) = letters_to(cast.wang, "case_extended")
    assert (letter.facts["delay"], letter.facts["reason"]) == ("extend", "等配件")
    assert told(cast.li)[-1] == "case_proposal_ended"


def test_who_decides_may_propose_and_agrees_not_to_that(friday, cast: Cast) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    case.propose(cast.zhao.id, "extend", date(2026, 12, 11), "等配件")
    with pytest.raises(NotAllowed) as refused:
        case.agree(cast.zhao.id)
    assert refused.value.code == "proposer_agrees"
    assert case.agree(cast.leader.id)


def test_a_refusal_says_why_and_changes_no_day(friday, cast: Cast) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    case.propose(cast.li.id, "defer", date(2026, 12, 30), "天冷")
    with pytest.raises(Invalid):
        case.refuse(cast.zhao.id, "")
    assert case.refuse(cast.zhao.id, "不能拖")
    assert (case.pause, case.proposal, case.finish_due) == (None, None, on(27, "17:00"))
    assert letters_to(cast.li, "case_proposal_ended")[0].facts["why"] == "不能拖"


def test_deferred_it_waits_for_its_day_and_then_its_taker_hears(friday, cast: Cast) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    case.propose(cast.li.id, "defer", date(2026, 12, 4), "开春再刷")
    case.agree(cast.zhao.id)
    assert (case.pause, case.due_stage, case.due_at) == ("deferred", "pause", on(4, "17:00", month=12))
    friday.move_to(on(4, "17:00", month=12))
    session().flush()
    assert climb_some() == 1
    assert (case.pause, case.due_stage, case.rung) == (None, "finish", 0)
    assert told(cast.li)[-1] == "case_resumed"


def test_whoever_gets_it_next_asks_for_time_anew(friday, cast: Cast) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    case.propose(cast.li.id, "extend", date(2026, 12, 11), "等配件")
    case.transfer(cast.li.id, cast.ma.id, "您来")
    assert case.proposal is None
    assert told(cast.zhao, state="waiting") == []
    assert not case.agree(cast.zhao.id)


def numbers() -> list[str]:
    session().flush()
    return [one.number for one in silent()]


def test_a_case_whose_people_hear_nothing_is_on_the_list_until_they_do(friday, cast: Cast) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    a_case(entered_by=cast.zhao)  # nobody to tell
    friday.move_to(on(27, "16:59"))
    assert numbers() == []
    friday.move_to(on(27, "17:00"))
    case.add_text("怎么还没来", By.person(cast.wang.id))  # their own words are no message to them
    assert numbers() == [case.number]
    case.tell_people(cast.li.id, "配件明天到")
    assert told(cast.wang)[-1] == "case_told"
    assert numbers() == []


def test_somebody_without_wechat_is_phoned(friday, cast: Cast) -> None:
    case = a_case(entered_by=cast.zhao)
    case.caller_sealed = "x"
    friday.move_to(on(27, "17:00"))
    assert numbers() == [case.number]
    with pytest.raises(NotAllowed) as refused:
        case.tell_people(cast.zhao.id, "明天来")
    assert refused.value.code == "nobody_to_answer"
    case.tell_people(cast.zhao.id, "电话里说了明天来", by_phone=True)
    assert numbers() == []


def test_what_is_done_or_deferred_is_not_silent(friday, cast: Cast) -> None:
    done, put_off = (a_case(reporter=cast.wang, accepted_by=cast.li) for _ in range(2))
    finish(done, cast.li)
    put_off.propose(cast.li.id, "defer", date(2026, 12, 18), "开春")
    put_off.agree(cast.zhao.id)
    friday.move_to(on(10, month=12))
    assert numbers() == []


def test_each_morning_whoever_has_them_reads_which(friday, cast: Cast) -> None:
    mine = [a_case(reporter=cast.wang, accepted_by=cast.li) for _ in range(2)]
    offered = a_case(reporter=cast.wang)
    friday.move_to(on(30))
    session().flush()
    for _ in range(2):  # a slot that is done again says nothing twice
        after = tell_silent()
        while after:
            after = tell_silent(after)
    (letter,) = letters_to(cast.li, "silent_cases")
    assert letter.facts["numbers"] == [one.number for one in [*mine, offered]]
    assert letters_to(cast.ma, "silent_cases")[0].facts["numbers"] == [offered.number]


def test_it_takes_a_few_queries_however_many_there_are(friday, cast: Cast) -> None:
    for _ in range(5):
        a_case(reporter=cast.wang)
    friday.move_to(now() + timedelta(days=20))
    session().flush()
    assert len(list(silent(Case.community_id.is_not(None)))) == 5
    assert steps(session().get_one(Case, next(silent()).case_id)) == ["reported", "dispatched"]


def test_an_end_that_is_said_to_be_done_takes_the_proposal_with_it(friday, cast: Cast) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    case.propose(cast.li.id, "extend", date(2026, 12, 11), "等配件")
    a_photo(case, cast.li)
    case.finish(cast.li.id, "好了")
    assert case.proposal is None
