"""The workbook in the browser: looked through, taken by one who may, given back marked."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from cast import Cast, Someone
from openpyxl import load_workbook
from page_phone import Phone
from sqlalchemy import select
from town_workbooks import Sheets, as_workbook

from models.base.clock import now
from models.base.orm import put, session
from models.person.tables import Grant, Staff
from models.place.tables import Building, Estate, Household
from models.place.version import raise_version
from models.town import bringing_in, xlsx
from models.town.tables import TownImport
from server.config import Config
from server.database import Database
from server.importing import work_on

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Desk = Callable[[Someone], str]
GOOD: Sheets = {
    "楼栋": [["小区", "楼号", "单元数", "社区"], ["育英小区", "21", "2", "育英社区"]],
    "住户": [
        ["小区", "楼号", "室号", "业主", "手机", "社区"],
        ["育英小区", "21", "101", "周金丝雀", "13911112222", "育英社区"],
    ],
}
BAD: Sheets = {
    "楼栋": [
        ["小区", "楼号", "单元数", "社区"],
        ["育英小区", "22", "两个", "育英社区"],
        ["没有的", "1", "1", ""],
    ],
}


def staff(number: str, name: str, role: str) -> Sheets:
    return {"工作人员": [["工号", "姓名", "角色", "社区"], [number, name, role, "育英社区"]]}


@pytest.fixture
def book(tmp_path: Path) -> Callable[[Sheets], bytes]:
    def made(sheets: Sheets) -> bytes:
        xlsx.write(as_workbook(sheets), tmp_path / "town.xlsx")
        return (tmp_path / "town.xlsx").read_bytes()

    return made


@pytest.fixture
def bring(phone: Phone, desk: Desk, book: Callable[[Sheets], bytes], db: Database, config: Config):
    """Uploads as this person, and lets the clock work on it. Gives the path of its page."""

    def brought(who: Someone, sheets: Sheets) -> str:
        path = f"{desk(who)}/import"
        answer = phone.send(path, book=(BytesIO(book(sheets)), "育英.xlsx"))
        assert answer.status_code == 303, answer.text
        work_on(config, db)
        return f"{path}/{answer.location.rpartition('/')[2]}"

    return brought


def rooms(db: Database) -> set[str]:
    with db.read():
        query = select(Household.room).join(Building).join(Estate)
        return set(session().scalars(query.where(Building.name == "21", Estate.name == "育英小区")))


def test_it_is_looked_through_first_and_taken_when_somebody_says_so(
    db: Database, phone: Phone, town: Cast, bring, config: Config
) -> None:
    path = bring(town.zhao, GOOD)
    page = phone.open(path).text
    assert "没有错，等您确认" in page
    assert "周金丝雀" not in page
    assert rooms(db) == set()
    assert "正在写进去" in phone.sent_and_shown(f"{path}/take")
    assert phone.open(f"{path}/progress").json["live"]
    work_on(config, db)
    assert rooms(db) == {"101"}
    assert "写进去了" in phone.open(path).text
    assert not phone.open(f"{path}/progress").json["live"]
    assert "已经在写了" in phone.sent_and_shown(f"{path}/take")
    with db.read():
        assert session().scalars(select(TownImport.file_sealed)).one() is None


def test_with_errors_nothing_is_taken_and_the_file_comes_back_marked(
    db: Database, phone: Phone, town: Cast, bring
) -> None:
    path = bring(town.zhao, BAD)
    page = phone.open(path).text
    assert "一行也没有写进去" in page
    assert "两个" in page
    assert phone.send(f"{path}/take").status_code == 409
    answer = phone.open(f"{path}/marked.xlsx")
    sheet = load_workbook(BytesIO(answer.data))["楼栋"]
    cell = sheet["C2"]
    assert "不是" in cell.comment.text
    assert cell.fill.fgColor.rgb.endswith("F8CBAD")
    assert sheet["A3"].comment is not None
    assert sheet["A2"].comment is None
    assert sheet["B2"].value == "22"


@pytest.mark.parametrize(
    ("sheets", "says"),
    [
        ({"社区": [["社区"], ["育英社区"]]}, "全镇的"),
        ({"楼栋": [["小区", "楼号", "社区"], ["建设小区", "9", "建设社区"]]}, "不是“育英社区”的"),
        ({"小区": [["小区", "社区"], ["新小区", "建设社区"]]}, "不是“育英社区”的"),
        (staff("Z9", "自己", "管理员"), "由管理员来给"),
        (staff("C001", "赵主任", "网格员"), "由管理员来改"),
        (staff("C002", "钱主任", "网格员"), "不是“育英社区”的"),
    ],
)  # fmt: skip
def test_a_desk_brings_in_its_own_community_and_nobodys_rights(
    db: Database, phone: Phone, town: Cast, bring, sheets: Sheets, says: str
) -> None:
    path = bring(town.zhao, sheets)
    assert says in phone.open(path).text
    assert phone.send(f"{path}/take").status_code == 409


def test_a_desk_does_not_take_another_communitys_grid(db: Database, phone: Phone, town: Cast, bring) -> None:
    path = bring(town.qian, {"网格": [["网格", "社区"], ["育英一网格", "建设社区"]]})
    assert "不是“建设社区”的" in phone.open(path).text


def test_an_administrator_brings_in_everything(db: Database, phone: Phone, town: Cast, bring) -> None:
    def promoted() -> None:
        session().scalars(select(Staff).where(Staff.person_id == town.leader.id)).one().roles = ["admin"]
        raise_version()

    db.write(promoted)
    path = bring(town.leader, {"社区": [["社区", "街道"], ["新社区", "和美街道"]]})
    assert "没有错，等您确认" in phone.open(path).text


def test_nobody_else_sees_an_import_or_brings_one_in(phone: Phone, town: Cast, desk: Desk, bring) -> None:
    key = bring(town.zhao, GOOD).rpartition("/")[2]
    for who in ("li", "sun", "leader"):
        assert phone.open(f"{desk(getattr(town, who))}/import").status_code == 404
    for more in ("", "/progress", "/marked.xlsx"):
        assert phone.open(f"{desk(town.qian)}/import/{key}{more}").status_code == 404
    assert phone.send(f"{desk(town.qian)}/import/{key}/take").status_code == 404


def test_what_is_no_workbook_is_answered_plainly(
    phone: Phone, town: Cast, desk: Desk, db: Database, config: Config
) -> None:
    path = f"{desk(town.zhao)}/import"
    assert phone.send(path).status_code == 422
    answer = phone.send(path, book=(BytesIO(b"no zip"), "x.xlsx"))
    work_on(config, db)
    assert "这不是 .xlsx" in phone.open(f"{path}/{answer.location.rpartition('/')[2]}").text


def test_a_file_lies_there_sealed_and_no_longer_than_a_day(db: Database, town: Cast, bring) -> None:
    bring(town.zhao, GOOD)
    with db.read():
        sealed = session().scalars(select(TownImport.file_sealed)).one()
    assert sealed is not None
    assert b"[Content_Types].xml" not in sealed  # a name that stands in every workbook
    with time_machine.travel(now() + timedelta(hours=25)):
        assert db.write(bringing_in.forget_old) == 1
    with db.read():
        one = session().scalars(select(TownImport)).one()
        assert (one.file_sealed, one.state) == (None, "ended")


def test_a_desk_does_not_touch_who_was_granted_more_nor_how_others_come_in(
    db: Database, phone: Phone, town: Cast, bring
) -> None:
    """Whoever has somebody's 企业微信 comes in as that person."""

    def grant() -> None:
        put(Grant, person_id=town.li.id, role="admin", since=now(), reason="r", at=now())
        raise_version()

    db.write(grant)
    heads = ["工号", "姓名", "角色", "社区", "企业微信"]
    for row, is_refused in (
        (["K001", "李师傅", "包保干部", "育英社区", "another"], True),  # administers the town
        (["N001", "新来的", "包保干部", "育英社区", "zheng"], True),  # that is the street's
        (["N001", "新来的", "包保干部", "育英社区", "wu"], True),  # of another community
        (["N001", "新来的", "包保干部", "育英社区", "ma"], False),  # a colleague of the own community
        (["N001", "新来的", "包保干部", "育英社区", "fresh"], False),
    ):
        page = phone.open(bring(town.zhao, {"工作人员": [heads, row]})).text
        assert ("他的行要由管理员来改" in page) is is_refused, row
