"""A notice on its pages: written and looked at by a desk, agreed to, opened by person and group."""

import re

import pytest
from cast import Cast, Someone
from notices import AT_ONCE, THIRD, handed_in, letters_of, tell_all, words
from page_phone import Phone, body_of
from sqlalchemy import select

from models.base.actor import By
from models.base.links import personal_path
from models.base.orm import session
from models.notice import notice as verbs
from models.notice.audience import Audience
from models.notice.notice import Rules, hand_in
from models.notice.reading import figures
from models.notice.receivers import Count, by_unit
from models.notice.tables import Notice, NoticeDoor, Receipt
from models.person.tables import Staff
from server.database import Database

FORM = {
    "title": "周二停水",
    "body": "周二早八点到下午五点换水管。\n\n请各家：\n- 提前存水\n- 关好龙头",
    "signed": "育英社区居委会",
    "kind": "ordinary",
}


def page_of(someone: Someone, number: int) -> str:
    return "/" + personal_path("notice", someone.id, number)


def the_notice(db: Database) -> Notice:
    with db.read():
        return session().scalars(select(Notice)).one()


@pytest.fixture
def desk_of_yuying(town: Cast) -> str:
    return "/" + personal_path("desk", town.zhao.id)


def test_it_is_looked_at_before_anybody_hears_it(
    db: Database, phone: Phone, town: Cast, desk_of_yuying: str
) -> None:
    page = phone.sent_and_shown(f"{desk_of_yuying}/notices/write", **FORM)
    assert "写好了，还没发" in page
    assert "1人、1个群" in page
    assert "<li>提前存水</li>" in page
    assert ">草稿</h2>" in page
    assert tell_all(db) == 0
    number = the_notice(db).id
    assert phone.open(page_of(town.wang, number)).status_code == 404
    assert "交上去了" in phone.sent_and_shown(f"{page_of(town.zhao, number)}/notice/hand_in", once="a" * 16)
    assert the_notice(db).state == "waiting"
    page = phone.open(f"{desk_of_yuying}/notices").text
    assert "周二停水" in page
    assert "等时间" in page


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"title": ""}, "得有个标题"),
        ({"body": "有事打13812345678"}, "“13812345678”是手机号"),
        ({"buildings-1": "99"}, "没有“育英小区 99”这个地方"),
        ({"estate": "2"}, "哪个小区"),  # another community's
    ],
)
def test_what_cannot_be_told_is_said_in_words_and_nothing_is_lost(
    db: Database, phone: Phone, desk_of_yuying: str, said: dict[str, str], words: str
) -> None:
    answer = phone.send(f"{desk_of_yuying}/notices/write", **(FORM | said))
    assert answer.status_code == 422
    assert words in answer.text
    assert "育英社区居委会" in answer.text
    with db.read():
        assert session().scalars(select(Notice)).all() == []


def test_each_person_and_each_group_reads_it_once(db: Database, phone: Phone, town: Cast) -> None:
    number = db.write(lambda: handed_in(town.zhao.id).id)
    tell_all(db)
    for _ in range(2):
        assert "周二停水" in phone.open(page_of(town.wang, number)).text
        assert phone.open(page_of(town.rider, number)).status_code == 200  # was not sent it, may read it
    with db.read():
        code = session().scalars(select(NoticeDoor.code)).one()
    for _ in range(2):
        assert "早八点" in phone.open(f"/q/{code}").text
    with db.read():
        seen = {(one.reader_kind, one.reader_id) for one in session().scalars(select(Receipt))}
        assert seen == {("person", town.wang.id), ("group", 1)}
        assert (figures([number])[number].read, figures([number])[number].groups_read) == (1, 1)
        notice = session().get_one(Notice, number)
        assert list(by_unit(notice).values()) == [Count(addressed=1, told=0, read=1)]
    assert "1/1人看了" in phone.open(page_of(town.zhao, number)).text
    assert (
        "人看了" not in phone.open(page_of(town.wang, number)).text
    )  # who has read it is the desk's business


def test_a_second_person_agrees_on_the_page(db: Database, phone: Phone, town: Cast) -> None:
    number = db.write(lambda: handed_in(town.zhao.id, rules=Rules(second_above=0)).id)
    assert "同意发" not in phone.open(page_of(town.zhao, number)).text
    assert phone.send(f"{page_of(town.zhao, number)}/notice/agree").status_code == 409
    assert "同意发" in phone.open(page_of(town.leader, number)).text
    assert "您同意了" in phone.sent_and_shown(f"{page_of(town.leader, number)}/notice/agree")
    assert the_notice(db).second_id == town.leader.id


def test_it_is_stopped_or_withdrawn_on_the_page(db: Database, phone: Phone, town: Cast) -> None:
    number = db.write(lambda: handed_in(town.zhao.id).id)
    tell_all(db)
    assert "还没发出的2条不再发" in phone.sent_and_shown(f"{page_of(town.zhao, number)}/notice/withdraw")
    assert "已经撤回" in phone.open(page_of(town.wang, number)).text
    with db.read():
        assert {letter.state for letter in letters_of(number)} == {"withdrawn"}


@pytest.mark.parametrize("who", ["qian", "li", "wang"])
@pytest.mark.parametrize("verb", ["hand_in", "agree", "stop", "withdraw", "discard"])
def test_nobody_else_decides(db: Database, phone: Phone, town: Cast, who: str, verb: str) -> None:
    number = db.write(lambda: handed_in(town.zhao.id, rules=Rules(second_above=0)).id)
    assert phone.send(f"{page_of(getattr(town, who), number)}/notice/{verb}").status_code == 404
    assert the_notice(db).state == "held"


