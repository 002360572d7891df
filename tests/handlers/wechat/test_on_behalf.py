"""代报: for an elder, by staff or by a neighbour. Whom it is for is told, nods, and may object."""

import pytest
from chat import Chat, number_in
from factories import letters_to, told, unit_of_work
from sqlalchemy import select

from handlers import words
from models.base.orm import session
from models.base.privacy import blind
from models.case.caller import caller_of
from models.case.case import Case
from models.case.clock import to_visit
from models.person.tables import Person

FOR_WANG = "代报 3号楼2单元501 王奶奶 家里灯不亮"


def the_case(chat: Chat) -> Case:
    with unit_of_work(chat.database):
        return session().scalars(select(Case)).one()


def test_staff_report_for_an_elder_who_is_told_who_it_was(chat: Chat) -> None:
    reply = chat.says(chat.cast.zhao, FOR_WANG)
    case = the_case(chat)
    assert case.number in reply
    assert "王奶奶" in reply
    assert "李师傅" in reply
    assert (case.reporter_id, case.entered_by, case.source) == (
        chat.cast.wang.id,
        chat.cast.zhao.id,
        "behalf",
    )
    assert (case.estate_name, case.building_name, case.room) == ("育英小区", "3", "501")
    with unit_of_work(chat.database):
        (letter,) = letters_to(chat.cast.wang)
        assert letter.kind == "case_reported_for_you"
        assert "赵主任" in words.letter(letter.kind, "chat", letter.facts).text


def test_the_elder_nods(chat: Chat) -> None:
    number = number_in(chat.says(chat.cast.zhao, FOR_WANG))
    chat.says(chat.cast.li, f"接单 {number}")
    chat.says(chat.cast.li, f"办结 {number} 换了灯泡")
    chat.photographs(chat.cast.li)
    with unit_of_work(chat.database):
        assert told(chat.cast.wang)[-1] == "case_finished"
    assert number in chat.says(chat.cast.wang, "满意")
    assert the_case(chat).state == "closed"


@pytest.mark.parametrize("no", ["不用", "不用了", "不是我报的", "我没报"])
def test_one_word_of_the_elder_takes_it_back_and_the_reporter_is_told(chat: Chat, no: str) -> None:
    number = number_in(chat.says(chat.cast.zhao, FOR_WANG))
    assert number in chat.says(chat.cast.wang, no)
    assert the_case(chat).state == "void"
    with unit_of_work(chat.database):
        assert letters_to(chat.cast.zhao, "case_disowned")[0].facts["said"] == no


def test_when_somebody_is_on_the_way_the_word_is_passed_on(chat: Chat) -> None:
    number = number_in(chat.says(chat.cast.zhao, FOR_WANG))
    chat.says(chat.cast.li, f"接单 {number}")
    chat.says(chat.cast.wang, "不是我报的")
    assert the_case(chat).state == "handling"
    with unit_of_work(chat.database):
        assert letters_to(chat.cast.li, "case_changed")[0].facts["said"] == "不是我报的"


def test_a_neighbour_reports_and_may_ask_but_the_elder_nods(chat: Chat) -> None:
    number = number_in(chat.says(chat.cast.sun_xiaoyu, "帮邻居王奶奶报修 育英3号楼2单元501没水"))
    case = the_case(chat)
    assert (case.reporter_id, case.proxy_id, case.entered_by) == (
        chat.cast.wang.id,
        chat.cast.sun_xiaoyu.id,
        None,
    )
    assert number in chat.says(chat.cast.sun_xiaoyu, "进度")
    with unit_of_work(chat.database):
        assert session().merge(case).concerned() == [chat.cast.wang.id]


def test_a_child_s_report_for_a_mother_whom_we_do_not_know_is_the_child_s(chat: Chat) -> None:
    number = number_in(chat.says(chat.cast.rider, "替我妈报，育英5号楼1单元301暖气不热"))
    case = the_case(chat)
    assert (case.reporter_id, case.proxy_id, case.number) == (chat.cast.rider.id, None, number)


def test_whoever_has_no_wechat_is_called_and_the_phone_stays_sealed(chat: Chat) -> None:
    reply = chat.says(chat.cast.zhao, "代报 育英5号楼1单元301 张大爷 13812345678 家里暖气不热")
    case = the_case(chat)
    assert "电话" in reply
    assert (case.reporter_id, case.entered_by) == (None, chat.cast.zhao.id)
    assert "13812345678" not in case.text
    with unit_of_work(chat.database):
        assert caller_of(case) == ("张大爷", "13812345678")
    chat.says(chat.cast.sun, f"接单 {case.number}")
    chat.says(chat.cast.sun, f"办结 {case.number} 通了")
    chat.photographs(chat.cast.sun)
    with unit_of_work(chat.database):
        assert [one.id for one in to_visit()] == [case.id]


def test_who_is_known_by_the_phone_is_told_wherever_the_trouble_is(chat: Chat) -> None:
    with unit_of_work(chat.database):
        person = session().get_one(Person, chat.cast.wang.id)
        person.phone_hash = blind("13812345678", "phone")
    chat.says(chat.cast.zhao, "代报 育英5号楼1单元301 王奶奶 13812345678 家里暖气不热")
    assert the_case(chat).reporter_id == chat.cast.wang.id


def test_a_missing_place_is_asked_of_the_one_who_writes(chat: Chat) -> None:
    asked = chat.says(chat.cast.zhao, "代报 张大爷 13812345678 家里暖气不热")
    assert asked.count("？") == 1
    placed = chat.says(chat.cast.zhao, "育英5号楼1单元301")
    assert number_in(asked) == number_in(placed)
    case = the_case(chat)
    assert (case.building_name, case.room, case.entered_by) == ("5", "301", chat.cast.zhao.id)
    with unit_of_work(chat.database):
        assert told(chat.cast.sun) == ["case_dispatched"]


def test_a_phone_said_late_is_sealed_too(chat: Chat) -> None:
    chat.says(chat.cast.zhao, "代报 育英5号楼1单元301 张大爷 家里暖气不热")
    chat.says(chat.cast.zhao, "他电话13812345678")
    case = the_case(chat)
    assert "13812345678" not in case.text
    with unit_of_work(chat.database):
        assert caller_of(case) == ("张大爷", "13812345678")


def test_a_photo_of_the_one_who_wrote_it_goes_with_it(chat: Chat) -> None:
    number = number_in(chat.says(chat.cast.zhao, FOR_WANG))
    assert number in chat.photographs(chat.cast.zhao)


def test_whoever_wrote_it_may_put_it_right(chat: Chat) -> None:
    chat.says(chat.cast.sun_xiaoyu, "帮邻居王奶奶报修 育英3号楼2单元501没水")
    chat.says(chat.cast.sun_xiaoyu, "不是2单元是1单元")
    assert the_case(chat).unit_name == "1"


def test_staff_who_wrote_it_may_put_it_right_too(chat: Chat) -> None:
    chat.says(chat.cast.zhao, FOR_WANG)
    chat.says(chat.cast.zhao, "不是2单元是1单元")
    assert the_case(chat).unit_name == "1"


@pytest.mark.parametrize("line", ["帮我报修一下，育英3号楼2单元灯不亮", "育英3号楼2单元给老人装个扶手吧"])
def test_what_one_asks_for_oneself_is_no_report_for_another(chat: Chat, line: str) -> None:
    chat.says(chat.cast.rider, line)
    assert the_case(chat).source != "behalf"
