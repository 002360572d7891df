"""A list as a file: noted, signed at its foot, within a day's limit; of many people by two persons (A11)."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from cast import Cast, Someone
from exported import exported
from factories import a_case
from page_phone import Phone
from settings_files import configuration, plain_url
from sqlalchemy import select, update

from handlers.console.cookies import SESSION
from handlers.pages.front import plain_name
from handlers.words import use_base_url
from models.account import sessions
from models.audit.noting import Who, note
from models.audit.tables import Act, ExportAsk
from models.base.actor import By
from models.base.clock import now
from models.base.orm import put, session
from models.person.tables import Grant, Staff
from models.place.tables import Community
from models.place.version import raise_version
from server.app import create_app
from server.config import Config
from server.database import Database

Desk = Callable[[Someone], str]
pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def config(db: Database, tmp_path: Path) -> Config:
    return configuration(
        tmp_path,
        plain_url(db),
        server={"base_url": "http://localhost"},
        audit={"rows_a_day": 100, "people_alone": 3},
    )


@pytest.fixture
def phone(db: Database, config: Config) -> Phone:
    use_base_url(config.server.base_url)
    return Phone(create_app(config, db).test_client())


def exports(db: Database) -> list[tuple[str, int, str]]:
    with db.read():
        found = session().scalars(select(Act).where(Act.act == "export").order_by(Act.id))
        return [(one.about_id, one.many, one.result) for one in found]


def supervise(db: Database, *people: Someone) -> None:
    def work() -> None:
        keys = [one.id for one in people]
        session().execute(
            update(Staff).where(Staff.person_id.in_(keys)).values(roles=["community", "supervisor"])
        )
        raise_version()

    db.write(work)


def looks(db: Database, town: Cast, people: int) -> None:
    """Each at somebody else."""
    for number in range(people):
        who = Who(By.staff(town.li.id), "keeper", 1)
        db.write(partial(note, "reveal", who, ("case", str(number)), whom=("person", number)))


def test_a_file_says_who_took_it_and_the_log_what(db: Database, phone: Phone, town: Cast, desk: Desk) -> None:
    db.write(lambda: a_case(reporter=town.wang) and None)
    answer = phone.open(f"{desk(town.zhao)}/chain.xlsx?x=1")
    book = exported(answer)
    assert book.active.oddFooter.left.text.startswith("导出：赵主任（C001）")
    rows = sum(len(list(sheet.values)) - 1 for sheet in book.worksheets)
    assert exports(db) == [("chain.xlsx?x=1", rows, "ok")]


def test_a_day_has_its_limit_and_what_was_refused_is_noted(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    zhao = Who(By.staff(town.zhao.id), "community", 1)
    db.write(lambda: note("export", zhao, ("page", "x"), many=100))
    answer = phone.open(f"{desk(town.zhao)}/chain.xlsx")
    assert answer.status_code == 409
    assert "今天导出的行数到上限了" in answer.text
    assert exports(db)[-1][2] == "refused"
    assert phone.open(f"{desk(town.leader)}/chain.xlsx").status_code == 200


def test_many_people_are_taken_out_by_two(db: Database, phone: Phone, town: Cast, desk: Desk) -> None:
    supervise(db, town.zhao)
    looks(db, town, 4)
    path = f"{desk(town.zhao)}/audit.xlsx?act=reveal"
    refused = phone.open(path)
    assert refused.status_code == 403
    assert "4人（户）" in refused.text
    form = {"what": "pages.audit_excel", "list": "audit.xlsx?act=reveal", "many": "4"}
    assert "请写明导出做什么用" in phone.send(f"{desk(town.zhao)}/exports/ask", **form, reason=" ").text
    assert "申请记下了" in phone.sent_and_shown(f"{desk(town.zhao)}/exports/ask", **form, reason="查一次投诉")
    with db.read():
        key = session().scalars(select(ExportAsk.public_id)).one()
    assert phone.send(f"{desk(town.zhao)}/exports/{key}/agree").status_code == 404
    assert phone.send(f"{desk(town.qian)}/exports/{key}/agree").status_code == 404
    assert phone.open(path).status_code == 403
    page = phone.open(f"{desk(town.leader)}/exports").text
    assert "查一次投诉" in page
    assert "同意了" in phone.sent_and_shown(f"{desk(town.leader)}/exports/{key}/agree")
    assert len(list(exported(phone.open(path)).active.values)) == 5
    assert phone.open(path).status_code == 403
    assert [result for _, _, result in exports(db)] == ["refused", "refused", "ok", "refused"]


def test_many_people_ask_for_a_second_factor_shown_lately(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    supervise(db, town.zhao)
    looks(db, town, 4)
    phone.led(desk(town.zhao))
    weak = db.write(partial(sessions.begin, town.zhao.id, "work", strong=False))
    phone.client.set_cookie(SESSION, weak)
    answer = phone.open("/console/audit.xlsx?act=reveal")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/console/again?next=/console/audit.xlsx%3Fact%3Dreveal"
    assert exports(db) == []
    assert phone.open("/console/chain.xlsx").status_code == 200


def test_an_ask_leads_nowhere_else(db: Database, phone: Phone, town: Cast, desk: Desk) -> None:
    for path in ("//evil.example/x", "https://evil.example", "\\evil", "/etc/passwd"):
        form = {"what": "x", "list": path, "many": "4", "reason": "r"}
        assert phone.send(f"{desk(town.zhao)}/exports/ask", **form).status_code == 404


@pytest.mark.parametrize("several", [False, True])
def test_a_list_of_several_parts_is_agreed_to_by_whoever_decides_over_all(
    db: Database, phone: Phone, town: Cast, desk: Desk, several: bool
) -> None:
    supervise(db, town.zhao, town.li)

    def grant() -> None:
        key = session().scalars(select(Community.id).where(Community.name == "建设社区")).one()
        post = {"person_id": town.zhao.id, "role": "supervisor", "community_id": key}
        put(Grant, since=now(), reason="r", at=now(), **post)
        raise_version()

    if several:
        db.write(grant)
    form = {"what": "pages.audit_excel", "list": "audit.xlsx", "many": "4", "reason": "查一次投诉"}
    phone.send(f"{desk(town.zhao)}/exports/ask", **form)
    with db.read():
        key = session().scalars(select(ExportAsk.public_id)).one()
    by = town.leader if several else town.li
    other = town.li if several else town.qian
    assert phone.send(f"{desk(other)}/exports/{key}/agree").status_code == 404
    assert "同意了" in phone.sent_and_shown(f"{desk(by)}/exports/{key}/agree")


@pytest.mark.parametrize("name", ["一行\r\n两行", "a/b\\c:\0", "plain 名单"])
def test_a_file_is_named_by_what_a_header_holds(db: Database, name: str) -> None:
    named = plain_name(name)
    assert named.isprintable()
    assert not set(named) & set('/\\:*?"<>|')
    assert (named == name) is (name == "plain 名单")
