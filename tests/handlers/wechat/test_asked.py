"""What staff asked about an open case is answered in words, by number, with a photo; and by nothing else."""

from datetime import timedelta

import pytest
import time_machine
from calendars import known_years
from chat import Chat
from factories import a_case, unit_of_work

from models.base.clock import now
from models.base.orm import session
from models.case import reach
from models.case.case import Case

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def key(chat: Chat) -> int:
    """One that 李 has accepted, and about which he asked something two hours later."""
    with unit_of_work(chat.database):
        known_years()
        key = a_case(reporter=chat.cast.wang, accepted_by=chat.cast.li, when=now() - timedelta(hours=2)).id
        reach.hold(key).ask(chat.cast.li.id, "几楼的灯？")
    return key


def case_of(chat: Chat, key: int) -> Case:
    with chat.database.read():
        return session().get_one(Case, key)


@pytest.mark.parametrize("said", ["补充 {} 三楼的", "{}，三楼", "三楼那个", "我家六点以后有人"])
def test_an_answer_goes_to_the_case_and_its_limits_run_on(chat: Chat, key: int, said: str) -> None:
    number = case_of(chat, key).number
    assert f"记在{number}号" in chat.says(chat.cast.wang, said.format(number))
    case = case_of(chat, key)
    assert case.pause is None
    assert "补充" not in case.text.splitlines()[-1]


@pytest.mark.parametrize("said", ["进度", "{}", "{} 到哪了", "物业费多少钱一平", "5号楼下水道堵了"])
def test_what_is_about_something_else_answers_nothing(chat: Chat, key: int, said: str) -> None:
    chat.says(chat.cast.wang, said.format(case_of(chat, key).number))
    assert case_of(chat, key).pause == "resident"


def test_a_photo_is_an_answer(chat: Chat, key: int) -> None:
    assert case_of(chat, key).number in chat.photographs(chat.cast.wang)
    assert case_of(chat, key).pause is None


def test_the_way_so_far_says_that_an_answer_is_waited_for(chat: Chat, key: int) -> None:
    assert "还在等您回话" in chat.says(chat.cast.wang, "进度")
    chat.says(chat.cast.wang, "三楼那个")
    answer = chat.says(chat.cast.wang, "进度")
    assert "还在等" not in answer
    assert "最晚" in answer


def test_somebody_elses_words_answer_nothing(chat: Chat, key: int) -> None:
    chat.says(chat.cast.sun_xiaoyu, f"补充 {case_of(chat, key).number} 三楼")
    assert case_of(chat, key).pause == "resident"


def test_two_questions_need_their_numbers(chat: Chat, key: int) -> None:
    with unit_of_work(chat.database):
        other = a_case(reporter=chat.cast.wang, accepted_by=chat.cast.li, category="road")
        other.ask(chat.cast.li.id, "哪段路？")
        number, other_key = other.number, other.id
    with time_machine.travel(now() + timedelta(hours=1)):
        chat.says(chat.cast.wang, f"补充 {number} 南门那段")
    assert case_of(chat, other_key).pause is None
    assert case_of(chat, key).pause == "resident"
