"""/console/staff: who gives posts sees whom, gives, prolongs and ends; nobody else finds the page."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from cast import Cast, Someone
from exported import exported
from page_phone import Phone
from sqlalchemy import select, update

from models.base.clock import local, now
from models.base.orm import put, session
from models.duty.overseeing import decides
from models.person.arriving import staff_of
from models.person.tables import Grant, Person, Staff
from models.place.version import raise_version
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Desk = Callable[[Someone], str]
WHY = "顶班"


@pytest.fixture
def town(db: Database, town: Cast) -> Cast:
    """郑 is administrator."""

    def work() -> None:
        session().execute(update(Staff).where(Staff.person_id == town.leader.id).values(roles=["admin"]))
        raise_version()

    db.write(work)
    return town


def grant_of(db: Database, one: Someone) -> Grant | None:
    with db.read():
        query = select(Grant).where(Grant.person_id == one.id).order_by(Grant.id.desc())
        return session().scalars(query).first()


def may(db: Database, one: Someone, community: int) -> bool:
    with db.read():
        return decides(one.id, community)


def test_a_post_is_given_on_a_part_with_a_last_day_and_ended(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    page = f"{desk(town.leader)}/staff/{town.zhao.id}"
    last = (local(now()) + timedelta(days=30)).date()
    text = phone.sent_and_shown(
        f"{page}/give", role="community", part="community:2", until=last.isoformat(), reason=WHY
    )
    assert "岗位定好了" in text
    assert "社区·建设社区" in text
    assert f"到{last.year}年{last.month}月{last.day}日" in text
    assert may(db, town.zhao, 2)
    assert "社区·建设社区" in phone.open(f"{desk(town.leader)}/staff?q=C001").text
    grant = grant_of(db, town.zhao)
    assert grant is not None
    assert "长期" in phone.sent_and_shown(f"{page}/prolong", item=str(grant.id), until="", reason=WHY)
    assert "从现在起就不算了" in phone.sent_and_shown(f"{page}/end", item=str(grant.id), reason=WHY)
    assert not may(db, town.zhao, 2)


def test_a_street_is_said_by_one_of_its_communities(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    page = f"{desk(town.leader)}/staff/{town.wu.id}"
    assert "街道·东兴街道" in phone.sent_and_shown(f"{page}/give", role="street", part="street:1", reason=WHY)
    assert may(db, town.wu, 1)
    assert may(db, town.wu, 2)
    choices = phone.open(f"{desk(town.wu)}/staff/{town.zhao.id}").text
    assert 'value="street:1"' in choices
    assert 'value="town"' not in choices
    assert 'value="admin"' not in choices


def test_what_is_refused_is_said_on_the_page_and_nothing_is_lost(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    page = f"{desk(town.leader)}/staff/{town.zhao.id}"
    for said, why in (
        ({"role": "community", "part": "moon:1"}, "管哪一片"),
        ({"role": "keeper", "part": "town"}, "选一个岗位"),
        ({"role": "community", "part": "town", "until": "2001-01-01"}, "到期的日子"),
        ({"role": "community", "part": "town", "since": "soon"}, ""),
    ):
        answer = phone.send(f"{page}/give", reason=WHY, **said)
        assert answer.status_code == 422
        assert why in answer.text
    assert phone.send(f"{page}/give", role="community", part="town", reason="").status_code == 422
    assert phone.send(f"{page}/end", item="999", reason=WHY).status_code == 404
    assert phone.send(f"{desk(town.leader)}/staff/{town.leader.id}/leave", reason=WHY).status_code == 409
    assert grant_of(db, town.zhao) is None


def test_somebody_new_and_somebody_who_leaves(db: Database, phone: Phone, town: Cast, desk: Desk) -> None:
    start = f"{desk(town.leader)}/staff"
    said = {"number": "C900", "name": "新来的", "community": "1", "phone": "13900000900", "reason": WHY}
    assert "新来的添上了" in phone.sent_and_shown(f"{start}/new", roles=["community", "keeper"], **said)
    again = phone.send(f"{start}/new", roles=["community"], **said)
    assert again.status_code == 422
    assert "已经有人用了" in again.text
    assert 'value="C900"' in again.text  # what was typed stands there again
    with db.read():
        staff = session().scalars(select(Staff).where(Staff.number == "C900")).one()
        person = staff.person_id
        assert staff.roles == ["community", "keeper"]
    assert "13900000900" not in phone.open(f"{start}/{person}").text
    moved = phone.sent_and_shown(f"{start}/{person}/reassign", roles=["keeper"], community="2", reason=WHY)
    assert "岗位换好了" in moved
    assert "已经离岗" in phone.sent_and_shown(f"{start}/{person}/leave", reason=WHY)
    with db.read():
        assert staff_of(person) is None


def test_the_file_has_each_post_in_a_row(db: Database, phone: Phone, town: Cast, desk: Desk) -> None:
    page = f"{desk(town.leader)}/staff/{town.zhao.id}"
    phone.send(f"{page}/give", role="supervisor", part="town", reason=WHY)
    rows = exported(phone.open(f"{desk(town.leader)}/staff.xlsx"))
    mine = [row for row in rows.worksheets[0].iter_rows(values_only=True) if row[0] == "C001"]
    assert [(row[3], row[4]) for row in mine] == [("社区", "育英社区"), ("监事", "全市")]


def test_who_gives_no_posts_finds_nothing(db: Database, phone: Phone, town: Cast, desk: Desk) -> None:
    for one in (town.zhao, town.li, town.sun, town.zhou):
        start = f"{desk(one)}/staff"
        assert phone.open(start).status_code == 404
        assert phone.open(f"{start}.xlsx").status_code == 404
        assert phone.open(f"{start}/{town.li.id}").status_code == 404
        assert phone.send(f"{start}/{one.id}/give", role="admin", part="town", reason=WHY).status_code == 404
        form = {"number": "X", "name": "x", "roles": "admin", "reason": WHY}
        assert phone.send(f"{start}/new", **form).status_code == 404
    assert grant_of(db, town.zhao) is None


def test_a_person_of_another_street_is_not_there(db: Database, phone: Phone, town: Cast, desk: Desk) -> None:
    phone.send(f"{desk(town.leader)}/staff/{town.wu.id}/give", role="street", part="community:2", reason=WHY)
    mine, hidden = f"{desk(town.wu)}/staff/{town.qian.id}", f"{desk(town.wu)}/staff/{town.zhao.id}"
    assert phone.open(mine).status_code == 200
    missing = phone.open(f"{desk(town.wu)}/staff/999999")
    assert phone.open(hidden).status_code == missing.status_code == 404
    plain = re.compile(r'nonce="[^"]*"|name="once" value="[^"]*"')
    assert plain.sub("", phone.open(hidden).text) == plain.sub("", missing.text)


def test_a_list_of_a_thousand_is_cut_into_pages(db: Database, phone: Phone, town: Cast, desk: Desk) -> None:
    def many() -> None:
        for key in range(120):
            person = put(Person, public_id=f"many-{key}", is_rider=False, created_at=now())
            put(Staff, number=f"M{key:03}", person_id=person, name=f"人{key}", roles=["keeper"], teams=[],
                active=True)  # fmt: skip

    db.write(many)
    first = phone.open(f"{desk(town.leader)}/staff").text
    assert "from=50" in first
    assert len(first.encode()) < 100_000
    assert "上一页" in phone.open(f"{desk(town.leader)}/staff?from=50").text


def test_who_has_posts_on_two_parts_looks_at_one_of_them(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    start = f"{desk(town.zhao)}/chain"
    assert "正在看" not in phone.open(start).text
    page = f"{desk(town.leader)}/staff/{town.zhao.id}"
    phone.send(f"{page}/give", role="supervisor", part="community:2", reason=WHY)
    phone = Phone(phone.client.application.test_client())  # and has to log in anew
    text = phone.open(start).text
    assert "正在看" in text
    assert "育英一网格" in text
    assert phone.open(f"{desk(town.zhao)}/notices").status_code == 200
    phone.open(f"{desk(town.zhao)}?part=2")
    assert "育英一网格" not in phone.open(start).text
    form = {"title": "x", "body": "x"}
    assert phone.send(f"{desk(town.zhao)}/notices/write", **form).status_code == 404  # looks on there
    phone.open(f"{desk(town.zhao)}?part=1")
    assert phone.send(f"{desk(town.zhao)}/notices/write", **form).status_code != 404
    for other in ("9", "x", "-1", "", "0"):  # nobody's choice opens what is not theirs
        phone.open(f"{desk(town.zhao)}?part={other}")
        assert "育英一网格" in phone.open(start).text
    phone.open(f"{desk(town.qian)}?part=1")
    assert "育英一网格" not in phone.open(f"{desk(town.qian)}/chain").text
