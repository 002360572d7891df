"""Who answers for my house, whose phone may be rung, and words put before somebody without any phone."""

import pytest
from chat import Chat
from factories import letters_to, told
from grid_town import a_micro_grid
from known_town import tell_what_is_known
from sqlalchemy import func, select, update

from handlers import words
from models.base.orm import session
from models.case.case import Case
from models.dialogue.question import QuestionRow
from models.duty.tables import Department
from models.place.version import raise_version


@pytest.fixture
def knowing(chat: Chat) -> Chat:
    chat.database.write(tell_what_is_known)
    return chat


def test_who_answers_for_my_house(knowing: Chat) -> None:
    for reply in (
        knowing.says(knowing.cast.wang, "谁管我们这栋楼"),
        knowing.clicks(knowing.cast.wang, "who"),
    ):
        assert "育英小区3号楼" in reply
        for name in ("李师傅", "马师傅", "孙网格员"):
            assert name in reply
        assert "值班电话0455-1234567" in reply
        assert "139" not in reply  # nobody's own phone
        assert "带话" in reply


def test_only_the_role_that_is_asked_for(knowing: Chat) -> None:
    reply = knowing.says(knowing.cast.wang, "我家网格员是谁")
    assert "孙网格员" in reply
    assert "李师傅" not in reply


def test_the_house_in_the_words_comes_before_the_home(knowing: Chat) -> None:
    assert "吴师傅" in knowing.says(knowing.cast.wang, "建设小区1号楼谁管")


def test_a_stranger_is_asked_once_where(knowing: Chat) -> None:
    assert "请问" in knowing.says(knowing.cast.rider, "我的网格员是谁")
    assert "孙网格员" in knowing.says(knowing.cast.rider, "育英小区5号楼")
    with knowing.database.read():
        assert session().scalar(select(func.count(QuestionRow.id))) == 0


def test_while_a_report_lacks_its_place_no_second_question_is_put(knowing: Chat) -> None:
    asked = knowing.says(knowing.cast.rider, "灯不亮")
    assert "请问" in asked
    assert "请问" not in knowing.says(knowing.cast.rider, "网格员是谁")
    assert "李师傅" in knowing.says(knowing.cast.rider, "育英小区3号楼2单元")
    with knowing.database.read():
        assert session().scalars(select(Case)).one().building_name == "3"


def test_the_desk_and_a_department_by_their_duty_phones(knowing: Chat) -> None:
    assert "0455-7654321" in knowing.says(knowing.cast.wang, "社区电话多少")

    def publishes() -> None:
        session().execute(update(Department).values(phone="0455-8888888", categories=["heating"]))
        raise_version()

    knowing.database.write(publishes)
    for asked in ("热力公司维修电话给一个", "城管局电话多少"):
        assert "城管局的值班电话：0455-8888888" in knowing.says(knowing.cast.wang, asked)


def test_a_number_that_we_do_not_have_is_not_invented(knowing: Chat) -> None:
    reply = knowing.says(knowing.cast.wang, "签约的家庭医生电话我弄丢了，谁有")
    assert "没有登记" in reply
    assert "赵主任" in reply


@pytest.mark.parametrize("words", ["暖气不热，热力公司维修电话给一个", "谁管我们楼，灯还不亮"])
def test_who_asks_whom_to_turn_to_may_report_it_with_one_word(knowing: Chat, words: str) -> None:
    reply = knowing.says(knowing.cast.wang, words)
    assert "李师傅" in reply
    assert "回“报修”" in reply
    assert "已告诉这栋楼的包保干部李师傅" in knowing.says(knowing.cast.wang, "报修")
    with knowing.database.read():
        assert session().scalars(select(Case)).one().text == words


def test_who_merely_asks_is_not_offered_a_report(knowing: Chat) -> None:
    assert "报修" not in knowing.says(knowing.cast.wang, "谁管我们这栋楼")


def test_calling_for_a_person_twice_is_not_the_question(knowing: Chat) -> None:
    knowing.says(knowing.cast.wang, "转人工")
    assert "请问" in knowing.says(knowing.cast.wang, "人工")
    with knowing.database.read():
        assert letters_to(knowing.cast.zhao, "enquiry_kept") == []


def test_words_reach_those_who_answer_and_the_reply_comes_back(knowing: Chat) -> None:
    knowing.says(knowing.cast.wang, "我家网格员是谁")
    assert "带给" in knowing.says(knowing.cast.wang, "带话 我今晚七点以后在家")
    with knowing.database.read():
        (letter,) = letters_to(knowing.cast.li, "enquiry_kept")
        assert "今晚七点" in words.letter("enquiry_kept", "work", letter.facts).text
    knowing.says(knowing.cast.li, "答复 好，七点半到")
    assert "没有等您回话" in knowing.says(knowing.cast.ma, "答复 我也去")
    with knowing.database.read():
        (back,) = letters_to(knowing.cast.wang, "enquiry_answered")
        said = words.letter("enquiry_answered", "chat", back.facts).text
    assert said.startswith("您说的“我今晚七点以后在家”")
    assert "七点半到" in said


def test_words_for_the_house_that_was_just_named(knowing: Chat) -> None:
    knowing.says(knowing.cast.rider, "建设小区1号楼谁管")
    knowing.says(knowing.cast.rider, "带话 快递放门口了")
    with knowing.database.read():
        assert told(knowing.cast.wu) == ["enquiry_kept"]
        assert told(knowing.cast.li) == []


def test_words_for_nobody_are_asked_for(knowing: Chat) -> None:
    assert "比如" in knowing.says(knowing.cast.wang, "带话")


def test_a_person_gets_the_next_words(knowing: Chat) -> None:
    reply = knowing.says(knowing.cast.wang, "转人工")
    assert "0455-7654321" in reply
    assert "请问" in reply
    assert "赵主任" in knowing.says(knowing.cast.wang, "我想打听一下我家低保的事")
    with knowing.database.read():
        assert letters_to(knowing.cast.zhao, "enquiry_kept")[0].facts["text"] == "我想打听一下我家低保的事"
        assert session().scalar(select(func.count(Case.id))) == 0


def test_a_fault_after_asking_for_a_person_is_still_a_report(knowing: Chat) -> None:
    knowing.says(knowing.cast.wang, "转人工")
    assert "李师傅" in knowing.says(knowing.cast.wang, "3号楼2单元灯不亮")
    with knowing.database.read():
        assert session().scalar(select(func.count(Case.id))) == 1


def test_danger_is_never_put_before_a_person_as_words(knowing: Chat) -> None:
    knowing.says(knowing.cast.wang, "转人工")
    assert knowing.says(knowing.cast.wang, "3号楼着火了").startswith("请马上拨打119")


def test_the_cadre_of_the_micro_grid_is_named_with_the_duty_phone_alone(knowing: Chat) -> None:
    knowing.database.write(lambda: a_micro_grid(knowing.cast.zhou.id))
    reply = knowing.says(knowing.cast.wang, "谁管我们这栋楼")
    assert "微网格干部周科长" in reply
    assert "139" not in reply
    assert "周科长" not in knowing.says(knowing.cast.wang, "我家网格员是谁")
    assert "周科长" not in knowing.says(knowing.cast.wang, "建设小区1号楼谁管")
