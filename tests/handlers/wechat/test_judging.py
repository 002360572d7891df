"""满意, 还是不亮, a tap, a number, a grade: what the resident says about work that is said to be done."""

import pytest
import time_machine
from cast import Someone
from chat import Chat, number_in
from factories import LIGHT, a_case, finish, letters_to, told, unit_of_work

from models.base.clock import after
from models.base.orm import session
from models.case import reach
from models.case.case import Case


@pytest.fixture
def number(chat: Chat) -> str:
    """The number of 王阿姨's case, which 李师傅 says is done."""
    return chat.database.write(lambda: a_case(reporter=chat.cast.wang, finished_by=chat.cast.li).number)


def the(chat: Chat, number: str) -> Case:
    with unit_of_work(chat.database):
        return reach.hold(int(number[:-1]))


@pytest.mark.parametrize("line", ["满意", "修好了", "亮了，谢谢！", "好的", "满意。", "修好了👍"])
def test_a_yes_in_words_closes(chat: Chat, number: str, line: str) -> None:
    assert number in chat.says(chat.cast.wang, line)
    case = the(chat, number)
    assert (case.state, case.close_kind) == ("closed", "nod")


@pytest.mark.parametrize("line", ["不满意", "没修好", "还是不亮", "不行，还黑着呢，又灭了"])
def test_a_no_in_words_sends_it_back_under_the_same_number(chat: Chat, number: str, line: str) -> None:
    assert number in chat.says(chat.cast.wang, line)
    case = the(chat, number)
    assert (case.state, case.round, case.taker_id) == ("handling", 2, chat.cast.li.id)
    with unit_of_work(chat.database):
        assert letters_to(chat.cast.li, "case_reopened")[0].facts["objection"] == line


def test_what_is_said_after_a_no_reaches_the_taker(chat: Chat, number: str) -> None:
    chat.says(chat.cast.wang, "不满意")
    assert number in chat.says(chat.cast.wang, "二楼那盏还黑着")
    with unit_of_work(chat.database):
        assert letters_to(chat.cast.li, "case_changed")[0].facts["said"] == "二楼那盏还黑着"


def test_a_photo_after_a_no_belongs_to_the_case(chat: Chat, number: str) -> None:
    with time_machine.travel(after(hours=2)):
        chat.says(chat.cast.wang, "不满意")
        assert number in chat.photographs(chat.cast.wang)


def test_another_matter_after_a_no_is_a_case_of_its_own(chat: Chat, number: str) -> None:
    chat.says(chat.cast.wang, "不满意")
    assert number not in chat.says(chat.cast.wang, "3号楼2单元下水道堵了")


def test_still_dark_after_the_closing_opens_it_again(chat: Chat, number: str) -> None:
    chat.says(chat.cast.wang, "满意")
    with time_machine.travel(after(days=1)):
        assert number in chat.says(chat.cast.wang, "还是不亮")
    assert the(chat, number).state == "handling"


@pytest.mark.parametrize(
    ("line", "days"), [("水管又漏水了", 1), ("5号楼1单元灯又不亮了", 1), ("灯又不亮了", 40)]
)
def test_what_is_another_fault_is_another_case(chat: Chat, number: str, line: str, days: int) -> None:
    chat.says(chat.cast.wang, "满意")
    with time_machine.travel(after(days=days)):
        assert number not in chat.says(chat.cast.wang, line)
    assert the(chat, number).state == "closed"


@pytest.mark.parametrize("sign", [":", "/"])
def test_a_tap_in_the_menu_names_its_case(chat: Chat, number: str, sign: str) -> None:
    newer = chat.database.write(lambda: a_case(reporter=chat.cast.wang, finished_by=chat.cast.li).number)
    reply = chat.says(chat.cast.wang, "满意", raw={"bizmsgmenuid": f"nod{sign}{number}"})
    assert number in reply
    assert the(chat, number).state == "closed"
    assert the(chat, newer).state == "finished"
    chat.says(chat.cast.wang, "不满意", raw={"bizmsgmenuid": f"rework{sign}{newer}"})
    assert (the(chat, newer).state, the(chat, newer).round) == ("handling", 2)


def test_tapping_no_again_changes_nothing_and_answers_the_same(chat: Chat, number: str) -> None:
    menu = {"bizmsgmenuid": f"rework/{number}"}
    chat.says(chat.cast.wang, "你好")
    assert chat.says(chat.cast.wang, "不满意", raw=menu) == chat.says(chat.cast.wang, "不满意", raw=menu)
    assert the(chat, number).round == 2


def test_a_tap_by_somebody_else_does_nothing(chat: Chat, number: str) -> None:
    chat.says(chat.cast.rider, "满意", raw={"bizmsgmenuid": f"nod/{number}"})
    chat.says(chat.cast.zhao, "满意", raw={"bizmsgmenuid": f"nod/{number}"})
    assert the(chat, number).state == "finished"


@pytest.mark.parametrize(
    "raw", ["nod/", "nod/12", "rm -rf", "nod/" + "9" * 20, "'; DROP", "101", 7, None, []]
)
def test_a_strange_menu_id_is_read_as_words(chat: Chat, number: str, raw: object) -> None:
    chat.says(chat.cast.rider, "你好", raw={"bizmsgmenuid": raw})
    assert the(chat, number).state == "finished"


def test_a_tap_while_another_report_lacks_its_place_is_still_the_nod(chat: Chat, number: str) -> None:
    chat.photographs(chat.cast.wang)
    chat.says(chat.cast.wang, "满意", raw={"bizmsgmenuid": f"nod/{number}"})
    assert the(chat, number).state == "closed"


