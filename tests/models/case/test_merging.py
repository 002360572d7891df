"""并案: two numbers, one thing, and apart again."""

from dataclasses import replace

import pytest
from cast import Cast
from factories import a_case, a_photo, finish, letters_to, spot, steps, told

from models.base.actor import By
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.case import on_behalf, reach
from models.case.lifecycle import State
from models.joins.parting import parted, parted_by_desk
from models.media.keeping import items_about, want
from models.outbox.letter import State as Fate
from models.person.neighbours import spoken_of


def by(someone) -> By:
    return By.person(someone.id)


def test_the_people_of_both_are_told_and_each_may_nod(cast: Cast) -> None:
    first, second = a_case(reporter=cast.wang), a_case(reporter=cast.sun_xiaoyu)
    second.merge_into(first, by(cast.sun_xiaoyu))
    assert (second.state, second.is_merged) == (State.VOID, True)
    assert first.concerned() == [cast.wang.id, cast.sun_xiaoyu.id]
    first.accept(cast.li.id)
    finish(first, cast.li)
    assert told(cast.sun_xiaoyu) == ["case_accepted", "case_finished"]
    assert first.nod(by(cast.sun_xiaoyu))
    assert first.rate(by(cast.wang), 5)
    assert first.rate(by(cast.sun_xiaoyu), 4)


def test_steps_say_what_went_where(cast: Cast) -> None:
    first, second = a_case(reporter=cast.wang), a_case(reporter=cast.sun_xiaoyu)
    second.merge_into(first, by(cast.sun_xiaoyu))
    second.separate(by(cast.sun_xiaoyu))
    assert steps(first)[-2:] == ["joined", "left"]
    assert steps(second) == ["reported", "dispatched", "merged", "separated", "routed", "dispatched"]
    assert second.state == State.DISPATCHED
    assert second.closed_at is None
    assert first.concerned() == [cast.wang.id]


def test_photos_go_with_it_and_come_back(cast: Cast) -> None:
    first, second = a_case(reporter=cast.wang), a_case(reporter=cast.sun_xiaoyu)
    for case, who in ((first, cast.wang), (second, cast.sun_xiaoyu)):
        want(case.about, purpose="report", kind="image", channel="official", media_id="m", by=who.id)
    second.merge_into(first, by(cast.sun_xiaoyu))
    assert len(items_about("case", first.id, "report")) == 2
    second.separate(by(cast.sun_xiaoyu))
    assert [one.by_id for one in items_about("case", first.id, "report")] == [cast.wang.id]
    assert [one.by_id for one in items_about("case", second.id, "report")] == [cast.sun_xiaoyu.id]


def test_whoever_works_on_it_already_is_told_that_it_goes_on_under_another_number(cast: Cast) -> None:
    first, second = a_case(reporter=cast.wang), a_case(reporter=cast.sun_xiaoyu, accepted_by=cast.ma)
    second.merge_into(first, by(cast.sun_xiaoyu))
    (letter,) = letters_to(cast.ma, "case_called_off")
    assert (letter.facts["why"], letter.facts["into"]) == ("merged", first.number)


def test_what_is_over_takes_nothing_in(cast: Cast) -> None:
    first = a_case(reporter=cast.wang, finished_by=cast.li, nodded_by=cast.wang)
    second = a_case(reporter=cast.sun_xiaoyu)
    with pytest.raises(NotAllowed, match="case_over"):
        second.merge_into(first, by(cast.sun_xiaoyu))
    with pytest.raises(NotAllowed):
        second.merge_into(second, by(cast.sun_xiaoyu))
    with pytest.raises(NotAllowed, match="not_joined"):
        second.separate(by(cast.sun_xiaoyu))


def test_a_withdrawn_case_is_not_brought_back_by_its_place(cast: Cast) -> None:
    case = a_case(reporter=cast.wang)
    case.void(by(cast.wang), "自己好了")
    with pytest.raises(NotAllowed):
        case.file()


def test_who_joined_by_words_gets_a_case_of_those_words(cast: Cast) -> None:
    first = a_case(reporter=cast.wang)
    first.join(cast.rider.id, "育英5号楼1单元灯也不亮")
    own, answers = parted(first, cast.rider.id, by(cast.rider))
    assert (own.building_name, own.reporter_id, answers.route) == ("5", cast.rider.id, "grid_worker")
    assert steps(first)[-2:] == ["left", "split_off"]


def test_the_desk_takes_apart_and_keepers_do_not(cast: Cast) -> None:
    first, second = a_case(reporter=cast.wang), a_case(reporter=cast.sun_xiaoyu)
    second.merge_into(first, by(cast.sun_xiaoyu))
    with pytest.raises(NotAllowed, match="not_yours"):
        parted_by_desk(second, By.staff(cast.li.id))
    with pytest.raises(NotAllowed, match="not_yours"):
        parted_by_desk(second, By.staff(cast.qian.id))
    own, _ = parted_by_desk(first, By.staff(cast.zhao.id))
    assert own.id == second.id
    assert told(cast.sun_xiaoyu) == ["case_separated"]
    with pytest.raises(NotAllowed, match="nobody_joined"):
        parted_by_desk(first, By.staff(cast.zhao.id))


