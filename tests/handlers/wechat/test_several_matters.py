"""Several matters in one message: each its own case, one reply for all."""

import pytest
from chat import NUMBER, Chat
from factories import told, unit_of_work
from sqlalchemy import select

from models.base.orm import session
from models.case.case import Case
from models.case.tables import Alarm
from models.media.keeping import items_about


def cases(chat: Chat) -> list[Case]:
    with unit_of_work(chat.database):
        return list(session().scalars(select(Case).order_by(Case.id)))


def test_three_things_at_two_houses_are_three_cases_on_their_own_ways(chat: Chat) -> None:
    reply = chat.says(chat.cast.stranger, "育英3号楼2单元灯不亮，另外下水道也堵了，还有5号楼门口雪没清")
    assert [(case.category, case.building_name, case.unit_name) for case in cases(chat)] == [
        ("lighting", "3", "2"),
        ("drainage", "3", "2"),
        ("snow_ice", "5", None),
    ]
    assert [case.number for case in cases(chat)] == NUMBER.findall(reply)
    assert "李师傅" in reply
    assert "孙网格员" in reply
    assert "？" not in reply
    with unit_of_work(chat.database):
        assert told(chat.cast.li) == ["case_dispatched", "case_dispatched"]
        assert told(chat.cast.sun) == ["case_dispatched"]


@pytest.mark.parametrize(
    "line",
    ["1.楼道灯坏了 2.垃圾没人收 3.健身器材坏了", "一是楼道灯坏了，二是垃圾没人收，三是健身器材坏了"],
)
def test_what_is_counted_is_kept_in_its_own_words(chat: Chat, line: str) -> None:
    chat.says(chat.cast.wang, line)
    assert [case.category for case in cases(chat)] == ["lighting", "garbage", "facility"]
    assert "垃圾" not in cases(chat)[0].text


def test_one_question_for_the_place_of_all_and_one_answer(chat: Chat) -> None:
    reply = chat.says(chat.cast.stranger, "楼道灯不亮，另外下水道也堵了")
    assert reply.count("？") == 1
    assert [case.state for case in cases(chat)] == ["collected", "collected"]
    placed = chat.says(chat.cast.stranger, "育英3号楼")
    assert NUMBER.findall(placed) == NUMBER.findall(reply)
    assert [(case.building_name, case.state) for case in cases(chat)] == [("3", "dispatched")] * 2


def test_a_danger_is_answered_first_and_the_rest_is_not_forgotten(chat: Chat) -> None:
    reply = chat.says(chat.cast.wang, "灯也不亮，另外楼道有煤气味")
    assert reply.startswith("请马上拨打119")
    gas, light = cases(chat)
    assert (gas.category, gas.urgency) == ("gas", "emergency")
    assert (light.category, light.urgency) == ("lighting", "normal")
    assert reply.index(gas.number) < reply.index(light.number)
    with unit_of_work(chat.database):
        assert [alarm.case_id for alarm in session().scalars(select(Alarm))] == [gas.id]


def test_a_question_beside_a_report_is_answered_beside_it(chat: Chat) -> None:
    reply = chat.says(chat.cast.wang, "楼道灯坏了 顺便问下物业费多少钱一平")
    (case,) = cases(chat)
    assert (case.category, case.text) == ("lighting", "楼道灯坏了")
    assert case.number in reply
    assert len(reply.splitlines()) > 3  # and what is known of the fee, or who will say


def test_what_was_told_before_goes_where_it_belongs(chat: Chat) -> None:
    chat.says(chat.cast.wang, "3号楼2单元灯不亮")
    reply = chat.says(chat.cast.wang, "灯还是不亮，另外下水道也堵了")
    light, drain = cases(chat)
    assert light.text.endswith("灯还是不亮")
    assert drain.category == "drainage"
    assert {light.number, drain.number} == set(NUMBER.findall(reply))


def test_a_photo_first_then_two_things_are_two_cases_and_the_photo_is_of_the_first(chat: Chat) -> None:
    chat.photographs(chat.cast.stranger)
    chat.says(chat.cast.stranger, "育英3号楼2单元灯不亮，另外下水道也堵了")
    light, drain = cases(chat)
    assert (light.category, drain.category) == ("lighting", "drainage")
    with unit_of_work(chat.database):
        assert len(items_about("case", light.id)) == 1
        assert not items_about("case", drain.id)


def test_a_story_about_one_thing_is_one_case(chat: Chat) -> None:
    chat.says(chat.cast.wang, "楼上漏水把我家棚都泡了，找他他不开门，你们快来人看看吧")
    assert len(cases(chat)) == 1
