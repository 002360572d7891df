"""What residents and riders write, and what they read at once."""

import pytest
import time_machine
from chat import Chat, number_in
from factories import letters_to, told, unit_of_work
from sqlalchemy import select

from models.base.clock import after
from models.base.orm import session
from models.case.case import Case
from models.media.keeping import items_about
from models.praise.praise import Praise


def cases(chat: Chat) -> list[Case]:
    with unit_of_work(chat.database):
        return list(session().scalars(select(Case).order_by(Case.id)))


def the_case(chat: Chat) -> Case:
    (case,) = cases(chat)
    return case


def test_the_sentence_that_it_is_all_about(chat: Chat) -> None:
    reply = chat.says(chat.cast.wang, "3号楼2单元灯不亮!")
    case = the_case(chat)
    assert case.number in reply
    assert "育英小区3号楼2单元" in reply
    assert "李师傅" in reply
    assert "?" not in reply
    assert "？" not in reply
    with unit_of_work(chat.database):
        assert told(chat.cast.li) == ["case_dispatched"]


@pytest.mark.parametrize(
    ("line", "building", "unit", "room", "category"),
    [
        ("育英小区3号楼2单元灯不亮", "3", "2", None, "lighting"),
        ("育英三号楼二单元楼道灯坏了", "3", "2", None, "lighting"),
        ("育英3-2-501暖气不热", "3", "2", "501", "heating"),
        ("育英小区５号楼１单元下水堵了", "5", "1", None, "drainage"),
        ("育英 3号楼 2单元 水管漏水!!!", "3", "2", None, "water"),
    ],
)
def test_a_stranger_s_sentence_with_its_place_needs_no_question(
    chat: Chat, line: str, building: str, unit: str, room: str | None, category: str
) -> None:
    reply = chat.says(chat.cast.stranger, line)
    case = the_case(chat)
    assert (case.building_name, case.unit_name, case.room, case.category) == (building, unit, room, category)
    assert case.number in reply


def test_the_first_reply_leads_to_the_privacy_notice_and_the_next_does_not(chat: Chat) -> None:
    assert "/privacy" in chat.says(chat.cast.stranger, "育英3号楼灯不亮")
    assert "/privacy" not in chat.says(chat.cast.stranger, "育英5号楼灯不亮")


@pytest.mark.parametrize("answer", ["育英小区3号楼2单元", "育英3号楼", "3号楼2单元,育英的", "育英3-2"])
def test_a_missing_place_is_asked_for_once_and_the_answer_joins_the_report(chat: Chat, answer: str) -> None:
    reply = chat.says(chat.cast.stranger, "楼道灯不亮了")
    assert "？" in reply
    placed = chat.says(chat.cast.stranger, answer)
    case = the_case(chat)
    assert number_in(reply) == number_in(placed) == case.number
    assert (case.estate_name, case.building_name, case.text) == ("育英小区", "3", "楼道灯不亮了")
    assert "李师傅" in placed


def test_a_place_said_in_two_parts_is_put_together(chat: Chat) -> None:
    assert "几号楼" in chat.says(chat.cast.stranger, "育英小区楼道灯不亮了")
    chat.says(chat.cast.stranger, "3号楼2单元")
    case = the_case(chat)
    assert (case.estate_name, case.building_name, case.unit_name) == ("育英小区", "3", "2")


def test_an_answer_that_names_no_place_is_not_asked_again(chat: Chat) -> None:
    chat.says(chat.cast.stranger, "楼道灯不亮了")
    reply = chat.says(chat.cast.stranger, "我也说不清楚在哪")
    assert "？" not in reply
    assert the_case(chat).state != "collected"


def test_a_new_matter_is_not_taken_for_the_place_of_the_last_one(chat: Chat) -> None:
    chat.says(chat.cast.stranger, "楼道灯不亮了")
    chat.says(chat.cast.stranger, "育英5号楼1单元下水道堵了,污水都冒出来了")
    assert [case.category for case in cases(chat)] == ["lighting", "drainage"]


def test_a_report_that_is_given_up_is_withdrawn(chat: Chat) -> None:
    chat.says(chat.cast.stranger, "楼道灯不亮了")
    chat.says(chat.cast.stranger, "算了")
    assert the_case(chat).state == "void"


def test_home_is_the_default_place_and_the_room_stays_out_of_it(chat: Chat) -> None:
    chat.says(chat.cast.wang, "楼道灯不亮了")
    case = the_case(chat)
    assert (case.building_name, case.unit_name, case.room) == ("3", "2", None)


def test_a_home_is_kept_after_consent_and_not_asked_for_again(chat: Chat) -> None:
    assert "？" in chat.says(chat.cast.stranger, "我住育英小区5号楼1单元301")
    assert "？" not in chat.says(chat.cast.stranger, "同意")
    reply = chat.says(chat.cast.stranger, "暖气不热")
    assert "育英小区5号楼1单元" in reply
    assert "？" not in reply


