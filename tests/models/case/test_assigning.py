"""派单, 接单, 退单, 转派."""

import pytest
from cast import Cast
from factories import a_case, a_collected_case, letters_to, spot, steps, told

from models.base.actor import By
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed
from models.case import offering, reach
from models.case.lifecycle import State
from models.person.tables import Staff
from models.place.spot import NOWHERE
from models.place.version import raise_version


def test_every_keeper_of_the_building_is_told_whatever_the_category(cast: Cast) -> None:
    a_case(reporter=cast.wang, category="dispute")
    assert told(cast.li) == told(cast.ma) == ["case_dispatched"]
    assert told(cast.sun) == told(cast.zhou) == told(cast.zhao) == []


@pytest.mark.parametrize(
    ("building", "category", "route", "name"),
    [
        ("5", "lighting", "grid_worker", "sun"),
        ("7", "lighting", "department", "zhou"),
        ("7", "noise", "desk", "zhao"),
        (None, "road", "grid_worker", "sun"),
    ],
)
def test_without_a_keeper_it_goes_down_the_chain(
    cast: Cast, building: str | None, category: str, route: str, name: str
) -> None:
    case = a_case(reporter=cast.wang, category=category, at=spot(building=building, unit=None))
    assert case.route == route
    assert offering.holders(case.id) == [getattr(cast, name).id]


def test_the_first_taker_has_it_and_the_other_is_told_that_it_is_taken(cast: Cast) -> None:
    case = a_case(reporter=cast.wang)
    assert case.accept(cast.li.id)
    assert case.taker_id == cast.li.id
    assert told(cast.wang) == ["case_accepted"]
    with pytest.raises(NotAllowed, match="taken_by_other"):
        case.accept(cast.ma.id)


