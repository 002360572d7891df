"""Sweep: no route, command, letter, log or column shows what stands in a mediation, but to the two."""

import io
import logging
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from cast import Cast
from commands import hemei
from factories import a_case
from page_phone import Phone
from sqlalchemy import select
from werkzeug.routing import Rule

from handlers import words
from models.base.actor import By
from models.base.clock import local, now
from models.base.links import KINDS, personal_path
from models.base.orm import Base, session
from models.mediation import mediating
from models.outbox.letter import Letter
from models.person.tables import Staff
from server.config import Config
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
CANARY = "金丝雀九四七"


@pytest.fixture
def secret(db: Database, town: Cast) -> dict[str, str]:
    """A quarrel about a case with everything in it, given by 赵 to 李; 马 is a supervisor, 孙 an admin."""

    def work() -> dict[str, str]:
        for one, role in ((town.ma, "supervisor"), (town.sun, "admin")):
            staff = session().scalars(select(Staff).where(Staff.person_id == one.id)).one()
            staff.roles, staff.community_id = [role], None
        case = a_case(reporter=town.wang, text="楼上和楼下吵起来了", category="dispute")
        zhao, li = By.staff(town.zhao.id), By.staff(town.li.id)
        began = local(now()).date()
        one = mediating.open_one(
            1, "noise", f"甲乙{CANARY}", f"事由{CANARY}", began, town.li.id, zhao, case_id=case.id
        )
        mediating.meet(one.public_id, now(), f"谈了{CANARY}", li)
        mediating.agree(one.public_id, f"说好{CANARY}", li)
        return {"key": one.public_id, "case": str(case.id), "number": case.number}

    return db.write(work)


def shown(content: bytes) -> str:
    """What a reader sees in an answer, also inside a workbook."""
    if content[:2] != b"PK":
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())


def paths(rule: Rule, person: int, secret: dict[str, str]) -> Iterator[str]:
    """The rule with everything that could stand in its places."""
    others = sorted(rule.arguments - {"token"})
    for kind in KINDS:
        token = personal_path(kind, person, int(secret["case"])).removeprefix("p/")
        for value in (secret["key"], secret["number"], "1") if others else ("",):
            filled = dict.fromkeys(others, value) | {"token": token}
            yield re.sub(r"<(?:[^<>:]+:)?(\w+)>", lambda place: filled[place[1]], rule.rule)  # noqa: B023
        if "token" not in rule.arguments:
            break


def pages(phone: Phone) -> list[Rule]:
    return [one for one in phone.client.application.url_map.iter_rules() if "GET" in (one.methods or ())]


@pytest.mark.parametrize("who", ["ma", "sun", "qian", "leader", "wang"])
def test_no_page_shows_it_to_anybody_but_the_two(
    phone: Phone, town: Cast, secret: dict[str, str], who: str
) -> None:
    seen = 0
    for rule in pages(phone):
        for path in paths(rule, getattr(town, who).id, secret):
            answer = phone.open(path)
            seen += answer.status_code == 200
            assert answer.status_code < 500, path
            assert CANARY not in shown(answer.data), path
    assert seen > 5


def test_the_two_see_it_on_that_page_and_on_no_other(
    phone: Phone, town: Cast, secret: dict[str, str]
) -> None:
    found = {
        (one.name, rule.endpoint.rpartition(".")[2])
        for one in (town.zhao, town.li)
        for rule in pages(phone)
        for path in paths(rule, one.id, secret)
        if CANARY in shown(phone.open(path).data)
    }
    assert found == {(town.zhao.name, "mediation"), (town.li.name, "mediation")}


def test_no_column_of_any_table_holds_it(
    db: Database, phone: Phone, town: Cast, secret: dict[str, str]
) -> None:
    here = "/" + personal_path("desk", town.li.id) + "/mediations"
    phone.open(f"{here}/one/{secret['key']}")
    form = {"kind": "noise", "parties": CANARY, "matter": CANARY, "began": "2020-01-01"}
    phone.send("/" + personal_path("desk", town.zhao.id) + "/mediations/open", **form)
    with db.read() as current:
        for table in Base.metadata.sorted_tables:
            rows = current.execute(select(table)).all()
            assert CANARY not in repr(rows), table.name


def test_letters_say_that_there_is_one_and_nothing_else(db: Database, secret: dict[str, str]) -> None:
    with db.read():
        letters = list(session().scalars(select(Letter)))
    kinds = {one.kind for one in letters}
    assert "mediation_given" in kinds
    for one in letters:
        for way in ("work", "template", "mini", "chat", "hand", "sms", "call"):
            if words.speaks(one.kind, way):
                assert CANARY not in repr(words.letter(one.kind, way, one.facts))
        if one.kind.startswith("mediation"):
            assert secret["number"] not in repr(one.facts)


COMMANDS = (
    "case list --json", "case show {number} --json", "letter list --json", "enquiry list --json",
    "notice list --json", "mediation counts --json", "mediation counts", "grid list --json", "doctor --json",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_says_it(command: str, config: Config, secret: dict[str, str], tmp_path: Path) -> None:
    done = hemei(*command.format(**secret).split(), cwd=tmp_path, HEMEI_CONFIG=str(config.path))
    assert done.returncode in (0, 1), done.stderr
    assert CANARY not in done.stdout + done.stderr
    assert secret["key"] not in done.stdout + done.stderr


def test_no_log_line_holds_it(
    phone: Phone, town: Cast, secret: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    here = "/" + personal_path("desk", town.li.id) + f"/mediations/one/{secret['key']}"
    phone.open(here)
    phone.send(f"{here}/check", kept="yes")
    phone.send("/" + personal_path("desk", town.zhao.id) + "/mediations/open", matter=CANARY, parties=CANARY)
    assert CANARY not in caplog.text
