"""How far is it? In words, from the case itself, of the writer's own cases alone. And small talk, short."""

from datetime import timedelta

import pytest
import time_machine
from chat import Chat, number_in
from factories import LIGHT, a_case, finish, letters_to
from sqlalchemy import func, select, update

from models.base.clock import after, now
from models.base.orm import session
from models.case.case import Case
from models.history import steps_about
from models.outbox.letter import Letter
from models.outbox.letter import State as Fate


def count(chat: Chat) -> int:
    with chat.database.read():
        return session().scalar(select(func.count(Case.id))) or 0


def test_who_it_lies_with_is_told_before_anybody_takes_it(chat: Chat) -> None:
    chat.says(chat.cast.wang, LIGHT)
    reply = chat.says(chat.cast.wang, "我的灯咋样了")
    assert "李师傅" in reply
    assert "马师傅" in reply
    assert "还没人接" in reply
    assert "已替您催了" in reply


def test_whoever_works_on_it_is_named_with_the_moment(chat: Chat) -> None:
    number = number_in(chat.says(chat.cast.wang, LIGHT))
    chat.says(chat.cast.li, f"接单 {number}")
    reply = chat.says(chat.cast.wang, "进度")
    assert "李师傅" in reply
    assert "马师傅" not in reply
    assert "正在办" in reply


def test_what_was_done_and_when_silence_closes_it(chat: Chat) -> None:
    def done() -> None:
        case = a_case(reporter=chat.cast.wang, accepted_by=chat.cast.li)
        finish(case, chat.cast.li, "换了灯座")

    chat.database.write(done)
    reply = chat.says(chat.cast.wang, "进度")
    assert "换了灯座" in reply
    assert "就先按办好了算" not in reply  # the question has not reached anybody yet

    def reached() -> None:
        letter = letters_to(chat.cast.wang, "case_finished")[0]
        session().execute(update(Letter).where(Letter.id == letter.id).values(state=Fate.SENT, sent_at=now()))

    chat.database.write(reached)
    last = after(days=7).astimezone()
    assert f"{last.year}年{last.month}月" in chat.says(chat.cast.wang, "进度")


def test_a_report_without_a_place_says_until_when_it_waits(chat: Chat) -> None:
    chat.says(chat.cast.rider, "灯不亮")
    reply = chat.says(chat.cast.rider, "我报的灯咋样了")
    assert "还差地点" in reply
    assert "也先交给社区" in reply


def test_of_several_the_named_one_is_told(chat: Chat) -> None:
    light = number_in(chat.says(chat.cast.wang, "3号楼2单元灯不亮"))
    with time_machine.travel(after(hours=1)):
        drain = number_in(chat.says(chat.cast.wang, "5号楼1单元下水道堵了"))
        assert light in chat.says(chat.cast.wang, "那个灯咋样了")
        assert drain not in chat.says(chat.cast.wang, "那个灯咋样了")
        assert drain in chat.says(chat.cast.wang, "5号楼的修得咋样了")
        both = chat.says(chat.cast.wang, "进度")
        assert light in both
        assert drain in both


def test_of_many_three_are_told_and_the_rest_counted(chat: Chat) -> None:
    def many() -> list[str]:
        return [a_case(reporter=chat.cast.wang, text=f"灯{n}").number for n in range(5)]

    numbers = chat.database.write(many)
    reply = chat.says(chat.cast.wang, "进度")
    assert [number in reply for number in numbers] == [False, False, True, True, True]
    assert "还有2件" in reply


def test_with_none_open_the_last_one_is_told(chat: Chat) -> None:
    number = chat.database.write(
        lambda: a_case(reporter=chat.cast.wang, finished_by=chat.cast.li, nodded_by=chat.cast.wang).number
    )
    reply = chat.says(chat.cast.wang, "进度")
    assert number in reply
    assert "办完了" in reply


