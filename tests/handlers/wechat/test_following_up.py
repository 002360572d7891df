"""More about something that is being worked on: it goes to the right one of the writer's cases."""

import pytest
import time_machine
from chat import NUMBER, Chat, number_in
from factories import letters_to, steps, told, unit_of_work
from sqlalchemy import select

from models.base.clock import after
from models.base.orm import session
from models.case.case import Case
from models.media.keeping import items_about


def cases(chat: Chat) -> list[Case]:
    with unit_of_work(chat.database):
        return list(session().scalars(select(Case).order_by(Case.id)))


@pytest.mark.parametrize(
    "line",
    [
        "还是不亮",
        "灯还是不亮",
        "现在更严重了 全楼道都黑了",
        "敲301的门",
        "家里六点以后才有人",
        "到了给我打电话",
        "还没人来修啊 老人摸黑下楼呢",
    ],
)
def test_it_goes_to_the_open_case_and_to_whoever_may_take_it(chat: Chat, line: str) -> None:
    number = number_in(chat.says(chat.cast.wang, "3号楼2单元灯不亮"))
    assert number in chat.says(chat.cast.wang, line)
    (case,) = cases(chat)
    assert line in case.text
    with unit_of_work(chat.database):
        assert letters_to(chat.cast.li, "case_changed")[-1].facts["said"] == line


@pytest.mark.parametrize("line", ["味儿太大了", "老人孩子都受不了", "我妈昨天差点摔了"])
def test_right_after_a_report_what_tells_nothing_of_its_own_goes_with_it(chat: Chat, line: str) -> None:
    number = number_in(chat.says(chat.cast.wang, "下水道堵了"))
    assert number in chat.says(chat.cast.wang, line)
    (case,) = cases(chat)
    assert case.text.endswith(line)


def test_a_reminder_is_written_down_as_one(chat: Chat) -> None:
    chat.says(chat.cast.wang, "3号楼2单元灯不亮")
    chat.says(chat.cast.wang, "还是不亮")
    chat.says(chat.cast.wang, "咋还没来")
    with unit_of_work(chat.database):
        assert steps(session().scalars(select(Case)).one()).count("urged") == 2


def test_what_got_worse_makes_it_more_urgent(chat: Chat) -> None:
    chat.says(chat.cast.wang, "3号楼2单元水管漏水")
    chat.says(chat.cast.wang, "现在更严重了 水管爆了 水都流到一楼了")
    (case,) = cases(chat)
    assert case.urgency == "urgent"


def test_of_several_the_one_that_the_words_fit(chat: Chat) -> None:
    for line in ("3号楼2单元灯不亮", "下水道堵了", "垃圾没人收"):
        chat.says(chat.cast.wang, line)
    light, drain, rubbish = cases(chat)
    assert light.number in chat.says(chat.cast.wang, "灯还是不亮")
    assert rubbish.number in chat.says(chat.cast.wang, "那个垃圾的事儿")
    assert drain.number in chat.says(chat.cast.wang, "下水更严重了 都漫出来了")
    assert len(cases(chat)) == 3


def test_when_the_words_fit_several_we_ask_which_once(chat: Chat) -> None:
    for line in ("3号楼2单元灯不亮", "下水道堵了"):
        chat.says(chat.cast.wang, line)
    reply = chat.says(chat.cast.wang, "还是不行")
    assert reply.count("？") == 1
    assert "照明" in reply
    assert "排水" in reply
    light, drain = cases(chat)
    assert NUMBER.findall(reply) == [drain.number, light.number]
    assert light.number in chat.says(chat.cast.wang, "2")
    assert cases(chat)[0].text.endswith("还是不行")


@pytest.mark.parametrize("answer", ["灯那个", "照明的", "{light}"])
def test_which_one_may_be_said_in_words(chat: Chat, answer: str) -> None:
    for line in ("3号楼2单元灯不亮", "下水道堵了"):
        chat.says(chat.cast.wang, line)
    chat.says(chat.cast.wang, "还是不行")
    light = cases(chat)[0].number
    chat.says(chat.cast.wang, answer.format(light=light))
    assert "还是不行" in cases(chat)[0].text
    assert "还是不行" not in cases(chat)[1].text


