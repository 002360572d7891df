"""What is known is told; everything else is kept for a person, whose one reply goes back to the asker."""

from datetime import datetime

import pytest
import time_machine
from chat import Chat
from factories import letters_to, told
from known_town import tell_what_is_known
from sqlalchemy import func, select, update

from handlers import words
from models.base.actor import SYSTEM
from models.base.clock import SHANGHAI, local, now
from models.base.orm import session
from models.case.case import Case
from models.corrections.correction import Correction
from models.enquiry.tables import Enquiry, State
from models.fee.billing import begin, bill_some
from models.fee.payments import Way, receive
from models.fee.period import Period
from models.fee.tables import Bill
from models.outbox.letter import Letter
from models.outbox.letter import State as Fate
from models.person.tables import Home


@pytest.fixture
def knowing(chat: Chat) -> Chat:
    chat.database.write(tell_what_is_known)
    return chat


def enquiries(chat: Chat) -> list[tuple[str, str]]:
    with chat.database.read():
        return [(one.state, one.text) for one in session().scalars(select(Enquiry).order_by(Enquiry.id))]


def no_case(chat: Chat) -> bool:
    with chat.database.read():
        return session().scalar(select(func.count(Case.id))) == 0


def test_the_fee_of_the_own_home_is_worked_out(knowing: Chat) -> None:
    reply = knowing.says(knowing.cast.wang, "我家物业费一年多少钱")
    assert "50平方米" in reply
    assert "50乘0.3" in reply
    assert "一年180元" in reply
    assert "社区领办" in reply
    assert no_case(knowing)


def test_without_a_known_home_the_price_is_told_with_an_example(knowing: Chat) -> None:
    reply = knowing.says(knowing.cast.rider, "育英小区物业费多少钱一平")
    assert "每平方米每月0.3元" in reply
    assert "50平方米" not in reply  # nobody else's area
    assert "比如60平方米" in reply


def test_without_any_place_the_estate_is_asked_for_once(knowing: Chat) -> None:
    assert "请问" in knowing.says(knowing.cast.sun_xiaoyu, "物业费多少钱一平")
    assert "0.3元" in knowing.says(knowing.cast.sun_xiaoyu, "育英小区")
    assert no_case(knowing)


def test_an_estate_without_a_price_is_asked_of_a_person(knowing: Chat) -> None:
    knowing.says(knowing.cast.sun_xiaoyu, "物业费多少钱一平")
    assert "要问人" in knowing.says(knowing.cast.sun_xiaoyu, "建设小区")
    with knowing.database.read():
        assert told(knowing.cast.qian) == ["enquiry_kept"]


def test_an_area_in_the_words_is_reckoned_with(knowing: Chat) -> None:
    reply = knowing.says(knowing.cast.sun_xiaoyu, "育英小区59.8平物业费一年多少")
    assert "215.28元" in reply


def test_a_home_without_its_room_tells_no_area(knowing: Chat) -> None:
    knowing.database.write(lambda: session().execute(update(Home).values(room=None)) and None)
    assert "您家" not in knowing.says(knowing.cast.wang, "物业费多少钱一平")


def test_a_price_that_nobody_wrote_down_is_asked_of_a_person(chat: Chat) -> None:
    reply = chat.says(chat.cast.wang, "物业费多少钱一平")
    assert "要问人" in reply
    assert enquiries(chat) == [("open", "物业费多少钱一平")]


def test_the_law_is_told_with_its_source(chat: Chat) -> None:
    reply = chat.says(chat.cast.wang, "不交物业费能停水吗")
    assert "不可以" in reply
    assert "《民法典》第九百四十四条" in reply
    assert no_case(chat)


def test_the_clerk_s_own_entry_answers_a_notice_until_its_day_is_past(knowing: Chat) -> None:
    with time_machine.travel(datetime(2026, 11, 30, 23, 50, tzinfo=SHANGHAI)):
        reply = knowing.says(knowing.cast.wang, "明天停水不")
    assert "换阀门" in reply
    assert "供水公司通知，2026年11月20日的" in reply
    with time_machine.travel(datetime(2026, 12, 1, 0, 10, tzinfo=SHANGHAI)):
        assert "换阀门" not in knowing.says(knowing.cast.wang, "明天停水不")


