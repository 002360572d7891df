"""Place, photo, voice, location and words of one report, in whatever order they come."""

import itertools

import pytest
import time_machine
from chat import Chat, number_in
from factories import unit_of_work
from sqlalchemy import select

from models.base.clock import after
from models.base.orm import session
from models.case.case import Case
from models.media.keeping import items_about

HERE = (46.6301, 126.9901)


def the_case(chat: Chat) -> Case:
    with unit_of_work(chat.database):
        return session().scalars(select(Case)).one()


@pytest.mark.parametrize("answer", ["二单元", "2单元的", "是二单元", "对了是二单元"])
def test_a_unit_said_late_joins_the_report(chat: Chat, answer: str) -> None:
    number = number_in(chat.says(chat.cast.stranger, "育英小区3号楼灯坏了"))
    assert number in chat.says(chat.cast.stranger, answer)
    assert (the_case(chat).building_name, the_case(chat).unit_name) == ("3", "2")


@pytest.mark.parametrize("answer", ["5", "五", "5号楼的", "5栋", "就是5号楼"])
def test_a_bare_number_answers_which_house(chat: Chat, answer: str) -> None:
    chat.says(chat.cast.stranger, "育英小区楼道灯坏了")
    reply = chat.says(chat.cast.stranger, answer)
    assert "？" not in reply
    assert (the_case(chat).building_name, the_case(chat).text) == ("5", "育英小区楼道灯坏了")


def test_half_an_answer_is_kept_and_not_asked_about_again(chat: Chat) -> None:
    chat.says(chat.cast.stranger, "楼道灯坏了")
    assert "？" not in chat.says(chat.cast.stranger, "3号楼的")
    assert "李师傅" in chat.says(chat.cast.stranger, "就是育英那个")
    assert (the_case(chat).estate_name, the_case(chat).building_name) == ("育英小区", "3")


@pytest.mark.parametrize("line", ["我是育英3号楼的", "育英3号楼2单元", "你好，我是育英3号楼的住户"])
def test_a_place_said_before_counts_for_what_is_told_next(chat: Chat, line: str) -> None:
    asked = chat.says(chat.cast.stranger, line)
    assert asked.count("？") == 1
    reply = chat.says(chat.cast.stranger, "灯坏了")
    assert "？" not in reply
    assert the_case(chat).building_name == "3"
    assert the_case(chat).source == "chat"


def test_a_place_said_before_counts_for_a_while_only(chat: Chat) -> None:
    chat.says(chat.cast.stranger, "我是育英3号楼的")
    with time_machine.travel(after(hours=2)):
        assert "？" in chat.says(chat.cast.stranger, "灯坏了")


@pytest.mark.parametrize("order", list(itertools.permutations(("photo", "place", "words", "photo too"))))
def test_photos_location_and_words_are_one_report(chat: Chat, order: tuple[str, ...]) -> None:
    for what in order:
        match what:
            case "place":
                chat.stands_at(chat.cast.stranger, *HERE)
            case "words":
                chat.says(chat.cast.stranger, "路灯坏了")
            case _:
                chat.photographs(chat.cast.stranger)
    case = the_case(chat)
    assert (case.estate_name, case.category, case.state) == ("育英小区", "lighting", "dispatched")
    assert case.latitude == pytest.approx(HERE[0])
    with unit_of_work(chat.database):
        assert len(items_about("case", case.id, "report")) == 2


@pytest.mark.parametrize("order", list(itertools.permutations(("voice", "place", "photo"))))
def test_a_voice_with_what_belongs_to_it(chat: Chat, order: tuple[str, ...]) -> None:
    for what in order:
        match what:
            case "place":
                chat.stands_at(chat.cast.stranger, *HERE)
            case "voice":
                chat.speaks(chat.cast.stranger)
            case _:
                chat.photographs(chat.cast.stranger)
    assert the_case(chat).estate_name == "育英小区"


def test_words_after_a_voice_say_what_and_where(chat: Chat) -> None:
    chat.speaks(chat.cast.stranger)
    chat.says(chat.cast.stranger, "育英3号楼2单元灯不亮")
    case = the_case(chat)
    assert (case.building_name, case.category, case.source) == ("3", "lighting", "voice")


def test_no_report_is_asked_about_twice_once_it_has_words_and_a_place(chat: Chat) -> None:
    chat.photographs(chat.cast.stranger)
    chat.stands_at(chat.cast.stranger, *HERE)
    chat.says(chat.cast.stranger, "路灯坏了")
    assert sum("？" in reply for reply in chat.said) == 1


def test_where_an_estate_has_one_house_a_location_names_it(chat: Chat) -> None:
    chat.stands_at(chat.cast.stranger, 46.66, 127.05)
    chat.says(chat.cast.stranger, "楼道灯坏了")
    case = the_case(chat)
    assert (case.estate_name, case.building_name) == ("建设小区", "1")
