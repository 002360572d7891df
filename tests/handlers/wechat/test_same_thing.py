"""是不是这一件? Many reporters of one thing: each told, each asked, and apart again."""

import pytest
from chat import Chat, number_in
from factories import steps, told, unit_of_work
from sqlalchemy import select

from models.base.orm import session
from models.case.case import Case


def cases(chat: Chat) -> list[Case]:
    with unit_of_work(chat.database):
        return list(session().scalars(select(Case).order_by(Case.id)))


def offered(chat: Chat) -> tuple[str, str]:
    """王阿姨 reports, her neighbour reports the same: both numbers."""
    first = number_in(chat.says(chat.cast.wang, "3号楼2单元灯不亮"))
    reply = chat.says(chat.cast.sun_xiaoyu, "育英3号楼2单元灯不亮了")
    assert first in reply
    return first, number_in(reply)


def test_what_looks_the_same_is_filed_and_the_one_question_is_asked(chat: Chat) -> None:
    first, second = offered(chat)
    assert first != second
    assert [case.state for case in cases(chat)] == ["dispatched", "dispatched"]
    assert chat.said[-1].count("？") == 1
    assert "是不是这一件" in chat.said[-1]


@pytest.mark.parametrize("yes", ["是", "对", "是这一件", "嗯嗯", "就是这个"])
def test_a_yes_puts_it_together_and_both_are_told_and_asked(chat: Chat, yes: str) -> None:
    first, _ = offered(chat)
    assert first in chat.says(chat.cast.sun_xiaoyu, yes)
    assert [case.state for case in cases(chat)] == ["dispatched", "void"]
    chat.says(chat.cast.li, f"接单 {first}")
    chat.says(chat.cast.li, f"办结 {first} 换了灯泡")
    chat.photographs(chat.cast.li)
    with unit_of_work(chat.database):
        assert told(chat.cast.wang) == told(chat.cast.sun_xiaoyu) == ["case_accepted", "case_finished"]
    assert first in chat.says(chat.cast.sun_xiaoyu, "满意")
    assert first in chat.says(chat.cast.wang, "非常满意")


def test_one_s_own_number_leads_to_the_one_it_went_into(chat: Chat) -> None:
    first, second = offered(chat)
    chat.says(chat.cast.sun_xiaoyu, "是")
    assert first in chat.says(chat.cast.sun_xiaoyu, second)


@pytest.mark.parametrize("no", ["不是", "不是一件", "不是这件"])
def test_a_no_keeps_them_apart(chat: Chat, no: str) -> None:
    _, second = offered(chat)
    assert second in chat.says(chat.cast.sun_xiaoyu, no)
    assert [case.state for case in cases(chat)] == ["dispatched", "dispatched"]


def test_without_an_answer_nothing_is_held_back(chat: Chat) -> None:
    offered(chat)
    chat.says(chat.cast.sun_xiaoyu, "你们辛苦了")
    chat.says(chat.cast.li, f"接单 {cases(chat)[1].number}")
    assert cases(chat)[1].state == "handling"


def test_not_one_thing_after_all(chat: Chat) -> None:
    _, second = offered(chat)
    chat.says(chat.cast.sun_xiaoyu, "是")
    assert second in chat.says(chat.cast.sun_xiaoyu, "不是一件")
    with unit_of_work(chat.database):
        one, two = session().scalars(select(Case).order_by(Case.id))
        assert (two.number, two.state, two.merged_into_id) == (second, "dispatched", None)
        assert steps(one)[-2:] == ["joined", "left"]
        assert steps(two)[2:] == ["merged", "separated", "routed", "dispatched"]


def test_who_joined_by_words_may_leave_by_words(chat: Chat) -> None:
    first = number_in(chat.says(chat.cast.wang, "3号楼2单元灯不亮"))
    chat.says(chat.cast.rider, "我也遇到了,育英3号楼2单元灯不亮")
    own = number_in(chat.says(chat.cast.rider, f"{first} 不是一件"))
    assert own != first
    assert [case.reporter_id for case in cases(chat)] == [chat.cast.wang.id, chat.cast.rider.id]


def test_the_desk_takes_apart_by_number_and_nobody_else(chat: Chat) -> None:
    _, second = offered(chat)
    chat.says(chat.cast.sun_xiaoyu, "是")
    chat.says(chat.cast.li, f"拆案 {second}")
    assert cases(chat)[1].state == "void"
    assert second in chat.says(chat.cast.zhao, f"拆案 {second}")
    assert cases(chat)[1].state == "dispatched"
    with unit_of_work(chat.database):
        assert told(chat.cast.sun_xiaoyu) == ["case_separated"]


@pytest.mark.parametrize(
    "line",
    [
        "育英3号楼1单元灯不亮",  # another unit
        "育英5号楼2单元灯不亮",  # another house
        "育英3号楼2单元下水道堵了",  # another kind
        "建设1号楼2单元灯不亮",  # another estate
    ],
)
def test_what_is_elsewhere_or_else_is_not_offered(chat: Chat, line: str) -> None:
    chat.says(chat.cast.wang, "3号楼2单元灯不亮")
    assert "？" not in chat.says(chat.cast.sun_xiaoyu, line)


def test_a_quarrel_is_never_shown_to_neighbours(chat: Chat) -> None:
    chat.says(chat.cast.wang, "育英3号楼2单元邻居天天找我吵架，社区能不能调解一下")
    assert "是不是这一件" not in chat.says(chat.cast.sun_xiaoyu, "育英3号楼2单元邻居跟我吵架，求调解")


def test_what_is_said_to_be_mended_is_not_the_same_any_more(chat: Chat) -> None:
    first = number_in(chat.says(chat.cast.wang, "3号楼2单元灯不亮"))
    chat.says(chat.cast.li, f"接单 {first}")
    chat.says(chat.cast.li, f"办结 {first} 换了灯泡")
    chat.photographs(chat.cast.li)
    assert "？" not in chat.says(chat.cast.sun_xiaoyu, "育英3号楼2单元灯不亮了")


def test_a_joiner_puts_nothing_right_in_another_s_report(chat: Chat) -> None:
    chat.says(chat.cast.wang, "3号楼2单元灯不亮")
    chat.says(chat.cast.rider, "我也遇到了,育英3号楼2单元灯不亮")
    chat.says(chat.cast.rider, "不是3号楼是5号楼")
    assert cases(chat)[0].building_name == "3"
