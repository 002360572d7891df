"""到 and 不能 in the chat, on a card and on a page."""

from datetime import timedelta

import pytest
import time_machine
from chat import Chat
from factories import unit_of_work
from notices import handed_in, tell_all

from models.base.clock import now
from models.notice import call, climbing

EVERYBODY = {"estates": ["育英小区"]}
KEEPERS = {"roles": ["keeper"], "communities": ["育英社区"]}


def called(chat: Chat, to: dict[str, object]) -> int:
    with unit_of_work(chat.database):
        number = handed_in(chat.cast.zhao.id, to, title="今晚清雪", is_call=True).id
    tell_all(chat.database)
    return number


def answer(chat: Chat, number: int, person: int) -> bool | None:
    with unit_of_work(chat.database):
        return call.answer_of(number, person)


@pytest.mark.parametrize(
    ("words", "coming"), [("到", True), ("能来！", True), ("不能", False), ("有事来不了", False)]
)
def test_one_word_is_enough(chat: Chat, words: str, coming: bool) -> None:
    number = called(chat, EVERYBODY)
    assert "今晚清雪" in chat.says(chat.cast.wang, words)
    assert answer(chat, number, chat.cast.wang.id) is coming


def test_staff_answer_from_their_chat(chat: Chat) -> None:
    number = called(chat, KEEPERS)
    assert "记您到" in chat.says(chat.cast.li, "到")
    assert "记您来不了" in chat.says(chat.cast.li, "不能")
    assert answer(chat, number, chat.cast.li.id) is False


def test_without_a_call_the_word_means_what_it_always_means(chat: Chat) -> None:
    assert "记您到" not in chat.says(chat.cast.wang, "到")


def test_a_report_is_no_answer(chat: Chat) -> None:
    number = called(chat, EVERYBODY)
    assert "号" in chat.says(chat.cast.wang, "3号楼2单元灯不亮到现在没人来")
    assert answer(chat, number, chat.cast.wang.id) is None


def test_who_says_no_may_say_why(chat: Chat) -> None:
    number = called(chat, KEEPERS)
    assert "记您来不了" in chat.says(chat.cast.li, "来不了，在外地")
    assert answer(chat, number, chat.cast.li.id) is False


def test_a_danger_is_no_reason(chat: Chat) -> None:
    number = called(chat, EVERYBODY)
    assert "记您来不了" not in chat.says(chat.cast.wang, "来不了，家里煤气漏了")
    assert answer(chat, number, chat.cast.wang.id) is None


def test_the_card_shows_the_answer(chat: Chat) -> None:
    number = called(chat, KEEPERS)
    card = chat.taps(chat.cast.li, f"come/{number}")
    assert "您回了“到”" in str(card)
    assert answer(chat, number, chat.cast.li.id) is True
    assert "您回了“不能”" in str(chat.taps(chat.cast.li, f"cannot/{number}"))
    assert answer(chat, number, chat.cast.li.id) is False


def test_who_is_to_call_the_silent_says_so_on_the_card(chat: Chat) -> None:
    number = called(chat, KEEPERS)
    with time_machine.travel(now() + timedelta(minutes=31)), unit_of_work(chat.database):
        assert climbing.climb_one(after_minutes=30)
    for _ in range(2):
        card = str(chat.taps(chat.cast.sun, f"calling/{number}"))
        assert "您去叫，不再往上报" in card
        assert "李师傅、马师傅" in card
    with unit_of_work(chat.database):
        assert climbing.who_took_up(number) == ["孙网格员"]
