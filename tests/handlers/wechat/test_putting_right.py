"""Corrections: place, kind, urgency, or no report at all. Confirmed once, both answerers told."""

import pytest
import time_machine
from chat import Chat, number_in
from factories import letters_to, steps, told, unit_of_work
from sqlalchemy import select

from models.base.clock import after
from models.base.orm import session
from models.case.case import Case
from models.outbox.letter import Letter, State


def the_case(chat: Chat) -> Case:
    with unit_of_work(chat.database):
        return session().scalars(select(Case)).one()


def heard(chat: Chat) -> None:
    """The letters have arrived."""
    with unit_of_work(chat.database):
        for letter in session().scalars(select(Letter)):
            letter.state = State.SENT


@pytest.mark.parametrize(
    ("line", "building", "unit"),
    [
        ("不是3栋是5栋", "5", None),
        ("是1单元不是2单元", "3", "1"),
        ("说错了 是五号楼", "5", None),
        ("楼号说错了，5号楼", "5", None),
        ("打错了 是5号楼1单元", "5", "1"),
        ("不对，应该是5号楼", "5", None),
        ("对了是1单元", "3", "1"),
    ],
)
def test_the_place_is_put_right_and_said_once(chat: Chat, line: str, building: str, unit: str | None) -> None:
    number = number_in(chat.says(chat.cast.wang, "3号楼2单元水管漏水"))
    reply = chat.says(chat.cast.wang, line)
    case = the_case(chat)
    assert (case.number, case.building_name, case.unit_name) == (number, building, unit)
    assert reply.count(number) == 1
    assert f"{building}号楼" in reply


def test_who_had_it_and_who_has_it_now_are_told(chat: Chat) -> None:
    chat.says(chat.cast.wang, "3号楼2单元灯不亮")
    heard(chat)
    chat.says(chat.cast.wang, "不是3号楼是5号楼")
    with unit_of_work(chat.database):
        assert told(chat.cast.li) == ["case_dispatched", "case_called_off"]
        assert told(chat.cast.sun) == ["case_dispatched"]


def test_though_it_was_taken_it_goes_to_the_right_house(chat: Chat) -> None:
    number = number_in(chat.says(chat.cast.wang, "3号楼2单元灯不亮"))
    chat.says(chat.cast.li, f"接单 {number}")
    assert "孙网格员" in chat.says(chat.cast.wang, "不是3号楼是5号楼")
    with unit_of_work(chat.database):
        assert told(chat.cast.li)[-1] == "case_called_off"
    chat.says(chat.cast.sun, f"接单 {number}")
    assert the_case(chat).taker_id == chat.cast.sun.id


def test_the_kind_is_put_right_for_whoever_works_on_it(chat: Chat) -> None:
    number = number_in(chat.says(chat.cast.wang, "3号楼2单元漏水"))
    chat.says(chat.cast.li, f"接单 {number}")
    chat.says(chat.cast.wang, "不是漏水是返水")
    case = the_case(chat)
    assert (case.category, case.taker_id) == ("drainage", chat.cast.li.id)
    with unit_of_work(chat.database):
        assert [one.facts["category"] for one in letters_to(chat.cast.li, "case_changed")] == ["drainage"]
        assert "corrected" in steps(session().merge(case))


@pytest.mark.parametrize(("line", "urgency"), [("挺急的 家里有老人", "urgent"), ("是急事", "urgent")])
def test_it_is_more_pressing_than_we_took_it(chat: Chat, line: str, urgency: str) -> None:
    chat.says(chat.cast.wang, "3号楼2单元水管漏水")
    assert "急" in chat.says(chat.cast.wang, line)
    assert the_case(chat).urgency == urgency


def test_it_is_less_pressing_than_we_took_it_but_danger_is_not_talked_down(chat: Chat) -> None:
    chat.says(chat.cast.wang, "3号楼2单元水管漏水")
    chat.says(chat.cast.wang, "挺急的")
    chat.says(chat.cast.wang, "不急了")
    assert the_case(chat).urgency == "normal"
    with unit_of_work(chat.database):
        session().merge(the_case(chat)).urgency = "emergency"
    chat.says(chat.cast.wang, "不急")
    assert the_case(chat).urgency == "emergency"


def test_what_was_no_report_is_withdrawn_and_those_who_heard_of_it_are_told(chat: Chat) -> None:
    number = number_in(chat.says(chat.cast.wang, "3号楼2单元水管漏水"))
    heard(chat)
    assert number in chat.says(chat.cast.wang, "不是报修 我就问问")
    assert the_case(chat).state == "void"
    with unit_of_work(chat.database):
        assert told(chat.cast.li)[-1] == "case_called_off"


def test_of_several_the_one_that_has_what_is_denied(chat: Chat) -> None:
    first = number_in(chat.says(chat.cast.wang, "育英5号楼灯不亮"))
    chat.says(chat.cast.wang, "3号楼2单元下水道堵了")
    assert first in chat.says(chat.cast.wang, "不是5号楼是7号楼")


def test_an_hour_later_it_is_still_put_right_but_not_the_next_day(chat: Chat) -> None:
    number = number_in(chat.says(chat.cast.wang, "3号楼2单元水管漏水"))
    with time_machine.travel(after(hours=1)):
        assert number in chat.says(chat.cast.wang, "说错了 是五号楼")
    with time_machine.travel(after(hours=30)):
        assert number not in chat.says(chat.cast.wang, "说错了 是三号楼")


@pytest.mark.parametrize("line", ["不是3号楼是88号楼", "不是3号楼"])
def test_a_house_that_is_not_there_or_not_said_is_asked_for(chat: Chat, line: str) -> None:
    number = number_in(chat.says(chat.cast.wang, "3号楼2单元水管漏水"))
    asked = chat.says(chat.cast.wang, line)
    assert asked.count("？") == 1
    assert the_case(chat).building_name == "3"
    assert number in chat.says(chat.cast.wang, "5号楼1单元")
    assert (the_case(chat).building_name, the_case(chat).unit_name) == ("5", "1")


def test_a_fire_that_is_none_is_told_to_whoever_is_on_the_way(chat: Chat) -> None:
    number = number_in(chat.says(chat.cast.wang, "着火了"))
    assert number in chat.says(chat.cast.wang, "不是着火 是做饭冒烟")
    case = the_case(chat)
    assert case.urgency == "emergency"
    assert case.text.endswith("不是着火 是做饭冒烟")


def test_the_same_place_said_again_is_no_new_matter(chat: Chat) -> None:
    number = number_in(chat.says(chat.cast.wang, "3号楼2单元灯不亮"))
    assert number in chat.says(chat.cast.wang, "是3号楼")


def test_a_place_shared_by_mistake_does_not_count(chat: Chat) -> None:
    chat.stands_at(chat.cast.stranger, 46.63, 126.99)
    assert "？" not in chat.says(chat.cast.stranger, "不是这儿")
    assert "？" in chat.says(chat.cast.stranger, "楼道灯坏了")


@pytest.mark.parametrize("line", ["算了 发错了", "发错了", "不用了"])
def test_a_photo_sent_by_mistake_is_withdrawn(chat: Chat, line: str) -> None:
    chat.photographs(chat.cast.stranger)
    chat.says(chat.cast.stranger, line)
    assert the_case(chat).state == "void"