def test_of_a_notice_that_nobody_gave_we_say_so_and_keep_the_question(chat: Chat) -> None:
    reply = chat.says(chat.cast.wang, "清雪车明天早上来不来")
    assert "还没有这方面的通知" in reply
    assert [state for state, _ in enquiries(chat)] == ["open"]
    assert no_case(chat)


def test_question_reply_and_the_way_back(chat: Chat) -> None:
    asked = chat.says(chat.cast.wang, "高龄津贴一个月多少钱，上哪办")
    assert "赵主任" in asked
    assert no_case(chat)
    with chat.database.read():
        (letter,) = letters_to(chat.cast.zhao, "enquiry_kept")
        line = words.letter("enquiry_kept", "work", letter.facts).text
    number = letter.facts["number"]
    assert "高龄津贴" in line
    assert f"答复 {number}" in line
    assert f"{number} 育英小区3号楼问：高龄津贴一个月多少钱，上哪办" in chat.says(chat.cast.zhao, "待办")
    assert "转给他" in chat.says(chat.cast.zhao, f"答复 {number} 带身份证来社区一楼，80岁每月100元")
    assert "已经有人回过" in chat.says(chat.cast.zhao, f"答复 {number} 再补一句")
    with chat.database.read():
        (back,) = letters_to(chat.cast.wang, "enquiry_answered")
        said = words.letter("enquiry_answered", "chat", back.facts).text
    assert "社区赵主任回您" in said
    assert "80岁每月100元" in said
    assert "高龄津贴" not in chat.says(chat.cast.zhao, "待办")


def test_with_one_question_waiting_its_number_need_not_be_said(chat: Chat) -> None:
    chat.says(chat.cast.wang, "养老认证在哪办")
    chat.says(chat.cast.zhao, "答复 3天内来社区就行")
    with chat.database.read():
        assert letters_to(chat.cast.wang, "enquiry_answered")[0].facts["answer"] == "3天内来社区就行"


def test_with_several_the_number_is_asked_for(chat: Chat) -> None:
    chat.says(chat.cast.wang, "养老认证在哪办")
    chat.says(chat.cast.rider, "育英小区物业费能分期不")
    reply = chat.says(chat.cast.zhao, "答复 可以")
    assert "养老认证在哪办" in reply
    assert "分期" in reply
    assert [state for state, _ in enquiries(chat)] == ["open", "open"]


@pytest.mark.parametrize("who", ["li", "qian", "wang"])
def test_nobody_else_answers(chat: Chat, who: str) -> None:
    chat.says(chat.cast.wang, "养老认证在哪办")
    chat.says(getattr(chat.cast, who), "答复 1 不行")
    assert enquiries(chat)[0][0] == "open"
    with chat.database.read():
        assert "enquiry_answered" not in told(chat.cast.wang)


def test_one_word_brings_a_known_answer_before_a_person(chat: Chat) -> None:
    chat.says(chat.cast.wang, "不交物业费能停水吗")
    assert enquiries(chat)[0][0] == "known"
    assert "赵主任" in chat.says(chat.cast.wang, "问人")
    assert enquiries(chat) == [("open", "不交物业费能停水吗")]
    chat.says(chat.cast.wang, "没答上")
    assert enquiries(chat) == [("open", "不交物业费能停水吗")]
    with chat.database.read():
        assert told(chat.cast.zhao) == ["enquiry_kept"]


def test_a_question_is_in_nobody_s_list_of_cases(chat: Chat) -> None:
    chat.says(chat.cast.wang, "养老认证在哪办")
    listed = chat.says(chat.cast.li, "待办")
    assert "养老" not in listed
    assert "没有等您办的事" in listed