@pytest.mark.parametrize("no", ["不同意", "算了", "不用了"])
def test_without_consent_no_home_is_kept(chat: Chat, no: str) -> None:
    chat.says(chat.cast.stranger, "我住育英小区5号楼1单元301")
    chat.says(chat.cast.stranger, no)
    assert "？" in chat.says(chat.cast.stranger, "暖气不热")


def test_a_photo_first_then_its_words_are_one_case(chat: Chat) -> None:
    first = chat.photographs(chat.cast.stranger)
    second = chat.says(chat.cast.stranger, "育英3号楼2单元灯不亮")
    case = the_case(chat)
    assert number_in(first) == number_in(second) == case.number
    assert "李师傅" in second
    with unit_of_work(chat.database):
        assert len(items_about("case", case.id, "report")) == 1


def test_a_photo_then_words_without_a_place_are_asked_for_the_place(chat: Chat) -> None:
    chat.photographs(chat.cast.stranger)
    assert "？" in chat.says(chat.cast.stranger, "灯坏了")
    assert "李师傅" in chat.says(chat.cast.stranger, "育英3号楼2单元")
    assert the_case(chat).category == "lighting"


def test_a_photo_within_minutes_belongs_to_the_report_and_a_later_one_does_not(chat: Chat) -> None:
    chat.says(chat.cast.wang, "3号楼2单元灯不亮")
    assert the_case(chat).number in chat.photographs(chat.cast.wang)
    with time_machine.travel(after(minutes=20)):
        chat.photographs(chat.cast.wang)
    assert len(cases(chat)) == 2


def test_a_location_answers_the_question_for_the_place(chat: Chat) -> None:
    chat.says(chat.cast.stranger, "路上井盖没了")
    chat.stands_at(chat.cast.stranger, 46.6301, 126.9901, "东兴街")
    case = the_case(chat)
    assert case.estate_name == "育英小区"
    assert case.latitude == pytest.approx(46.6301)
    assert case.state == "dispatched"


def test_a_location_adds_its_point_and_takes_nothing_away(chat: Chat) -> None:
    chat.says(chat.cast.wang, "3号楼2单元灯不亮")
    chat.stands_at(chat.cast.wang, 46.66, 127.05)  # she stands at 建设小区 by now
    case = the_case(chat)
    assert (case.estate_name, case.building_name, case.longitude) == ("育英小区", "3", 127.05)


def test_a_location_first_then_the_words(chat: Chat) -> None:
    assert "？" in chat.stands_at(chat.cast.stranger, 46.63, 126.99)
    chat.says(chat.cast.stranger, "井盖没了")
    assert the_case(chat).estate_name == "育英小区"


def test_a_location_far_from_everything_is_said_to_be_so(chat: Chat) -> None:
    chat.stands_at(chat.cast.stranger, 31.2, 121.5)
    assert not cases(chat)


def test_a_voice_is_kept_and_its_place_chosen_from_a_menu(chat: Chat) -> None:
    menu = chat.speaks(chat.cast.stranger)
    assert "1 育英小区" in menu
    chat.says(chat.cast.stranger, "1")
    case = the_case(chat)
    assert (case.estate_name, case.source, case.state) == ("育英小区", "voice", "dispatched")
    with unit_of_work(chat.database):
        (voice,) = items_about("case", case.id)
        assert voice.kind == "voice"


def test_in_the_menu_the_own_home_stands_first(chat: Chat) -> None:
    assert "1 育英小区3号楼2单元" in chat.speaks(chat.cast.wang)


def test_a_door_s_code_says_where_and_only_the_problem_is_asked(chat: Chat) -> None:
    asked = chat.scans(chat.cast.stranger, "door-3-2")
    assert "育英小区3号楼2单元" in asked
    reply = chat.says(chat.cast.stranger, "灯不亮")
    assert "？" not in reply
    case = the_case(chat)
    assert (case.building_name, case.unit_name, case.source) == ("3", "2", "door")


def test_after_a_scan_a_photo_alone_knows_its_place(chat: Chat) -> None:
    chat.scans(chat.cast.stranger, "door-3-2")
    assert "育英小区3号楼2单元" in chat.photographs(chat.cast.stranger)
    assert "李师傅" in chat.says(chat.cast.stranger, "灯罩掉了")


def test_a_code_that_was_never_printed_opens_nothing(chat: Chat) -> None:
    assert "换了新的" in chat.scans(chat.cast.stranger, "no-such-door")


