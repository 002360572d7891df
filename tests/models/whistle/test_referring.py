"""转办: the first receiver stays lead, one dispute in time, one final ruling; answers from outside."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from cast import Cast
from factories import a_case, finish, letters_to, steps
from sqlalchemy import select

from models.base.actor import By
from models.base.clock import after, ago, now
from models.base.orm import session
from models.base.refusals import Refused
from models.case.case import Case
from models.case.deadlines import ANSWERS
from models.history import Step
from models.person.tables import Staff
from models.place.version import raise_version
from models.whistle import outside, referring
from models.whistle.matters import is_the_communitys
from models.whistle.tables import Referral

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def handed(cast: Cast, called: Any) -> tuple[Case, Referral]:
    """李 had it, and handed it to the 城管局."""
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    return case, referring.refer(case, called.lead, cast.li.id, "归城管管")


def test_the_first_receiver_stays_lead_through_every_hand_over(cast: Cast, called: Any) -> None:
    case, one = handed(cast, called)
    assert one.first_receiver_id == cast.li.id
    assert [item.id for item in referring.followed_by(cast.li.id)] == [one.id]
    case.accept(cast.zhou.id)
    referring.dispute(one.id, cast.zhou.id, "不归我们")
    referring.rule(one.id, cast.leader.id, "back", "清单里没有")
    case.accept(cast.li.id)
    again = referring.refer(case, called.lead, cast.zhao.id, "还是归城管")
    assert again.first_receiver_id == cast.li.id
    assert "referred" in steps(case)


def test_the_contact_gets_the_case_as_from_any_colleague(cast: Cast, called: Any) -> None:
    case, _ = handed(cast, called)
    assert case.may_be_accepted_by(cast.zhou.id)
    assert letters_to(cast.zhou, "case_dispatched")


def test_one_hand_over_at_a_time(cast: Cast, called: Any) -> None:
    case, _ = handed(cast, called)
    case.accept(cast.zhou.id)
    with pytest.raises(Refused, match="referral_runs"):
        referring.refer(case, called.other, cast.zhao.id, "归供电")


def test_who_has_nothing_to_do_with_it_hands_nothing_over(cast: Cast, called: Any) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    with pytest.raises(Refused, match="not_yours"):
        referring.refer(case, called.lead, cast.wu.id, "归城管管")
    with pytest.raises(Refused, match="reason_needed"):
        referring.refer(case, called.lead, cast.li.id, "")
    with pytest.raises(Refused, match="whistle_departments"):
        referring.refer(case, 99, cast.li.id, "归城管管")


def test_a_dispute_goes_to_those_who_decide_and_are_no_party(cast: Cast, called: Any) -> None:
    case = a_case(reporter=cast.wang)
    one = referring.refer(case, called.lead, cast.zhao.id, "归城管管")
    assert referring.dispute(one.id, cast.zhou.id, "产权不在我们")
    assert not referring.dispute(one.id, cast.zhou.id, "再说一遍")
    assert letters_to(cast.zhao, "referral_disputed") == []
    (letter,) = letters_to(cast.leader, "referral_disputed")
    assert letter.facts["why"] == "产权不在我们"
    assert letter.facts["path"].endswith(f"/whistles/case/{case.number}")


def test_it_may_be_disputed_for_one_working_day(cast: Cast, called: Any) -> None:
    _, one = handed(cast, called)
    late = time_machine.travel(one.dispute_due + timedelta(seconds=1))
    with late, pytest.raises(Refused, match="dispute_late"):
        referring.dispute(one.id, cast.zhou.id, "不归我们")
    with time_machine.travel(one.dispute_due, tick=False):
        assert referring.dispute(one.id, cast.zhou.id, "不归我们")


@pytest.mark.parametrize("who", ["zhao", "li", "qian"])
def test_only_the_department_disputes(cast: Cast, called: Any, who: str) -> None:
    _, one = handed(cast, called)
    with pytest.raises(Refused, match="whistle_not_called"):
        referring.dispute(one.id, getattr(cast, who).id, "不归我们")
    with pytest.raises(Refused, match="reason_needed"):
        referring.dispute(one.id, cast.zhou.id, "")


def test_a_department_disputes_and_does_not_just_give_it_back(cast: Cast, called: Any) -> None:
    case, one = handed(cast, called)
    with pytest.raises(Refused, match="dispute_instead"):
        case.give_back(cast.zhou.id, "不归我们")
    case.accept(cast.zhou.id)
    with pytest.raises(Refused, match="dispute_instead"):
        case.give_back(cast.zhou.id, "不归我们")
    referring.dispute(one.id, cast.zhou.id, "不归我们")
    referring.rule(one.id, cast.zhao.id, "back", "清单里没有")
    case.give_back(cast.li.id, "我也办不了")  # the first receiver is nobody's department


def test_a_ruling_that_it_stays_is_final(cast: Cast, called: Any) -> None:
    case, one = handed(cast, called)
    case.accept(cast.zhou.id)
    referring.dispute(one.id, cast.zhou.id, "不归我们")
    assert referring.rule(one.id, cast.zhao.id, "stays", "清单里写着")
    assert not referring.rule(one.id, cast.zhao.id, "stays", "清单里写着")
    with pytest.raises(Refused, match="referral_over"):
        referring.rule(one.id, cast.leader.id, "back", "还是退吧")
    assert not referring.dispute(one.id, cast.zhou.id, "还是不归我们")
    with pytest.raises(Refused, match="ruling_final"):
        case.give_back(cast.zhou.id, "不归我们")
    assert {one.facts["ruling"] for one in letters_to(cast.zhou, "referral_ruled")} == {"stays"}
    assert letters_to(cast.li, "referral_ruled")


def test_a_ruling_that_it_goes_back_gives_it_to_the_first_receiver(cast: Cast, called: Any) -> None:
    case, one = handed(cast, called)
    referring.dispute(one.id, cast.zhou.id, "不归我们")
    assert referring.rule(one.id, cast.zhao.id, "back", "清单里没有")
    assert not case.may_be_accepted_by(cast.zhou.id)
    assert case.accept(cast.li.id)
    assert one.ended_at is not None
    assert referring.open_of(case.id) is None


def test_neither_to_whom_it_may_go_back_nor_who_speaks_for_the_department_rules(
    cast: Cast, called: Any
) -> None:
    """赵 had it first and 郑 handed it over; 周 is of the department, and has a post at the desk as well."""
    case = a_case(reporter=cast.wang)
    case.transfer(cast.zhao.id, cast.zhao.id, "")
    case.accept(cast.zhao.id)
    one = referring.refer(case, called.lead, cast.leader.id, "归城管管")
    assert one.first_receiver_id == cast.zhao.id
    staff = session().scalars(select(Staff).where(Staff.person_id == cast.zhou.id)).one()
    staff.roles = [*staff.roles, "community"]
    session().flush()
    raise_version()
    referring.dispute(one.id, cast.zhou.id, "不归我们")
    assert not letters_to(cast.zhao, "referral_disputed")
    for who in (cast.zhao, cast.zhou, cast.leader):
        with pytest.raises(Refused, match="referral_party"):
            referring.rule(one.id, who.id, "stays", "按清单")


def test_it_goes_to_the_desk_where_the_first_receiver_has_left(cast: Cast, called: Any) -> None:
    case, one = handed(cast, called)
    referring.dispute(one.id, cast.zhou.id, "不归我们")
    session().scalars(select(Staff).where(Staff.person_id == cast.li.id)).one().active = False
    session().flush()
    raise_version()
    referring.rule(one.id, cast.zhao.id, "back", "清单里没有")
    assert case.may_be_accepted_by(cast.zhao.id)


def test_no_party_rules_and_nobody_who_does_not_decide(cast: Cast, called: Any) -> None:
    case = a_case(reporter=cast.wang)
    one = referring.refer(case, called.lead, cast.zhao.id, "归城管管")
    with pytest.raises(Refused, match="referral_over"):
        referring.rule(one.id, cast.leader.id, "stays", "没人提异议")
    referring.dispute(one.id, cast.zhou.id, "不归我们")
    for who, code in ((cast.zhao, "referral_party"), (cast.li, "not_yours"), (cast.qian, "not_yours")):
        with pytest.raises(Refused, match=code):
            referring.rule(one.id, who.id, "stays", "清单里写着")
    for ruling, reason, code in (("stays", "", "reason_needed"), ("maybe", "x", "not_possible")):
        with pytest.raises(Refused, match=code):
            referring.rule(one.id, cast.leader.id, ruling, reason)


def test_what_is_finished_is_disputed_no_more_and_followed_to_the_last_word(cast: Cast, called: Any) -> None:
    case, one = handed(cast, called)
    case.accept(cast.zhou.id)
    finish(case, cast.zhou)
    with pytest.raises(Refused, match="referral_over"):
        referring.dispute(one.id, cast.zhou.id, "不归我们")
    assert referring.end_some() == 0  # the resident has not nodded
    case.nod(By.person(cast.wang.id))
    assert referring.end_some() == 1
    assert referring.followed_by(cast.li.id) == []


@pytest.mark.parametrize(("category", "is_theirs"), [("lighting", True), ("gas", False), (None, True)])
def test_what_the_published_list_names_is_the_communitys(
    cast: Cast, category: str | None, is_theirs: bool
) -> None:
    assert is_the_communitys(category) is is_theirs


def test_an_answer_from_outside_is_typed_in_and_told(cast: Cast, called: Any) -> None:
    case, _ = handed(cast, called)
    said_at = now()
    outside.type_in(case, cast.li.id, "住建局张科长", "phone", said_at, "下周换，13900001111")
    (letter,) = letters_to(cast.wang, "outside_answer")
    assert (letter.facts["who"], letter.facts["way"]) == ("住建局张科长", "phone")
    assert "13900001111" not in letter.facts["said"]
    step = session().scalars(select(Step).where(Step.what == "outside_said")).one()
    assert (step.facts["said_at"], step.by_id) == (said_at.isoformat(), cast.li.id)
    assert "outside_said" in ANSWERS  # its people have heard something


@pytest.mark.parametrize(
    ("who", "way", "text", "code"),
    [
        ("", "phone", "好", "outside_words"),
        ("张", "dream", "好", "outside_words"),
        ("张", "email", "", "outside_words"),
    ],
)
def test_who_how_and_what_are_said(cast: Cast, called: Any, who: str, way: str, text: str, code: str) -> None:
    case, _ = handed(cast, called)
    with pytest.raises(Refused, match=code):
        outside.type_in(case, cast.zhao.id, who, way, now(), text)


def test_nobody_said_it_tomorrow_or_before_it_was_reported(cast: Cast, called: Any) -> None:
    case, _ = handed(cast, called)
    for wrong in (after(days=1), ago(days=1)):
        with pytest.raises(Refused, match="outside_when"):
            outside.type_in(case, cast.zhao.id, "张科长", "phone", wrong, "好")
    with pytest.raises(Refused, match="not_yours"):
        outside.type_in(case, cast.wu.id, "张科长", "phone", now(), "好")


def test_a_department_passes_on_what_was_handed_to_it_within_its_own_house_only(
    cast: Cast, called: Any
) -> None:
    case, one = handed(cast, called)
    case.accept(cast.zhou.id)
    with pytest.raises(Refused, match="dispute_instead"):
        case.transfer(cast.zhou.id, cast.li.id, "不归我们")
    referring.dispute(one.id, cast.zhou.id, "不归我们")
    referring.rule(one.id, cast.zhao.id, "stays", "清单里写着")
    with pytest.raises(Refused, match="ruling_final"):
        case.transfer(cast.zhou.id, cast.li.id, "不归我们")
    for who in (cast.zhou, cast.wu):
        session().scalars(select(Staff).where(Staff.person_id == who.id)).one().employer = "城管局"
    session().scalars(select(Staff).where(Staff.person_id == cast.wu.id)).one().community_id = None
    session().flush()
    raise_version()
    case.transfer(cast.zhou.id, cast.wu.id, "他管这条街")
    assert case.may_be_accepted_by(cast.wu.id)
