"""Staff put right from the chat what was understood, and every one is kept to learn from."""

import pytest
from chat import Chat, number_in
from factories import told
from sqlalchemy import select

from models.base.orm import session
from models.case import reach
from models.case.case import Case
from models.corrections.correction import Correction, lines
from models.enquiry.tables import Enquiry
from models.joins.turning import agree_as_second


@pytest.fixture
def number(chat: Chat) -> str:
    return number_in(chat.says(chat.cast.wang, "3号楼2单元灯不亮"))


def the_case(chat: Chat) -> Case:
    with chat.database.read():
        return session().scalars(select(Case)).one()


def learned(chat: Chat) -> list[str]:
    with chat.database.read():
        return list(lines())


def test_the_category_and_how_pressing_it_is(chat: Chat, number: str) -> None:
    reply = chat.says(chat.cast.zhao, f"改类别 {number} 供电 急")
    assert "供电" in reply
    assert (the_case(chat).category, the_case(chat).urgency) == ("power", "urgent")
    assert learned(chat) == ["3号楼2单元灯不亮\treport\tpower\t-\turgent"]


def test_a_category_by_half_of_its_name(chat: Chat, number: str) -> None:
    chat.says(chat.cast.zhao, f"{number} 改类别 门禁")
    assert the_case(chat).category == "door"


def test_the_place(chat: Chat, number: str) -> None:
    assert "育英小区5号楼1单元" in chat.says(chat.cast.zhao, f"改地点 {number} 5号楼1单元")
    assert the_case(chat).building_name == "5"
    with chat.database.read():
        (one,) = session().scalars(select(Correction))
        assert (one.was["building"], one.label["building"], one.by_role) == ("3", "5", "community")
        assert "case_dispatched" in told(chat.cast.sun)


def test_a_report_that_is_a_question_waits_for_its_answer_and_is_no_case(chat: Chat, number: str) -> None:
    reply = chat.says(chat.cast.zhao, f"改咨询 {number} 物业费")
    assert "不算诉求" in reply
    assert "赵主任" in reply
    assert the_case(chat).state == "void"
    assert learned(chat) == ["3号楼2单元灯不亮\tfee\tfees\t-\tnormal"]
    chat.says(chat.cast.zhao, "答复 一平三毛")
    with chat.database.read():
        assert told(chat.cast.wang)[-1] == "enquiry_answered"


def test_a_report_that_is_mere_talk_is_void_when_a_second_person_agrees(chat: Chat, number: str) -> None:
    assert "得另一位负责人同意" in chat.says(chat.cast.zhao, f"不是诉求 {number} 闲聊")
    assert the_case(chat).state == "dispatched"
    key = the_case(chat).id
    chat.database.write(lambda: agree_as_second(reach.hold(key), chat.cast.leader.id))
    assert the_case(chat).state == "void"
    assert learned(chat) == ["3号楼2单元灯不亮\tchat\t-\t-\tnormal"]
    with chat.database.read():
        assert session().scalars(select(Enquiry)).all() == []


@pytest.mark.parametrize("words", ["改类别 {} 供电", "改地点 {} 5号楼", "改咨询 {} 物业费"])
@pytest.mark.parametrize("who", ["li", "sun", "qian"])
def test_whose_post_does_not_decide_changes_nothing(chat: Chat, number: str, who: str, words: str) -> None:
    reply = chat.says(getattr(chat.cast, who), words.format(number))
    assert "请社区值班台来改" in reply or "没有查到" in reply
    assert (the_case(chat).category, the_case(chat).building_name) == ("lighting", "3")
    assert the_case(chat).state == "dispatched"
    assert learned(chat) == []


@pytest.mark.parametrize("words", ["改类别", "改类别 {}", "改类别 {} 魔法", "改地点 {}", "改咨询 {} 不知道"])
def test_what_is_unclear_is_explained(chat: Chat, number: str, words: str) -> None:
    assert "请这样改" in chat.says(chat.cast.zhao, words.format(number))
    assert the_case(chat).state == "dispatched"


def test_a_resident_who_says_the_words_of_staff_changes_nothing(chat: Chat, number: str) -> None:
    chat.says(chat.cast.wang, f"改类别 {number} 供电")
    assert the_case(chat).category == "lighting"
    assert learned(chat) == []
