"""The desk's page: questions that wait for a person, and what was understood wrongly."""

from cast import Cast
from factories import a_case, letters_to, spot, told
from page_phone import Phone
from sqlalchemy import func, select

from models.base.links import personal_path
from models.base.orm import session
from models.case.case import Case
from models.corrections.correction import lines
from models.duty.answering import asked_of
from models.enquiry import keeping
from models.enquiry.tables import Enquiry
from server.database import Database


def desk(someone) -> str:  # type: ignore[no-untyped-def]
    return "/" + personal_path("desk", someone.id)


def asked(town: Cast, text: str = "物业费能分期吗，我电话13812345678") -> int:
    where = spot()
    answers = asked_of(where.community_id, "fees")
    return keeping.keep(text, asker=town.wang.id, intent="fee", category="fees", spot=where, answers=answers)


def test_a_question_is_answered_on_the_page_once(db: Database, phone: Phone, town: Cast) -> None:
    number = db.write(asked, town)
    page = phone.open(desk(town.zhao)).text
    assert "等人回话的提问" in page
    assert "物业费能分期吗" in page
    assert "13812345678" not in page
    form = {"item": str(number), "words": "可以分两次"}
    assert "回好了" in phone.sent_and_shown(f"{desk(town.zhao)}/desk/answer", once="a" * 16, **form)
    assert "等人回话的提问" not in phone.open(desk(town.zhao)).text
    assert phone.send(f"{desk(town.zhao)}/desk/answer", once="b" * 16, **form).status_code == 409
    with db.read():
        assert told(town.wang) == ["enquiry_answered"]
        assert letters_to(town.wang)[0].facts["answer"] == "可以分两次"
        assert session().scalar(select(func.count(Case.id))) == 0


def test_an_empty_answer_is_asked_for_again(db: Database, phone: Phone, town: Cast) -> None:
    number = db.write(asked, town)
    answer = phone.send(f"{desk(town.zhao)}/desk/answer", item=str(number), words=" ")
    assert answer.status_code == 422
    assert "写上要说的话" in answer.text


def test_another_community_s_desk_sees_and_answers_nothing(db: Database, phone: Phone, town: Cast) -> None:
    number = db.write(asked, town)
    assert "物业费能分期" not in phone.open(desk(town.qian)).text
    assert phone.send(f"{desk(town.qian)}/desk/answer", item=str(number), words="不行").status_code == 404
    assert phone.send(f"{desk(town.qian)}/desk/file", item=str(number)).status_code == 404
    with db.read():
        assert session().scalars(select(Enquiry.state)).all() == ["open"]


def test_what_is_no_question_is_filed(db: Database, phone: Phone, town: Cast) -> None:
    number = db.write(asked, town, "5号楼灯不亮还收费")
    phone.sent_and_shown(f"{desk(town.zhao)}/desk/file", item=str(number))
    with db.read():
        case = session().scalars(select(Case)).one()
        assert (case.reporter_id, case.building_name) == (town.wang.id, "5")
        assert [line.split("\t")[1] for line in lines()] == ["report"]


def test_a_case_that_is_a_question_is_marked_on_its_page(db: Database, phone: Phone, town: Cast) -> None:
    key = db.write(lambda: a_case(reporter=town.wang, text="灯费是不是在物业费里").id)
    path = "/" + personal_path("case", town.zhao.id, key)
    assert "这句话其实是" in phone.open(path).text
    page = phone.sent_and_shown(f"{path}/correct", category="lighting", urgency="normal", intent="fee")
    assert "不算诉求" in page
    with db.read():
        assert session().scalars(select(Case.state)).one() == "void"
        assert session().scalars(select(Enquiry.text)).all() == ["灯费是不是在物业费里"]
        assert list(lines()) == ["灯费是不是在物业费里\tfee\tfees\t-\tnormal"]


def test_a_mark_that_does_not_exist_is_refused(db: Database, phone: Phone, town: Cast) -> None:
    key = db.write(lambda: a_case(reporter=town.wang).id)
    path = "/" + personal_path("case", town.zhao.id, key)
    answer = phone.send(f"{path}/correct", category="lighting", urgency="normal", intent="report")
    assert answer.status_code == 422
    with db.read():
        assert session().scalars(select(Case.state)).one() == "dispatched"


def test_an_answer_that_did_not_arrive_is_on_the_desk_and_told_by_hand(
    db: Database, phone: Phone, town: Cast
) -> None:
    number = db.write(asked, town)
    phone.send(f"{desk(town.zhao)}/desk/answer", item=str(number), words="可以分两次")

    def dead() -> int:
        letter = letters_to(town.wang, "enquiry_answered")[0]
        letter.state, letter.reason = "failed", "no_way"
        return letter.id

    key = db.write(dead)
    page = phone.open(desk(town.zhao)).text
    assert "没送到的消息" in page
    assert "回答提问，给居民" in page
    assert "没送到的消息" not in phone.open(desk(town.qian)).text
    assert phone.send(f"{desk(town.qian)}/desk/carried", item=str(key)).status_code == 409
    assert "由您转达" in phone.sent_and_shown(f"{desk(town.zhao)}/desk/carried", item=str(key))
    assert "没送到的消息" not in phone.open(desk(town.zhao)).text


def test_a_caller_whom_no_answer_reaches_is_told_by_phone(db: Database, phone: Phone, town: Cast) -> None:
    key = db.write(lambda: a_case(entered_by=town.zhao, text="灯费是不是在物业费里").id)
    path = "/" + personal_path("case", town.zhao.id, key)
    answer = phone.send(f"{path}/correct", category="lighting", urgency="normal", intent="fee")
    assert answer.status_code == 409
    assert "请打电话告诉他" in answer.text
    with db.read():
        assert session().scalars(select(Case.state)).one() == "dispatched"
        assert list(lines()) == []


def test_with_questions_waiting_the_page_does_not_say_there_is_nothing_to_do(
    db: Database, phone: Phone, town: Cast
) -> None:
    assert "没有等着办的事" in phone.open(desk(town.zhao)).text
    db.write(asked, town)
    assert "没有等着办的事" not in phone.open(desk(town.zhao)).text
