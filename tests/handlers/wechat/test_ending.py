"""办不了, 不属实 and 当场解决 in words; what the resident answers to them."""

import pytest
from cast import Someone
from chat import Chat
from factories import a_case, letters_to, told, unit_of_work
from sqlalchemy import select

from handlers import words
from models.base.orm import session
from models.case import reach
from models.case.case import Case

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def taken(chat: Chat, by: Someone | None = None) -> str:
    def work() -> str:
        return a_case(reporter=chat.cast.wang, accepted_by=by or chat.cast.li).number

    return chat.database.write(work)


def the(chat: Chat, number: str) -> Case:
    with unit_of_work(chat.database):
        return reach.hold(int(number[:-1]))


def agreed(chat: Chat, number: str) -> None:
    chat.database.write(lambda: reach.hold(int(number[:-1])).agree_to_end(chat.cast.zhao.id))


def test_reason_and_rule_in_one_message_are_put_before_a_second_person(chat: Chat) -> None:
    number = taken(chat)
    said = chat.says(chat.cast.li, f"办不了 {number} 是业主自己家的管子，依据物业条例第四十条")
    assert "等另一位负责人审" in said
    with unit_of_work(chat.database):
        found = reach.hold(int(number[:-1])).claimed()
        assert found is not None
        assert (found.claim, found.reason, found.rule) == (
            "explained", "是业主自己家的管子", "物业条例第四十条",
        )  # fmt: skip
        assert told(chat.cast.zhao)[-1] == "case_claim_asked"


def test_what_is_missing_is_asked_for_step_by_step(chat: Chat) -> None:
    number = taken(chat)
    assert "办不了的原因" in chat.says(chat.cast.li, f"办不了 {number}")
    assert "依据的是哪条规定" in chat.says(chat.cast.li, "是业主自己家的管子")
    assert "等另一位负责人审" in chat.says(chat.cast.li, "物业条例第四十条")
    assert the(chat, number).proposal == "explained"


def test_not_true_says_what_was_found(chat: Chat) -> None:
    number = taken(chat)
    assert "现场看到的情况" in chat.says(chat.cast.li, "不属实")
    assert "等另一位负责人审" in chat.says(chat.cast.li, "路灯亮着，转了两圈没看到坏的")
    assert the(chat, number).proposal == "untrue"
    assert "已经有一条" in chat.says(chat.cast.li, f"不属实 {number} 路灯亮着")


def test_the_same_words_are_the_reason_where_a_reason_was_asked_for(chat: Chat) -> None:
    number = taken(chat)
    assert "请回一句为什么" in chat.says(chat.cast.li, f"退单 {number}")
    chat.says(chat.cast.li, "修不了，要专业的人带梯子来")
    case = the(chat, number)
    assert (case.state, case.proposal) == ("dispatched", None)
    again = taken(chat)
    chat.says(chat.cast.li, f"办不了 {again}")
    assert "等另一位负责人审" in chat.says(chat.cast.li, "修不了，自家的管子，依据条例第四十条")
    assert the(chat, again).proposal == "explained"


def test_without_a_number_nothing_is_guessed(chat: Chat) -> None:
    first, second = taken(chat), taken(chat)
    for line in ("办不了", "办不了 没有配件", "不属实"):
        said = chat.says(chat.cast.li, line)
        assert first in said
        assert second in said
    assert the(chat, first).proposal is None
    assert "请带上单号" not in chat.says(chat.cast.ma, "办不了证找谁")


@pytest.mark.parametrize(
    ("answer", "state", "reply"),
    [
        ("同意", "closed", "谢谢您体谅"),
        ("不同意", "dispatched", "由社区另派人看"),
        ("不满意", "dispatched", "另派人看"),
        ("非常不满意", "dispatched", "另派人看"),
    ],
)
def test_the_resident_agrees_or_does_not(chat: Chat, answer: str, state: str, reply: str) -> None:
    number = taken(chat)
    chat.says(chat.cast.li, f"办不了 {number} 是业主自己家的管子，依据物业条例第四十条")
    agreed(chat, number)
    with unit_of_work(chat.database):
        facts = letters_to(chat.cast.wang, "case_finished")[0].facts
    menu = words.letter("case_finished", "chat", facts).menu
    assert menu is not None
    assert [one["content"] for one in menu["items"]] == ["同意", "不同意"]
    assert "办不了，说明原因" in chat.says(chat.cast.wang, "进度")
    assert reply.replace("由社区", "") in chat.says(chat.cast.wang, answer)
    case = the(chat, number)
    assert case.state == state
    assert case.taker_id == (chat.cast.li.id if state == "closed" else None)


def test_on_the_spot_is_one_message_and_one_photo(chat: Chat) -> None:
    assert "请发一张" in chat.says(chat.cast.li, "当场解决 育英小区3号楼 楼道的纸箱清走了")
    assert "当场解决" in chat.photographs(chat.cast.li)
    with unit_of_work(chat.database):
        case = session().scalars(select(Case)).one()
        assert (case.state, case.close_kind, case.solved_level) == ("closed", "unasked", "spot")
        assert (case.building_name, case.taker_id) == ("3", chat.cast.li.id)


def test_on_the_spot_needs_words_and_a_place_and_a_keeper_of_one_house_need_not_name_it(chat: Chat) -> None:
    assert "请这样写" in chat.says(chat.cast.li, "当场解决")
    assert "请这样写" in chat.says(chat.cast.zhao, "当场解决 楼道的纸箱清走了")
    assert "育英小区3号楼" in chat.says(chat.cast.li, "当场解决 楼道的纸箱清走了")


def test_a_resident_who_says_the_same_words_commands_nothing(chat: Chat) -> None:
    chat.says(chat.cast.wang, "当场解决 育英小区3号楼 楼道堆满纸箱")
    with unit_of_work(chat.database):
        assert {case.state for case in session().scalars(select(Case))} <= {"dispatched", "collected"}