def test_accepting_again_is_quiet(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    had = steps(case), told(cast.wang)
    assert not case.accept(cast.li.id)
    assert (steps(case), told(cast.wang)) == had


def test_a_case_that_is_given_back_goes_down_the_whole_chain_and_never_back(cast: Cast) -> None:
    case = a_case(reporter=cast.wang)
    assert case.give_back(cast.li.id, "今天不在") is None  # 马师傅 still has the offer
    chain = []
    for person in (cast.ma, cast.sun, cast.zhou, cast.zhao):
        answers = case.give_back(person.id, "不归我管")
        assert answers is not None
        chain.append(answers.route)
    assert chain == ["grid_worker", "department", "desk", "nobody"]
    assert case.state == State.FILED
    assert [one.id for one in reach.nobody_found()] == [case.id]
    for person in (cast.li, cast.ma, cast.sun, cast.zhou):
        assert told(person) == ["case_dispatched"]
    assert told(cast.zhao) == ["case_returned"]
    assert letters_to(cast.zhao)[0].facts["by"] == "周科长"


def test_what_lies_with_the_desk_is_on_the_nobody_list_until_it_is_taken(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, category="noise", at=spot(building="7", unit="1"))
    assert told(cast.zhao) == ["case_filed_nobody"]
    assert [one.id for one in reach.nobody_found()] == [case.id]
    case.accept(cast.zhao.id)
    session().flush()
    assert not reach.nobody_found()


def test_nobody_s_case_is_handed_on_by_the_desk_of_its_community_alone(cast: Cast) -> None:
    case = a_case(reporter=cast.wang)
    for person in (cast.li, cast.ma, cast.sun, cast.zhou, cast.zhao):
        case.give_back(person.id, "不归我管")
    with pytest.raises(NotAllowed):
        case.transfer(cast.qian.id, cast.wu.id, "请去")
    case.transfer(cast.zhao.id, cast.li.id, "还是请您去一趟")
    case.accept(cast.li.id)
    assert case.taker_id == cast.li.id


def test_a_reason_is_needed_to_give_back_and_to_hand_on(cast: Cast) -> None:
    case = a_case(reporter=cast.wang)
    with pytest.raises(Invalid, match="reason_needed"):
        case.give_back(cast.li.id, "  ")
    with pytest.raises(Invalid, match="reason_needed"):
        case.transfer(cast.li.id, cast.sun.id, "")


def test_after_accepting_one_may_still_give_back_and_the_other_keeper_hears(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    answers = case.give_back(cast.li.id, "梯子不够高")
    assert answers is not None
    assert answers.people == (cast.ma.id,)
    assert case.taker_id is None
    case.accept(cast.ma.id)
    assert told(cast.wang, state="waiting") == ["case_accepted"]
    assert letters_to(cast.wang, "case_accepted", state="waiting")[0].facts["taker_name"] == "马师傅"


def test_a_case_is_handed_to_a_named_colleague_who_must_accept(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    case.transfer(cast.li.id, cast.sun.id, "您有梯子")
    assert case.state == State.DISPATCHED
    assert letters_to(cast.sun, "case_dispatched")[0].facts["note"] == "您有梯子"
    with pytest.raises(NotAllowed):
        case.finish(cast.sun.id, "换了", no_photo_reason="没带手机")
    case.accept(cast.sun.id)
    assert case.taker_id == cast.sun.id


@pytest.mark.parametrize("to", ["rider", "li", "qian"])
def test_it_is_handed_to_nobody_without_a_post_nor_elsewhere_nor_to_oneself(cast: Cast, to: str) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    with pytest.raises(Invalid, match="no_such_colleague"):
        case.transfer(cast.li.id, getattr(cast, to).id, "您近")


def test_a_letter_that_is_overtaken_does_not_go_out(cast: Cast) -> None:
    case = a_case(reporter=cast.wang)
    case.accept(cast.li.id)
    assert told(cast.ma, state="waiting") == []
    case.give_back(cast.li.id, "够不着")
    assert told(cast.wang, state="waiting") == []


def test_the_place_said_later_brings_it_to_whoever_answers_there(cast: Cast) -> None:
    case = a_collected_case(cast.wang)
    case.relocate(spot(), By.person(cast.wang.id))
    assert told(cast.li) == ["case_dispatched"]
    case.relocate(spot(building="5", unit="1"), By.person(cast.wang.id))
    assert told(cast.li, state="waiting") == []
    assert told(cast.sun, state="waiting") == ["case_dispatched"]
    assert offering.holders(case.id) == [cast.sun.id]


def test_who_works_on_it_hears_when_the_place_is_put_right_and_what_else_is_said(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    case.relocate(spot(unit="1"), By.person(cast.wang.id))
    case.add_text("二楼那盏", By.person(cast.wang.id))
    assert case.taker_id == cast.li.id
    changed = letters_to(cast.li, "case_changed")
    assert [(one.facts["unit"], one.facts["said"]) for one in changed] == [("1", ""), ("1", "二楼那盏")]


def test_when_the_taker_has_left_the_rework_goes_to_somebody_else(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, finished_by=cast.li)
    session().query(Staff).filter_by(person_id=cast.li.id).one().active = False
    raise_version()
    case.object(By.person(cast.wang.id), "还是不亮")
    assert case.state == State.DISPATCHED
    assert offering.holders(case.id) == [cast.ma.id]
    assert told(cast.li).count("case_reopened") == 0


def test_a_place_that_nobody_knows_lies_with_nobody_where_there_are_two_desks(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, category="noise", at=NOWHERE)
    assert case.state == State.FILED
    assert case.route == "nobody"
    assert told(cast.leader) == ["case_filed_nobody"]
    assert case.id in [one.id for one in reach.nobody_found()]


def test_whoever_watches_over_all_may_take_what_nobody_answers_for(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, category="noise", at=NOWHERE)
    case.accept(cast.leader.id)
    assert case.taker_id == cast.leader.id


def test_a_place_that_is_still_unknown_after_a_second_try_tells_once_more(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, category="noise", at=NOWHERE)
    case.relocate(NOWHERE, By.person(cast.wang.id))
    assert told(cast.leader, state="waiting") == ["case_filed_nobody"]