def test_what_was_another_thing_after_all_gets_its_own_number(chat: Chat) -> None:
    first = number_in(chat.says(chat.cast.wang, "3号楼2单元灯不亮"))
    assert "另一件" in chat.says(chat.cast.wang, "灯还是不亮")
    second = number_in(chat.says(chat.cast.wang, "另一件"))
    assert second != first
    _, own = cases(chat)
    assert (own.text, own.category, own.building_name) == ("灯还是不亮", "lighting", "3")


def test_long_after_the_report_it_is_not_guessed(chat: Chat) -> None:
    number = number_in(chat.says(chat.cast.wang, "下水道堵了"))
    with time_machine.travel(after(hours=5)):
        assert number not in chat.says(chat.cast.wang, "味儿太大了")


def test_a_new_matter_is_a_new_case_whatever_is_open(chat: Chat) -> None:
    chat.says(chat.cast.wang, "3号楼2单元灯不亮")
    chat.says(chat.cast.wang, "下水道堵了")
    chat.says(chat.cast.wang, "对了，垃圾也没人收")
    assert [case.category for case in cases(chat)] == ["lighting", "drainage", "garbage"]


def test_a_full_report_is_a_report_however_often_it_is_said(chat: Chat) -> None:
    first = number_in(chat.says(chat.cast.wang, "育英3号楼2单元灯不亮"))
    second = number_in(chat.says(chat.cast.wang, "育英3号楼2单元灯不亮"))
    assert first != second


def test_at_a_scanned_door_it_is_about_that_door(chat: Chat) -> None:
    chat.says(chat.cast.rider, "育英5号楼灯不亮")
    chat.scans(chat.cast.rider, "door-3-2")
    chat.says(chat.cast.rider, "灯不亮")
    assert [case.building_name for case in cases(chat)] == ["5", "3"]


def test_a_photo_after_a_follow_up_belongs_to_what_it_was_about(chat: Chat) -> None:
    chat.says(chat.cast.wang, "3号楼2单元灯不亮")
    chat.says(chat.cast.wang, "下水道堵了")
    chat.says(chat.cast.wang, "灯还是不亮")
    light = cases(chat)[0]
    assert light.number in chat.photographs(chat.cast.wang)
    with unit_of_work(chat.database):
        assert len(items_about("case", light.id)) == 1


def test_after_the_end_it_is_a_rework_and_long_after_a_new_case(chat: Chat) -> None:
    number = number_in(chat.says(chat.cast.wang, "3号楼2单元灯不亮"))
    chat.says(chat.cast.li, f"接单 {number}")
    chat.says(chat.cast.li, f"办结 {number} 换了灯泡")
    chat.photographs(chat.cast.li)
    chat.says(chat.cast.wang, "满意")
    assert number in chat.says(chat.cast.wang, "灯又不亮了")
    assert len(cases(chat)) == 1
    with unit_of_work(chat.database):
        assert told(chat.cast.li)[-1] == "case_reopened"
    chat.says(chat.cast.li, f"办结 {number} 再换")
    chat.photographs(chat.cast.li)
    chat.says(chat.cast.wang, "满意")
    with time_machine.travel(after(days=60)):
        chat.says(chat.cast.wang, "灯又不亮了")
    assert len(cases(chat)) == 2


def test_still_bad_is_about_what_is_open_and_not_about_what_was_closed_before(chat: Chat) -> None:
    number = number_in(chat.says(chat.cast.wang, "3号楼2单元灯不亮"))
    chat.says(chat.cast.li, f"接单 {number}")
    chat.says(chat.cast.li, f"办结 {number} 换了灯泡")
    chat.photographs(chat.cast.li)
    chat.says(chat.cast.wang, "满意")
    drain = number_in(chat.says(chat.cast.wang, "下水道堵了"))
    assert drain in chat.says(chat.cast.wang, "还是不行")
    assert number in chat.says(chat.cast.wang, "灯又不亮了")


@pytest.mark.parametrize("line", ["修好了", "灯亮了，谢谢", "好使了"])
def test_good_news_before_anybody_said_so_reaches_whoever_has_it_and_is_no_reminder(
    chat: Chat, line: str
) -> None:
    number = number_in(chat.says(chat.cast.wang, "3号楼2单元灯不亮"))
    reply = chat.says(chat.cast.wang, line)
    assert number in reply
    assert "催" not in reply
    with unit_of_work(chat.database):
        assert letters_to(chat.cast.li, "case_changed")[-1].facts["said"] == line
        assert "urged" not in steps(session().scalars(select(Case)).one())
