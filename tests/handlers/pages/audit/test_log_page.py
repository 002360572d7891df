"""The log is read by administrators and supervisors, each of the own communities; reading it is in it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from cast import Cast, Someone
from exported import exported
from page_phone import Phone
from sqlalchemy import select, text
from standing import standing

from models.audit import chain
from models.audit.noting import Who, note
from models.audit.tables import Act
from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import session
from models.person.tables import Staff
from models.place.version import raise_version
from server.database import Database

Desk = Callable[[Someone], str]
pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def reader(db: Database, town: Cast) -> Someone:
    """赵主任 supervises 育英社区 now."""
    roles(db, town.zhao, ["supervisor"])
    return town.zhao


def roles(db: Database, one: Someone, held: list[str]) -> None:
    def work() -> None:
        staff = session().scalars(select(Staff).where(Staff.person_id == one.id)).one()
        staff.roles = held
        raise_version()

    db.write(work)


def look(db: Database, one: Someone, community: int | None, number: str, **more: object) -> None:
    db.write(lambda: note("reveal", Who(By.staff(one.id), "keeper", community), ("case", number), **more))


def acts(db: Database) -> list[Act]:
    with db.read():
        return list(session().scalars(select(Act).order_by(Act.id)))


def test_only_who_administers_or_supervises_finds_it(
    db: Database, phone: Phone, town: Cast, desk: Desk, reader: Someone
) -> None:
    assert phone.open(f"{desk(reader)}/audit").status_code == 200
    for one in (town.li, town.sun, town.qian, town.zhou):
        for path in ("audit", "audit.xlsx"):
            assert phone.open(f"{desk(one)}/{path}").status_code == 404
    assert [one.by_id for one in acts(db)] == [reader.id]


def test_a_supervisor_sees_the_own_community_and_an_administrator_all(
    db: Database, phone: Phone, town: Cast, desk: Desk, reader: Someone
) -> None:
    look(db, town.li, 1, "100014")
    look(db, town.wu, 2, "100022")
    look(db, town.leader, None, "100030")
    page = phone.open(f"{desk(reader)}/audit").text
    assert "100014" in page
    assert "100022" not in page
    assert "100030" not in page
    roles(db, town.leader, ["admin"])
    page = phone.open(f"{desk(town.leader)}/audit").text
    assert all(number in page for number in ("100014", "100022", "100030"))


def test_filters_stay_in_the_address_and_narrow(
    db: Database, phone: Phone, town: Cast, desk: Desk, reader: Someone
) -> None:
    look(db, town.li, 1, "100014", whom=("person", town.wang.id), purpose="call_back")
    look(db, town.ma, 1, "100022", result="refused")
    home, today = f"{desk(reader)}/audit", local(now()).date()
    for query, seen, unseen in (
        ("by=K001", "100014", "100022"),
        ("by=马师傅", "100022", "100014"),
        ("result=refused", "100022", "100014"),
        (f"whom=person-{town.wang.id}", "100014", "100022"),
        ("about=100022", "100022", "100014"),
        (f"from={today}&to={today}&act=reveal&by=K001", "100014", "100022"),
    ):
        rows = phone.open(f"{home}?{query}").text.partition("<tbody>")[2]
        assert seen in rows, query
        assert unseen not in rows, query
    page = phone.open(f"{home}?by=K001").text
    assert "给本人回电话" in page
    assert 'value="K001"' in page
    for query in ("by=X9", f"to={today - timedelta(days=1)}"):
        assert "没有这样的记录" in phone.open(f"{home}?{query}").text


def test_odd_filters_are_no_fault(db: Database, phone: Phone, desk: Desk, reader: Someone) -> None:
    for query in (
        "from=x&to=9999-99-99",
        "whom=person-x",
        "whom=" + "9" * 400,
        "before=-1",
        "act=%01",
        "by=%27--",
    ):
        assert phone.open(f"{desk(reader)}/audit?{query}").status_code == 200
    assert phone.open(f"{desk(reader)}/audit?act=%00").status_code == 400


def test_it_goes_on_page_by_page(db: Database, phone: Phone, town: Cast, desk: Desk, reader: Someone) -> None:
    for number in range(60):
        look(db, town.li, 1, f"c{number:03}")
    home = f"{desk(reader)}/audit"
    first = phone.open(f"{home}?act=reveal").text
    assert standing("c059", first)
    assert standing("c000", first) == []
    before = first.partition("act=reveal&amp;before=")[2].partition('"')[0]
    assert "c000" in phone.open(f"{home}?act=reveal&before={before}").text


def test_each_reading_and_each_file_of_it_is_in_the_log(
    db: Database, phone: Phone, town: Cast, desk: Desk, reader: Someone
) -> None:
    look(db, town.li, 1, "100014", whom=("person", town.wang.id))
    phone.open(f"{desk(reader)}/audit?by=K001")
    rows = list(exported(phone.open(f"{desk(reader)}/audit.xlsx?act=reveal")).active.values)
    assert len(rows) == 2
    assert rows[1][1:5] == ("李师傅", "keeper", "查看遮住的信息", "case 100014")
    read, took = acts(db)[-2:]
    assert (read.act, read.about_id) == ("log_read", "audit?by=K001")
    assert (took.act, took.about_id, took.many) == ("export", "audit.xlsx?act=reveal", 1)


def test_the_page_says_when_somebody_changed_a_row(
    db: Database, phone: Phone, town: Cast, desk: Desk, reader: Someone
) -> None:
    look(db, town.li, 1, "100014")
    db.write(chain.place)
    assert "核对无误" in phone.open(f"{desk(reader)}/audit").text

    def change() -> None:
        session().execute(text("DROP TRIGGER audit_acts_stay_update"))
        session().execute(text("UPDATE audit_acts SET by_id = 1 WHERE id = 1"))

    db.write(change)
    assert "对不上" in phone.open(f"{desk(reader)}/audit").text
