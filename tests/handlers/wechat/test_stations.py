"""Where to rest, warm up, drink, charge: the nearest, with metres, hours, and whether it is open now."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from chat import Chat
from known_town import tell_what_is_known
from sqlalchemy import func, select

from models.base.actor import By
from models.base.orm import session
from models.case.case import Case
from models.joins.station_faults import found_broken
from models.place.stations import Station

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
NIGHT = datetime(2026, 11, 21, 14, 30, tzinfo=UTC)


@pytest.fixture
def knowing(chat: Chat) -> Iterator[Chat]:
    chat.database.write(tell_what_is_known)
    with time_machine.travel(NOON):
        yield chat


def test_by_the_home(knowing: Chat) -> None:
    reply = knowing.says(knowing.cast.wang, "哪有能歇脚的地方")
    first, second = reply.splitlines()[1:3]
    assert first.startswith("暖心驿站，约100米")
    assert "现在开着，到20:00" in first
    assert "骑手之家，在东门口，约380米" in second
    assert "全天开着" in second


def test_closed_now_is_said_and_stands_behind(knowing: Chat) -> None:
    with time_machine.travel(NIGHT):
        reply = knowing.says(knowing.cast.wang, "附近有能进去暖和会儿的地方不")
    assert "现在关着，明天8:00开门" in reply


def test_only_what_is_asked_for(knowing: Chat) -> None:
    reply = knowing.says(knowing.cast.wang, "附近公共厕所在哪，憋不住了")
    assert "暖心驿站" in reply
    assert "骑手之家" not in reply
    assert reply.index("厕所") < reply.index("热水")


def test_what_no_station_has_is_said_before_the_nearest(knowing: Chat) -> None:
    reply = knowing.says(knowing.cast.wang, "哺乳室附近有不")
    assert "还没有母婴室" in reply
    assert "暖心驿站" in reply


def test_a_rider_is_asked_once_and_answers_with_an_estate(knowing: Chat) -> None:
    assert "请问" in knowing.says(knowing.cast.rider, "哪能给手机充会电")
    reply = knowing.says(knowing.cast.rider, "建设小区")
    assert reply.startswith("离您近的是")
    assert "骑手之家" in reply
    assert "公里" in reply


def test_or_with_a_location(knowing: Chat) -> None:
    knowing.says(knowing.cast.rider, "哪能给手机充会电")
    assert "约10米" in knowing.stands_at(knowing.cast.rider, 46.63, 126.985)
    with knowing.database.read():
        assert session().scalar(select(func.count(Case.id))) == 0


def test_a_location_that_was_shared_before_is_used(knowing: Chat) -> None:
    knowing.stands_at(knowing.cast.rider, 46.63, 126.9914)
    assert "暖心驿站，约10米" in knowing.says(knowing.cast.rider, "哪能喝口热水")


def test_the_estate_in_the_words_comes_before_the_home(knowing: Chat) -> None:
    assert "公里" in knowing.says(knowing.cast.wang, "建设小区那边哪能歇脚")


def test_none_registered_is_said_honestly(chat: Chat) -> None:
    reply = chat.says(chat.cast.wang, "驿站在哪")
    assert "没有登记" in reply
    with chat.database.read():
        assert session().scalar(select(func.count(Station.id))) == 0
        assert session().scalar(select(func.count(Case.id))) == 0


@pytest.mark.parametrize("words", ["清管道洗暖气那个活动啥时候到育英3号楼", "育英小区物业费多少钱一平"])
def test_another_question_about_an_estate_is_not_the_place(knowing: Chat, words: str) -> None:
    knowing.says(knowing.cast.rider, "哪能给手机充会电")
    assert "骑手之家" not in knowing.says(knowing.cast.rider, words)


def test_a_place_in_a_sentence_is_the_place(knowing: Chat) -> None:
    knowing.says(knowing.cast.rider, "哪能给手机充会电")
    assert "骑手之家" in knowing.says(knowing.cast.rider, "我在育英小区门口呢")


def test_another_matter_after_the_question_is_not_taken_for_a_place(knowing: Chat) -> None:
    knowing.says(knowing.cast.rider, "哪能给手机充会电")
    assert "不客气" in knowing.says(knowing.cast.rider, "谢谢")
    assert "李师傅" in knowing.says(knowing.cast.rider, "育英小区3号楼2单元灯不亮")


def test_what_is_broken_there_is_said(knowing: Chat) -> None:
    def breaks() -> None:
        station = session().scalars(select(Station.id).where(Station.name == "暖心驿站")).one()
        words = "暖心驿站的热水坏了"
        found_broken(station, "water", words, By.person(knowing.cast.rider.id), source="mini")

    knowing.database.write(breaks)
    first = knowing.says(knowing.cast.wang, "哪有能歇脚的地方").splitlines()[1]
    assert "有座位、暖气、厕所，热水坏了，已经报修。" in first
