"""Put right in one message: a report that was a question, a question that was a report."""

import pytest
from chat import Chat, number_in
from factories import a_case, told
from known_town import tell_what_is_known
from sqlalchemy import select

from models.base.orm import session
from models.case.case import Case
from models.corrections.correction import Correction, lines
from models.enquiry.tables import Enquiry


def states(chat: Chat) -> list[str]:
    with chat.database.read():
        return [case.state for case in session().scalars(select(Case).order_by(Case.id))]


def test_the_case_is_withdrawn_and_the_question_answered(chat: Chat) -> None:
    chat.database.write(tell_what_is_known)
    number = number_in(chat.says(chat.cast.wang, "3号楼2单元灯不亮"))
    reply = chat.says(chat.cast.wang, "我是问物业费多少钱")
    assert f"{number}号撤了" in reply
    assert "0.3元" in reply
    assert states(chat) == ["void"]
    assert number not in chat.says(chat.cast.wang, "进度")
    with chat.database.read():
        assert "3号楼2单元灯不亮\tfee\tfees\t-\tnormal" in list(lines())
        assert session().scalars(select(Correction.by_role)).all() == ["resident"]


def test_what_is_not_known_is_kept_after_the_withdrawal(chat: Chat) -> None:
    chat.says(chat.cast.wang, "3号楼2单元暖气不热")
    reply = chat.says(chat.cast.wang, "不是报修，我是问供热补贴今年还有没有")
    assert "撤了" in reply
    assert "赵主任" in reply
    with chat.database.read():
        assert session().scalars(select(Enquiry.state)).all() == ["open"]
    assert states(chat) == ["void"]


@pytest.mark.parametrize("words", ["刚才按错了，不是报修", "不是报修", "我就是问问"])
def test_taking_a_report_back_asks_nobody_anything(chat: Chat, words: str) -> None:
    chat.says(chat.cast.wang, "3号楼2单元灯不亮")
    chat.says(chat.cast.wang, words)
    assert states(chat) == ["void"]
    with chat.database.read():
        assert session().scalars(select(Enquiry)).all() == []


def test_what_somebody_works_on_is_not_taken_away_by_a_word(chat: Chat) -> None:
    chat.database.write(lambda: a_case(reporter=chat.cast.wang, accepted_by=chat.cast.li) and None)
    chat.says(chat.cast.wang, "我是问物业费能分期吗")
    assert states(chat) == ["handling"]
    with chat.database.read():
        assert session().scalars(select(Enquiry.state)).all() == ["open"]


def test_an_emergency_is_not_talked_away(chat: Chat) -> None:
    chat.says(chat.cast.wang, "3号楼2单元楼道里着火了")
    chat.says(chat.cast.wang, "我是问物业费多少钱")
    assert states(chat) == ["dispatched"]


def test_asking_when_it_will_be_mended_withdraws_nothing(chat: Chat) -> None:
    chat.says(chat.cast.wang, "3号楼2单元灯不亮")
    chat.says(chat.cast.wang, "我是问灯啥时候能修好")
    assert states(chat) == ["dispatched"]


def test_a_report_that_lacked_its_place_is_forgotten_with_its_question(chat: Chat) -> None:
    chat.says(chat.cast.rider, "灯不亮")
    chat.says(chat.cast.rider, "我是问哪能歇脚")
    assert states(chat) == ["void"]
    chat.says(chat.cast.rider, "育英小区3号楼")
    assert states(chat) == ["void"]


@pytest.mark.parametrize("words", ["我是要报修", "我要报修", "不是问，我是报修"])
def test_the_question_was_a_report(chat: Chat, words: str) -> None:
    chat.says(chat.cast.wang, "物业费交了灯不修能退吗")
    reply = chat.says(chat.cast.wang, words)
    assert "李师傅" in reply
    assert states(chat) == ["dispatched"]
    with chat.database.read():
        assert session().scalars(select(Enquiry.state)).all() == ["filed"]
        assert [line.split("\t")[1] for line in lines()] == ["report"]
    assert "没有等您回话" in chat.says(chat.cast.zhao, "答复 可以")


def test_reporting_without_a_question_before_is_just_reporting(chat: Chat) -> None:
    chat.says(chat.cast.wang, "我要报修，3号楼2单元灯不亮")
    assert states(chat) == ["dispatched"]
    with chat.database.read():
        assert told(chat.cast.li) == ["case_dispatched"]


def test_taking_back_what_was_never_reported_reports_nothing(chat: Chat) -> None:
    assert "没事就好" in chat.says(chat.cast.wang, "不是报修")
    assert states(chat) == []