def test_a_correction_points_to_the_first_and_back(db: Database, phone: Phone, town: Cast) -> None:
    first = db.write(lambda: handed_in(town.zhao.id).id)
    tell_all(db)

    def correct() -> int:
        notice = handed_in(town.zhao.id, title="改到周三停水")
        notice.corrects_id = first
        return notice.id

    second = db.write(correct)
    tell_all(db)
    assert "“改到周三停水”" in phone.open(page_of(town.wang, first)).text
    assert "更正“周二停水”" in phone.open(page_of(town.wang, second)).text
    with db.read():
        assert all(letter.facts["corrects"] for letter in letters_of(second))


def test_a_supervisor_looks_on_and_touches_nothing(db: Database, phone: Phone, town: Cast) -> None:
    def appoint() -> int:
        number = handed_in(town.zhao.id, rules=Rules(second_above=0)).id
        staff = session().scalars(select(Staff).where(Staff.person_id == town.leader.id)).one()
        staff.roles = ["supervisor"]
        return number

    number = db.write(appoint)
    page = phone.open(page_of(town.leader, number))
    assert page.status_code == 200
    assert "会收到" in page.text
    assert "<form" not in body_of(page.text)
    assert "等您复核" not in phone.open("/" + personal_path("desk", town.leader.id)).text
    assert phone.send(f"{page_of(town.leader, number)}/notice/agree").status_code == 404


def test_of_the_towns_notice_a_desk_sees_its_own_houses(db: Database, phone: Phone, town: Cast) -> None:
    number = db.write(lambda: handed_in(town.leader.id, community=None).id)
    tell_all(db)

    def nothing_reaches() -> None:
        for letter in letters_of(number):
            letter.state, letter.reason = "by_hand", "no_way"

    db.write(nothing_reaches)
    for who, sees in ((town.leader, True), (town.zhao, True), (town.qian, False)):
        page = phone.open(page_of(who, number)).text
        assert ("上门告诉：还有1家" in page) is sees
        assert ("人看了" in page) is sees
        assert ("停发</button>" in page) is (who is town.leader)


def test_the_words_of_a_call_are_shown_before_it_goes_out(
    db: Database, phone: Phone, desk_of_yuying: str
) -> None:
    page = phone.sent_and_shown(f"{desk_of_yuying}/notices/write", **(FORM | {"call": "yes"}))
    assert "能来就回“到”" in page


def test_a_draft_whose_place_is_gone_can_be_looked_at_and_thrown_away(
    db: Database, phone: Phone, town: Cast, desk_of_yuying: str
) -> None:
    phone.sent_and_shown(f"{desk_of_yuying}/notices/write", **FORM)
    number = the_notice(db).id

    def rename() -> None:
        session().get_one(Notice, number).audience = {"estates": ["改了名的小区"]}

    db.write(rename)
    assert phone.open(page_of(town.zhao, number)).status_code == 200
    assert phone.send(f"{page_of(town.zhao, number)}/notice/hand_in").status_code == 422
    assert phone.send(f"{page_of(town.zhao, number)}/notice/discard").status_code == 303


def test_words_cannot_become_a_page(db: Database, phone: Phone, desk_of_yuying: str) -> None:
    body = "<script>alert(1)</script>\n\n- <b>x</b>"
    page = phone.sent_and_shown(f"{desk_of_yuying}/notices/write", **(FORM | {"body": body}))
    assert not re.search(r"<script>alert|<b>x", page)


def test_a_call_is_answered_on_the_page_and_counted_for_the_desk(
    db: Database, phone: Phone, town: Cast, desk_of_yuying: str
) -> None:
    phone.sent_and_shown(f"{desk_of_yuying}/notices/write", **(FORM | {"call": "yes"}))
    number = the_notice(db).id
    assert "您能来吗" not in phone.open(page_of(town.zhao, number)).text
    db.write(lambda: hand_in(session().get_one(Notice, number), By.staff(town.zhao.id), AT_ONCE))
    tell_all(db)
    assert "您能来吗" in phone.open(page_of(town.wang, number)).text
    assert "记您到" in phone.sent_and_shown(f"{page_of(town.wang, number)}/notice/come")
    assert "您回了“到”" in phone.open(page_of(town.wang, number)).text
    shown = re.sub("<[^>]+>", "", phone.open(page_of(town.zhao, number)).text)
    assert "到1，不能0，没回0" in shown
    assert phone.send(f"{page_of(town.rider, number)}/notice/come").status_code == 409


def test_what_was_for_staff_alone_is_not_named_to_everybody(db: Database, phone: Phone, town: Cast) -> None:
    def work() -> tuple[int, int]:
        by, staff = By.staff(town.zhao.id), THIRD | {"roles": ["keeper"]}
        first = handed_in(town.zhao.id, staff, title="内部安排").id
        to_all = verbs.draft(words(), Audience.of(THIRD), by, 1, corrects=first)
        to_staff = verbs.draft(words(), Audience.of(staff), by, 1, corrects=first)
        return to_all, to_staff

    to_all, to_staff = db.write(work)
    assert "内部安排" not in phone.open(page_of(town.zhao, to_all)).text
    assert "内部安排" in phone.open(page_of(town.zhao, to_staff)).text
