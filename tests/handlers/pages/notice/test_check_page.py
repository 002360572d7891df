"""A notice that the platform reads: what its author sees of it, and who may let it through."""

from datetime import timedelta

import pytest
from cast import Cast, Someone
from notices import a_notice
from page_phone import Phone

from models.base.actor import By
from models.base.links import personal_path
from models.base.orm import session
from models.notice import checking, checks
from models.notice import notice as verbs
from models.notice.notice import Rules
from models.notice.tables import Notice
from server.database import Database

ON = Rules(delay=timedelta(), content_check=True)


def page_of(someone: Someone, number: int) -> str:
    return "/" + personal_path("notice", someone.id, number)


@pytest.fixture
def number(db: Database, town: Cast) -> int:
    def work() -> int:
        notice = a_notice(town.zhao.id)
        verbs.hand_in(notice, By.staff(town.zhao.id), ON)
        return notice.id

    return db.write(work)


def half_an_hour_later(db: Database, number: int) -> None:
    def work() -> None:
        session().get_one(Notice, number).checking_since -= timedelta(minutes=31)
        assert checking.move_one(ON)

    db.write(work)


def answered(db: Database, number: int, verdict: str, label: int) -> None:
    def work() -> None:
        for check in checks.of(session().get_one(Notice, number)):
            checks.answered(check.id, verdict, label)
        checking.move_one(ON)

    db.write(work)


def test_its_author_sees_that_it_is_read_and_nobody_else_sees_it_yet(
    db: Database, phone: Phone, town: Cast, number: int
) -> None:
    page = phone.open(page_of(town.zhao, number)).text
    assert "平台在审" in page
    assert "没有审过一条也不发" in page
    assert "拿回来改" in page
    assert "放行" not in page
    assert phone.open(page_of(town.wang, number)).status_code == 404
    assert "放行</button>" not in phone.open(page_of(town.leader, number)).text


def test_after_half_an_hour_another_person_lets_it_through(
    db: Database, phone: Phone, town: Cast, number: int
) -> None:
    assert phone.send(f"{page_of(town.leader, number)}/notice/let_through").status_code == 409
    half_an_hour_later(db, number)
    assert "您的同事代审" in phone.open(page_of(town.zhao, number)).text
    assert "自己写的" in phone.send(f"{page_of(town.zhao, number)}/notice/let_through").text
    assert "我都看过了，放行" in phone.open(page_of(town.leader, number)).text
    assert "您放行了" in phone.sent_and_shown(f"{page_of(town.leader, number)}/notice/let_through")
    with db.read():
        assert session().get_one(Notice, number).checked == "by_person"
    assert "周二停水" in phone.open(page_of(town.wang, number)).text


def test_another_person_sends_it_back_and_its_author_reads_who(
    db: Database, phone: Phone, town: Cast, number: int
) -> None:
    half_an_hour_later(db, number)
    assert "退回去了" in phone.sent_and_shown(f"{page_of(town.leader, number)}/notice/send_back")
    assert "郑书记看了，没有放行" in phone.open(page_of(town.zhao, number)).text
    assert phone.send(f"{page_of(town.qian, number)}/notice/send_back").status_code == 404


def test_what_the_platform_thinks_stands_on_the_draft(
    db: Database, phone: Phone, town: Cast, number: int
) -> None:
    answered(db, number, "risky", 20008)
    page = phone.open(page_of(town.zhao, number)).text
    assert "微信平台没有让它过：文字可能涉及欺诈" in page
    assert "交上去发" in page


@pytest.mark.parametrize(
    ("why", "words"),
    [(checks.NO_MINI, "您还没有绑定小程序"), (checks.NOT_SEEN, "平台要您两小时内用过小程序")],
)
def test_what_its_author_can_do_stands_there(
    db: Database, phone: Phone, town: Cast, number: int, why: str, words: str
) -> None:
    def work() -> None:
        (check,) = checks.of(session().get_one(Notice, number))
        checks.unanswered(check.id, why)

    db.write(work)
    assert words in phone.open(page_of(town.zhao, number)).text


def test_a_keeper_whose_warning_is_sent_back_can_read_why(
    db: Database, phone: Phone, town: Cast, number: int
) -> None:
    def work() -> None:
        session().get_one(Notice, number).author_id = town.li.id

    db.write(work)
    answered(db, number, "risky", 20008)
    page = phone.open(page_of(town.li, number)).text
    assert "文字可能涉及欺诈" in page
    assert "交上去发" not in page
    assert phone.open(page_of(town.ma, number)).status_code == 404
