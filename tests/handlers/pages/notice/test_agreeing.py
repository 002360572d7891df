"""A notice that waits for a second person, on the pages of its author and of who is asked."""

from pathlib import Path

import pytest
from cast import Cast, Someone
from notices import a_notice, handed_in
from page_phone import Phone
from settings_files import configuration, plain_url
from sqlalchemy import select

from models.base.links import personal_path
from models.base.orm import session
from models.notice.notice import Rules
from models.person.tables import Staff
from server.config import Config
from server.database import Database


@pytest.fixture
def config(db: Database, tmp_path: Path) -> Config:
    return configuration(
        tmp_path, plain_url(db), server={"base_url": "http://localhost"}, rules={"second_person_above": 0}
    )


def page_of(someone: Someone, number: int) -> str:
    return "/" + personal_path("notice", someone.id, number)


def test_who_is_asked_to_agree_is_named_on_the_page(db: Database, phone: Phone, town: Cast) -> None:
    number = db.write(lambda: a_notice(town.zhao.id).id)
    page = page_of(town.zhao, number)
    shown = phone.sent_and_shown(f"{page}/notice/hand_in")
    assert "听的人多，等郑书记同意才发" in shown
    assert "已经去问了1位" in shown


def test_a_draft_that_nobody_else_may_agree_to_says_so(db: Database, phone: Phone, town: Cast) -> None:
    def leaves() -> int:
        session().scalars(select(Staff).where(Staff.person_id == town.leader.id)).one().active = False
        return a_notice(town.zhao.id).id

    page = page_of(town.zhao, db.write(leaves))
    shown = phone.send(f"{page}/notice/hand_in")
    assert shown.status_code == 409
    assert "再没有别人能同意" in shown.text
    assert "交上去发" in shown.text


def test_the_street_agrees_where_the_community_has_nobody_else(
    db: Database, phone: Phone, town: Cast
) -> None:
    def elsewhere() -> int:
        session().scalars(select(Staff).where(Staff.person_id == town.leader.id)).one().community_id = 2
        return handed_in(town.zhao.id, rules=Rules(second_above=0)).id

    number = db.write(elsewhere)
    page = page_of(town.leader, number)
    assert "同意发" in phone.open(page).text
    assert "您同意了" in phone.sent_and_shown(f"{page}/notice/agree")
