"""What goes out of sight without its people's word takes two: a case voided or made less pressing."""

import pytest
from cast import Cast, Someone
from factories import a_case, letters_to, steps, told
from sqlalchemy import select

from models.base.actor import By
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed
from models.case.lifecycle import State
from models.joins.turning import agree_as_second, ask_whether_it_was, case_was
from models.person.tables import Staff
from models.place.version import raise_version


def a_desk_that_works(cast: Cast) -> Someone:
    """A keeper who decides there as well."""
    staff = session().scalars(select(Staff).where(Staff.person_id == cast.li.id)).one()
    staff.roles = [*staff.roles, "community"]
    session().flush()
    raise_version()
    return cast.li


def test_small_talk_is_void_when_a_second_person_says_so(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, text="今天真冷")
    with pytest.raises(NotAllowed, match="second_needed"):
        case_was(case, "chat", By.staff(cast.zhao.id), "闲聊")
    with pytest.raises(Invalid, match="reason_needed"):
        ask_whether_it_was(case, "chat", cast.zhao.id, " ")
    ask_whether_it_was(case, "chat", cast.zhao.id, "闲聊")
    assert case.state == State.DISPATCHED
    assert told(cast.leader)[-1] == "case_second_asked"
    with pytest.raises(NotAllowed, match="proposer_agrees"):
        agree_as_second(case, cast.zhao.id)
    with pytest.raises(NotAllowed, match="not_yours"):
        agree_as_second(case, cast.qian.id)
    assert agree_as_second(case, cast.leader.id) == "void"
    assert agree_as_second(case, cast.leader.id) is None
    assert (case.state, case.proposal) == (State.VOID, None)
    assert steps(case)[-2:] == ["second_agreed", "voided"]
    assert told(cast.wang)[-1] == "case_voided"
    assert letters_to(cast.zhao, "case_second_ended")[0].facts["why"] is None


def test_a_question_is_void_at_once_but_not_an_emergency_or_what_one_has_in_hand(cast: Cast) -> None:
    desk = By.staff(cast.zhao.id)
    case_was(a_case(reporter=cast.wang, text="几点开门"), "station", desk, "是问题")
    for case in (
        a_case(reporter=cast.wang, text="闻到煤气味", urgency="emergency"),
        a_case(reporter=cast.wang, text="几点开门", accepted_by=a_desk_that_works(cast)),
    ):
        with pytest.raises(NotAllowed, match="second_needed"):
            case_was(case, "station", By.staff(cast.li.id), "是问题")


def test_refused_it_stays_as_it_was_with_the_reason_for_whoever_asked(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    ask_whether_it_was(case, "chat", cast.zhao.id, "闲聊")
    with pytest.raises(Invalid, match="reason_needed"):
        case.refuse_second(cast.leader.id, "")
    assert case.refuse_second(cast.leader.id, "真的漏水")
    assert not case.refuse_second(cast.leader.id, "真的漏水")
    assert (case.state, case.proposal) == (State.HANDLING, None)
    assert letters_to(cast.zhao, "case_second_ended")[0].facts["why"] == "真的漏水"


def test_an_emergency_is_made_less_pressing_by_two(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, text="闻到煤气味", urgency="emergency")
    assert not case.lower(cast.zhao.id, category="gas", urgency="normal", reason="是邻居做饭")
    assert (case.category, case.urgency, case.proposal) == ("gas", "emergency", "lower")
    assert agree_as_second(case, cast.leader.id) == "lower"
    assert (case.urgency, case.proposal) == ("normal", None)


def test_whoever_has_it_in_hand_does_not_give_oneself_more_time_alone(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, urgency="urgent", accepted_by=a_desk_that_works(cast))
    with pytest.raises(NotAllowed, match="second_needed"):
        case.correct(category=case.category, urgency="normal", by=By.staff(cast.li.id))
    assert not case.lower(cast.li.id, category=case.category, urgency="normal", reason="只是闪")
    other = a_case(reporter=cast.rider, text="门坏了", urgency="urgent", accepted_by=cast.li)
    assert other.lower(cast.zhao.id, category=other.category, urgency="normal", reason="")
    assert other.urgency == "normal"
    assert case.correct(category=case.category, urgency="emergency", by=By.staff(cast.li.id))


def test_whoever_has_it_next_asks_anew_and_one_thing_waits_at_a_time(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, urgency="urgent", accepted_by=cast.li)
    case.ask_second(cast.zhao.id, "lower", "只是闪", "normal")
    with pytest.raises(NotAllowed, match="claim_waits"):
        case.ask_second(cast.zhao.id, "lower", "只是闪", "normal")
    case.transfer(cast.zhao.id, cast.ma.id, "换个人")
    assert case.proposal is None
    assert letters_to(cast.leader, "case_second_asked")[0].state == "withdrawn"
    assert agree_as_second(case, cast.leader.id) is None


def test_its_reporter_withdraws_it_alone(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, text="闻到煤气味", urgency="emergency")
    case.void(By.person(cast.wang.id), "看错了")
    assert case.state == State.VOID