@pytest.mark.parametrize(
    ("correction", "building", "unit", "category", "who"),
    [
        ("不是3号楼，是5号楼1单元", "5", "1", "lighting", "sun"),
        ("说错了，应该是5号楼", "5", None, "lighting", "sun"),
        ("错了 是1单元", "3", "1", "lighting", "li"),
        ("不是灯，是水管漏水", "3", "2", "water", "li"),
    ],
)
def test_a_wrong_understanding_is_put_right_in_one_message(
    chat: Chat, correction: str, building: str, unit: str | None, category: str, who: str
) -> None:
    first = chat.says(chat.cast.wang, "3号楼2单元灯不亮!")
    second = chat.says(chat.cast.wang, correction)
    case = the_case(chat)
    assert number_in(first) == number_in(second)
    assert (case.building_name, case.unit_name, case.category) == (building, unit, category)
    with unit_of_work(chat.database):
        letter = letters_to(getattr(chat.cast, who), "case_dispatched", state="waiting")[-1]
        assert (letter.facts["building"], letter.facts["category"]) == (building, category)


def test_progress_is_told_in_words_from_the_case_itself(chat: Chat) -> None:
    assert "没有查到" in chat.says(chat.cast.wang, "进度")
    chat.says(chat.cast.wang, "3号楼2单元灯不亮!")
    assert "还没人接" in chat.says(chat.cast.wang, "我的灯咋样了")
    number = the_case(chat).number
    chat.says(chat.cast.li, f"接单 {number}")
    assert "李师傅" in chat.says(chat.cast.wang, "进度")
    assert "正在办" in chat.says(chat.cast.wang, number)
    assert len(cases(chat)) == 1


def test_others_who_met_the_same_join_it_by_words_or_by_number(chat: Chat) -> None:
    number = number_in(chat.says(chat.cast.wang, "3号楼2单元灯不亮!"))
    assert number in chat.says(chat.cast.rider, "我也遇到了,育英3号楼2单元灯不亮")
    assert number in chat.says(chat.cast.stranger, f"我也是 {number}")
    case = the_case(chat)
    with unit_of_work(chat.database):
        assert len(session().merge(case).concerned()) == 3


def test_praise_is_kept_and_makes_no_case(chat: Chat) -> None:
    chat.says(chat.cast.wang, "谢谢李师傅，修得真好，太感谢了")
    assert not cases(chat)
    with unit_of_work(chat.database):
        assert session().scalars(select(Praise)).one().by_id == chat.cast.wang.id


def test_staff_report_like_anybody(chat: Chat) -> None:
    reply = chat.says(chat.cast.sun, "育英5号楼1单元灯不亮")
    assert number_in(reply) == the_case(chat).number
    assert the_case(chat).source == "work"


def test_what_was_said_of_the_place_is_not_asked_again(chat: Chat) -> None:
    asked = chat.says(chat.cast.rider, "3号楼2单元灯不亮")
    assert "哪个小区？" in asked
    assert "几号楼" not in asked


def test_the_place_said_late_still_reaches_the_report(chat: Chat) -> None:
    number = number_in(chat.says(chat.cast.rider, "灯不亮"))
    chat.says(chat.cast.rider, "你们快点啊")
    assert number in chat.says(chat.cast.rider, "育英小区3号楼2单元")
    with unit_of_work(chat.database):
        (case,) = session().scalars(select(Case))
        assert (case.building_name, case.unit_name, case.route) == ("3", "2", "keeper")


@pytest.mark.parametrize("line", ["不用来了", "打错了", "撤销", "{}不用修了", "已经自己修好了，不用来了"])
def test_not_needed_any_more_is_told_and_is_no_reminder(chat: Chat, line: str) -> None:
    number = number_in(chat.says(chat.cast.wang, "灯不亮"))
    reply = chat.says(chat.cast.wang, line.format(number))
    assert number in reply
    assert "催" not in reply
    with unit_of_work(chat.database):
        (case,) = session().scalars(select(Case))
        assert case.state == "dispatched"
        assert line.format(number) in case.text


def test_a_second_report_at_another_house_of_the_same_estate_needs_no_question(chat: Chat) -> None:
    chat.says(chat.cast.rider, "育英小区3号楼2单元灯不亮")
    assert "？" not in chat.says(chat.cast.rider, "还有7号楼下水道堵了")


def test_a_late_place_may_come_in_pieces(chat: Chat) -> None:
    number = number_in(chat.says(chat.cast.rider, "灯不亮"))
    chat.says(chat.cast.rider, "你们快点啊")
    assert number in chat.says(chat.cast.rider, "3号楼")
    assert number in chat.says(chat.cast.rider, "育英小区")
    with unit_of_work(chat.database):
        (case,) = session().scalars(select(Case))
        assert (case.building_name, case.route) == ("3", "keeper")