def test_what_the_desk_files_after_all_is_the_asker_s_case(chat: Chat) -> None:
    chat.says(chat.cast.wang, "物业费交了灯不修能退吗")
    (state, _), *_ = enquiries(chat)
    assert state == State.OPEN
    reply = chat.says(chat.cast.zhao, "立单 1")
    assert "已经派出去" in reply
    with chat.database.read():
        case = session().scalars(select(Case)).one()
        assert (case.reporter_id, case.building_name) == (chat.cast.wang.id, "3")
    assert case.number in chat.says(chat.cast.wang, "进度")


def test_who_was_asked_is_not_named_in_what_is_learned(chat: Chat) -> None:
    chat.says(chat.cast.wang, "赵主任说过的，物业费交了灯不修能退吗")
    chat.says(chat.cast.zhao, "立单 1")
    with chat.database.read():
        assert session().scalars(select(Correction.text)).all() == ["某说过的，物业费交了灯不修能退吗"]


def test_the_same_message_twice_asks_once(chat: Chat) -> None:
    first = chat.says(chat.cast.wang, "养老认证在哪办", key="same")
    assert chat.says(chat.cast.wang, "养老认证在哪办", key="same") == first
    assert len(enquiries(chat)) == 1


def test_an_answer_that_reached_nobody_is_told_when_its_asker_is_here_again(chat: Chat) -> None:
    chat.says(chat.cast.wang, "养老认证在哪办")
    chat.says(chat.cast.zhao, "答复 来社区一楼")

    def dead() -> None:
        query = update(Letter).where(Letter.kind == "enquiry_answered")
        session().execute(query.values(state=Fate.FAILED, reason="no_way"))

    chat.database.write(dead)
    assert "赵主任回您：来社区一楼" in chat.says(chat.cast.wang, "进度")
    assert "来社区一楼" not in chat.says(chat.cast.wang, "进度")
    with chat.database.read():
        assert [one.state for one in letters_to(chat.cast.wang, "enquiry_answered")] == [Fate.SENT]


@pytest.mark.parametrize("words_between", ["谢谢", "[微笑]", "嗯嗯"])
def test_a_thank_you_is_not_put_before_a_person(chat: Chat, words_between: str) -> None:
    chat.says(chat.cast.wang, "转人工")
    chat.says(chat.cast.wang, words_between)
    assert enquiries(chat) == []
    chat.says(chat.cast.wang, "我想打听一下低保的事")
    assert [text for _, text in enquiries(chat)] == ["我想打听一下低保的事"]


@pytest.mark.parametrize(
    ("words_said", "answer"),
    [
        ("3号楼下水道堵了，另外哪有厕所", "暖心驿站"),
        ("3号楼2单元灯不亮，顺便问一下物业费多少钱一平", "0.3元"),
    ],
)
def test_a_fault_and_a_question_in_one_message_are_both_served(
    knowing: Chat, words_said: str, answer: str
) -> None:
    reply = knowing.says(knowing.cast.wang, words_said)
    assert answer in reply
    assert "李师傅" in reply
    with knowing.database.read():
        assert session().scalar(select(func.count(Case.id))) == 1


def _billed(proof: str) -> None:
    """王阿姨's home owes a year of 180 yuan and has paid 100."""
    session().execute(update(Home).values(proof=proof))
    run = begin(Period.of(str(local(now()).year)), 30)
    while bill_some(run):
        pass
    home = session().scalars(select(Bill.household_id)).one()
    receive(home, 100_00, Way.CASH, "1", local(now()).date(), SYSTEM)


def test_who_lives_there_beyond_doubt_is_told_the_own_bills(knowing: Chat) -> None:
    knowing.database.write(_billed, "register_phone")
    reply = knowing.says(knowing.cast.wang, "我家物业费一年多少钱")
    assert "今年出了1张账单，一共180.00元，已缴100.00元，还差80.00元" in reply
    assert "账单" not in knowing.says(knowing.cast.sun_xiaoyu, "育英小区物业费多少钱一平")


def test_who_only_said_so_hears_nothing_of_what_that_home_owes(knowing: Chat) -> None:
    knowing.database.write(_billed, "said")
    assert "账单" not in knowing.says(knowing.cast.wang, "我家物业费一年多少钱")