@pytest.mark.parametrize("line", ["好的", "嗯", "不是", "还是不亮"])
def test_what_answers_an_open_question_judges_nothing(chat: Chat, number: str, line: str) -> None:
    with time_machine.travel(after(hours=1)):
        chat.photographs(chat.cast.wang)
        chat.says(chat.cast.wang, line)
    assert the(chat, number).state == "finished"


def test_the_number_in_the_words_says_which(chat: Chat, number: str) -> None:
    newer = chat.database.write(lambda: a_case(reporter=chat.cast.wang, finished_by=chat.cast.li).number)
    assert number in chat.says(chat.cast.wang, f"{number} 满意")
    assert the(chat, newer).state == "finished"


def test_somebody_else_s_number_says_nothing(chat: Chat, number: str) -> None:
    for who in (chat.cast.rider, chat.cast.zhao):
        chat.says(who, f"{number} 满意")
    assert the(chat, number).state == "finished"


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("非常满意", "rated"),
        ("5分", "rated"),
        ("基本满意", "rated"),
        ("五星好评", "rated"),
        ("非常不满意", "handling"),
        ("1分", "handling"),
    ],
)
def test_a_grade_is_nod_and_rating_or_no(chat: Chat, number: str, line: str, state: str) -> None:
    chat.says(chat.cast.wang, line)
    assert the(chat, number).state == state


def test_after_the_nod_comes_the_grade_and_one_is_enough(chat: Chat, number: str) -> None:
    chat.says(chat.cast.wang, "修好了")
    assert "满意" in chat.says(chat.cast.wang, "满意")
    assert the(chat, number).state == "rated"
    assert "已经评过" in chat.says(chat.cast.wang, "非常满意")


def test_thanks_may_be_the_nod(chat: Chat, number: str) -> None:
    chat.says(chat.cast.wang, "修好了，谢谢李师傅")
    assert the(chat, number).state == "closed"


def test_who_joined_may_nod_too(chat: Chat, number: str) -> None:
    def joins() -> None:
        reach.hold(int(number[:-1])).join(chat.cast.sun_xiaoyu.id)

    chat.database.write(joins)
    chat.says(chat.cast.sun_xiaoyu, "满意")
    assert the(chat, number).state == "closed"


def test_words_of_satisfaction_with_nothing_finished_move_nothing(chat: Chat) -> None:
    number = chat.database.write(lambda: a_case(reporter=chat.cast.wang).number)
    chat.says(chat.cast.wang, "满意")
    assert the(chat, number).state == "dispatched"


def test_a_member_of_staff_nods_as_a_resident(chat: Chat) -> None:
    sun: Someone = chat.cast.sun

    def lived() -> str:
        case = a_case(reporter=sun, text=LIGHT, accepted_by=chat.cast.li)
        finish(case, chat.cast.li)
        return case.number

    number = chat.database.write(lived)
    chat.says(sun, "修好了")
    assert the(chat, number).state == "closed"


def test_the_letter_that_asks_and_the_tap_that_answers_fit_together(chat: Chat, number: str) -> None:
    from handlers import words

    with unit_of_work(chat.database):
        facts = letters_to(chat.cast.wang, "case_finished")[0].facts
    menu = words.letter("case_finished", "chat", facts).menu
    assert menu is not None
    for item in reversed(menu["items"]):  # first no, then (finished again) yes
        chat.says(chat.cast.wang, item["content"], raw={"bizmsgmenuid": item["id"]})
        if item["content"] == "不满意":
            assert the(chat, number).state == "handling"

            def again() -> None:
                reach.hold(int(number[:-1])).finish(chat.cast.li.id, "换了", no_photo_reason="没带手机")

            chat.database.write(again)
    assert the(chat, number).state == "closed"


def test_a_nod_reaches_the_taker(chat: Chat, number: str) -> None:
    chat.says(chat.cast.wang, "满意")
    with unit_of_work(chat.database):
        assert told(chat.cast.li)[-1] == "case_closed"
        assert session().get_one(Case, int(number[:-1])).concerned() == [chat.cast.wang.id]


def test_after_a_default_closing_no_still_counts(chat: Chat, number: str) -> None:
    def silence() -> None:
        reach.hold(int(number[:-1])).close_by_default()

    chat.database.write(silence)
    chat.says(chat.cast.wang, "不满意")
    assert the(chat, number).state == "handling"


@pytest.mark.parametrize("line", ["👍", "👌", "👍👍"])
def test_a_thumb_is_a_yes(chat: Chat, number: str, line: str) -> None:
    assert number in chat.says(chat.cast.wang, line)
    assert the(chat, number).close_kind == "nod"


def test_is_it_done_asks_and_reports_nothing(chat: Chat, number: str) -> None:
    assert number in chat.says(chat.cast.wang, "好了吗？")
    assert the(chat, number).state == "finished"


def test_a_bare_five_is_a_grade_once_the_case_is_closed(chat: Chat, number: str) -> None:
    chat.says(chat.cast.wang, "5")
    assert the(chat, number).state == "finished"
    chat.says(chat.cast.wang, "满意")
    assert "非常满意" in chat.says(chat.cast.wang, "5")
    assert the(chat, number).state == "rated"


@pytest.mark.parametrize("line", ["1", "2"])
def test_a_bare_one_never_sends_the_work_back(chat: Chat, number: str, line: str) -> None:
    chat.says(chat.cast.wang, "满意")
    chat.says(chat.cast.wang, line)
    assert the(chat, number).state == "closed"


def test_thanks_are_no_answer_to_where(chat: Chat) -> None:
    asked = chat.says(chat.cast.rider, "灯不亮")
    assert number_in(asked) not in chat.says(chat.cast.rider, "谢谢张师傅，修得又快又好")
    assert number_in(asked) in chat.says(chat.cast.rider, "育英小区3号楼2单元")
