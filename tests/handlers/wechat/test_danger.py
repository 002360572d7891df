"""Danger to life: the number to call stands in the first line, and somebody on duty is rung."""

import pytest
from chat import Chat, number_in
from factories import letters_to, unit_of_work
from sqlalchemy import select

from models.base.orm import session
from models.case.case import Case
from models.case.emergency import ringing


def cases(chat: Chat) -> list[Case]:
    with unit_of_work(chat.database):
        return list(session().scalars(select(Case).order_by(Case.id)))


@pytest.mark.parametrize(
    ("line", "call"),
    [
        ("着火了！快来人", "119"),
        ("3号楼2单元有煤气味，很重", "119"),
        ("有人打架，拿着刀", "110"),
        ("我妈晕倒了没有呼吸", "120"),
        ("救命！", "110"),
    ],
)
def test_the_first_line_says_whom_to_call(chat: Chat, line: str, call: str) -> None:
    reply = chat.says(chat.cast.wang, line)
    assert call in reply.splitlines()[0]
    (case,) = cases(chat)
    assert case.number in reply
    assert case.urgency == "emergency"
    with unit_of_work(chat.database):
        assert [alarm.number_to_call for alarm in ringing()] == [call]
        assert letters_to(chat.cast.zhao, "case_emergency")


def test_cries_that_follow_one_another_are_one_emergency(chat: Chat) -> None:
    first = chat.says(chat.cast.rider, "着火了！")
    assert "？" in first
    second = chat.says(chat.cast.rider, "着火了！！育英小区3号楼")
    assert "119" in second.splitlines()[0]
    assert number_in(first) == number_in(second)
    (case,) = cases(chat)
    assert case.building_name == "3"
    assert "育英小区3号楼" in case.text


def test_the_place_said_alone_reaches_who_is_rung(chat: Chat) -> None:
    chat.says(chat.cast.rider, "着火了！快来人")
    chat.says(chat.cast.rider, "育英小区3号楼2单元")
    with unit_of_work(chat.database):
        assert letters_to(chat.cast.zhao, "case_emergency")[-1].facts["building"] == "3"
    assert len(cases(chat)) == 1


def test_a_photo_first_and_then_the_danger_are_one_case(chat: Chat) -> None:
    chat.photographs(chat.cast.wang)
    chat.says(chat.cast.wang, "3号楼着火了")
    (case,) = cases(chat)
    assert (case.urgency, case.state) == ("emergency", "dispatched")


def test_danger_does_not_wait_for_an_open_question(chat: Chat) -> None:
    chat.says(chat.cast.stranger, "我住育英小区5号楼1单元301")
    assert "119" in chat.says(chat.cast.stranger, "着火了").splitlines()[0]


@pytest.mark.parametrize("words", ["收到", "知道了"])
def test_who_is_on_duty_acknowledges_with_a_word(chat: Chat, words: str) -> None:
    chat.says(chat.cast.wang, "楼道着火了")
    assert "不再呼叫" in chat.says(chat.cast.zhao, words)
    with unit_of_work(chat.database):
        assert not ringing()


def test_who_is_rung_may_take_it_by_the_card_and_by_words(chat: Chat) -> None:
    chat.says(chat.cast.wang, "楼道着火了")
    number = cases(chat)[0].number
    card = chat.taps(chat.cast.zhao, f"acknowledge/{number}").card
    assert "不再呼叫" in card["sub_title_text"]
    assert "接单成功" in chat.says(chat.cast.zhao, f"接单 {number}")