def test_what_was_never_reported_is_offered_to_be(chat: Chat) -> None:
    reply = chat.says(chat.cast.wang, "报了三天了灯还没人来修")
    assert "没有查到您报过照明的事" in reply
    assert count(chat) == 0
    assert "李师傅" in chat.says(chat.cast.wang, "要")
    assert count(chat) == 1


def test_what_is_pressing_or_told_with_its_house_is_reported_at_once(chat: Chat) -> None:
    reply = chat.says(chat.cast.wang, "报了两遍了3号楼2单元下水道还堵着没人来")
    assert "没有查到" in reply
    assert "李师傅" in reply
    assert count(chat) == 1


def test_what_was_never_reported_is_not_answered_with_something_else(chat: Chat) -> None:
    light = number_in(chat.says(chat.cast.wang, LIGHT))
    with time_machine.travel(after(hours=2)):
        reply = chat.says(chat.cast.wang, "电梯报修的事办得怎么样了")
    assert "没有查到您报过电梯的事" in reply
    assert light not in reply


def test_the_offer_is_about_what_was_asked_last(chat: Chat) -> None:
    chat.says(chat.cast.wang, "我报的楼道灯咋还没人来修")
    assert "请问" in chat.says(chat.cast.wang, "电梯报修的事办得怎么样了")
    assert "电梯" in chat.says(chat.cast.wang, "要")
    assert count(chat) == 1


def test_who_declines_the_offer_reports_nothing(chat: Chat) -> None:
    chat.says(chat.cast.wang, "报了三天了灯还没人来修")
    chat.says(chat.cast.wang, "不用")
    assert count(chat) == 0
    assert "请问" not in chat.says(chat.cast.wang, "你好")


def test_nothing_is_told_of_other_people_s_cases(chat: Chat) -> None:
    number = number_in(chat.says(chat.cast.wang, LIGHT))
    for words in (number, f"{number}办得怎么样了", "进度", "3号楼2单元灯修得咋样了"):
        reply = chat.says(chat.cast.rider, words)
        assert "李师傅" not in reply, reply
        assert words == number or number not in reply, reply
    with chat.database.read():
        assert [step.what for step in steps_about("case", int(number[:-1]))].count("urged") == 0


def test_questions_that_wait_are_told_too(chat: Chat) -> None:
    chat.says(chat.cast.wang, "物业费能分期吗")
    reply = chat.says(chat.cast.wang, "进度")
    assert "您问的“物业费能分期吗”" in reply
    assert "赵主任" in reply


def test_however_much_there_is_to_tell_it_is_read_on_a_phone(chat: Chat) -> None:
    for n in range(4):
        chat.database.write(
            lambda n=n: a_case(reporter=chat.cast.wang, text=f"灯{n}", urgency="urgent") and None
        )
        chat.says(chat.cast.wang, "物业费能分期吗")
    reply = chat.says(chat.cast.wang, "进度")  # `says` holds it to 600 characters
    assert reply.count("您问的") == 1


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("谢谢", "不客气"),
        ("你好", "我在"),
        ("在吗", "我在"),
        ("打错了", "没事就好"),
        ("[微笑]", "心领"),
        ("😂😂😂", "心领"),
        ("【收到不支持的消息类型，暂无法显示】", "看不了"),
        ("你能干啥", "3号楼2单元灯不亮"),
        ("水来了", "那就好"),
        ("嗯嗯", "好嘞"),
    ],
)
def test_small_talk_is_short_and_reports_nothing(chat: Chat, words: str, answer: str) -> None:
    chat.says(chat.cast.rider, "你好")
    reply = chat.says(chat.cast.rider, words)
    assert answer in reply
    assert len(reply) <= 140
    assert count(chat) == 0


def test_an_emergency_says_when_it_rings_again(chat: Chat) -> None:
    chat.says(chat.cast.wang, "3号楼2单元楼道里着火了")
    with time_machine.travel(now() + timedelta(seconds=30)):
        assert "再叫一遍" in chat.says(chat.cast.wang, "进度")