def test_the_same_matter_is_of_the_same_house_unit_home_and_kind(cast: Cast) -> None:
    first = a_case(reporter=cast.wang)
    for other, same in (
        (spot(), True),
        (spot(unit=None), True),
        (spot(unit="1"), False),
        (spot(building="5"), False),
        (spot(building=None, unit=None), False),
    ):
        found = reach.same_matter(other, "lighting", except_for=cast.rider.id)
        assert (found is not None and found.id == first.id) == same, other
    assert reach.same_matter(spot(), "water", except_for=cast.rider.id) is None
    assert reach.same_matter(spot(), "lighting", except_for=cast.wang.id) is None
    assert reach.same_matter(spot(), "lighting", except_case=first.id) is None


def test_in_the_open_the_same_estate_is_the_same_place(cast: Cast) -> None:
    yard = spot(building=None, unit=None)
    first = a_case(reporter=cast.wang, category="snow_ice", at=yard)
    found = reach.same_matter(yard, "snow_ice", except_for=cast.rider.id)
    assert found is not None
    assert found.id == first.id
    assert reach.same_matter(yard, None, except_for=cast.rider.id) is None


# put right


def _heard(cast: Cast) -> None:
    """What was written to the staff has arrived."""
    for someone in (cast.li, cast.ma, cast.sun):
        for letter in letters_to(someone):
            letter.state = Fate.SENT
    session().flush()


def test_who_had_it_and_who_has_it_now_are_both_told(cast: Cast) -> None:
    case = a_case(reporter=cast.wang)
    _heard(cast)
    case.relocate(spot(building="5", unit="1"), by(cast.wang), said="不是3号楼是5号楼")
    assert told(cast.li) == told(cast.ma) == ["case_dispatched", "case_called_off"]
    assert letters_to(cast.li, "case_called_off")[0].facts["why"] == "moved"
    assert told(cast.sun) == ["case_dispatched"]


def test_who_was_never_told_of_it_need_not_be_told_that_it_is_gone(cast: Cast) -> None:
    case = a_case(reporter=cast.wang)
    case.relocate(spot(building="5", unit="1"), by(cast.wang))
    assert told(cast.li, state="waiting") == []


def test_at_another_house_it_goes_to_whoever_answers_there_though_somebody_had_taken_it(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    case.relocate(spot(building="5", unit="1"), by(cast.wang), said="不是3号楼是5号楼")
    assert (case.state, case.taker_id, case.route) == (State.DISPATCHED, None, "grid_worker")
    assert told(cast.li)[-1] == "case_called_off"
    case.accept(cast.sun.id)
    assert told(cast.wang, state="waiting") == ["case_accepted"]


def test_in_the_same_house_it_stays_with_its_taker_who_hears_once(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    case.add_text("是1单元", by(cast.wang), quietly=True)
    case.relocate(spot(unit="1"), by(cast.wang), said="是1单元")
    assert case.taker_id == cast.li.id
    assert told(cast.li)[1:] == ["case_changed"]
    assert letters_to(cast.li, "case_changed")[0].facts["said"] == "是1单元"


def test_another_kind_of_thing_goes_down_the_chain_again(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, at=spot(building="7", unit="1"))
    assert case.route == "department"
    case.reconsider(category="noise", urgency="normal", by=by(cast.wang), said="不是灯 是太吵")
    assert (case.category, case.route) == ("noise", "desk")
    assert "corrected" in steps(case)
    assert case.text.endswith("不是灯 是太吵")


def test_words_for_a_case_that_nobody_took_reach_those_who_may(cast: Cast) -> None:
    case = a_case(reporter=cast.wang)
    case.add_text("敲301的门", by(cast.wang))
    assert told(cast.li) == told(cast.ma) == ["case_dispatched", "case_changed"]


# on behalf


def test_the_elder_nods_and_the_neighbour_may_look(cast: Cast) -> None:
    case = a_case(reporter=cast.wang)
    case.proxy_id = cast.rider.id
    session().flush()
    assert [one.id for one in reach.open_of(cast.rider.id)] == [case.id]
    assert case.concerned() == [cast.wang.id]
    case.accept(cast.li.id)
    a_photo(case, cast.li)
    case.finish(cast.li.id, "好了")
    with pytest.raises(NotAllowed):
        case.nod(by(cast.rider))
    assert case.nod(by(cast.wang))


def test_an_objection_takes_it_back_or_is_passed_on(cast: Cast) -> None:
    early = a_case(reporter=cast.wang, entered_by=cast.zhao)
    assert on_behalf.disown(early, by(cast.wang), "不用")
    assert early.state == State.VOID
    late = a_case(reporter=cast.wang, entered_by=cast.zhao, accepted_by=cast.li)
    assert not on_behalf.disown(late, by(cast.wang), "不是我报的")
    assert late.state == State.HANDLING
    assert letters_to(cast.li, "case_changed")[0].facts["said"] == "不是我报的"
    assert told(cast.zhao) == ["case_disowned", "case_disowned"]


def test_what_one_told_oneself_is_not_reported_for_one(cast: Cast) -> None:
    a_case(reporter=cast.wang)
    assert on_behalf.reported_for(cast.wang.id) is None


def test_somebody_is_known_by_the_home_or_by_the_phone(cast: Cast) -> None:
    home = spot()
    assert spoken_of(home) is None  # without a room it might be any neighbour
    assert spoken_of(replace(home, room="501")) == cast.wang.id
    assert spoken_of(replace(home, room="502")) is None
    assert spoken_of(replace(home, room="501", unit="1")) is None
