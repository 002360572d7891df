"""Importing: all or nothing, again without doubles, with history, on both databases."""

from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from town_workbooks import Sheets, bring_in, small_town

from models.account import accounts
from models.account.rules import ASVS
from models.account.tables import Account
from models.base.orm import session
from models.base.privacy import blind
from models.duty.tables import Department, Keeper, RungHolder
from models.outbox.address import Address, owner_of
from models.person.arriving import meet
from models.person.tables import Person, Staff
from models.place.gazetteer import town
from models.place.owners import open_owner, open_phone
from models.place.tables import Building, BuildingGroup, Estate, Household, Unit
from models.place.version import version
from models.town.problems import WorkbookRefused
from models.town.writing import DryRun
from server.database import Database


def read(db: Database, look: Callable[[], Any]) -> Any:
    with db.read():
        return look()


def one(db: Database, statement: Any) -> Any:
    return read(db, lambda: session().scalars(statement).one())


def everything(db: Database, statement: Any) -> list[Any]:
    return list(read(db, lambda: session().scalars(statement).all()))


def test_a_town_comes_in_whole(db: Database) -> None:
    counts = bring_in(db, small_town())
    assert {code: tally["added"] for code, tally in counts.items()} == {
        "communities": 1, "grids": 1, "estates": 1, "buildings": 3,
        "households": 2, "staff": 5, "departments": 1, "groups": 2,
    }  # fmt: skip
    estate = one(db, select(Estate))
    assert (estate.aliases, estate.management, estate.fee_rate) == (["育英", "老育英"], "community_led", 3000)
    home = one(db, select(Household).where(Household.room == "501"))
    assert (home.unit_name, home.area) == ("2", 6350)
    key = (home.building_id, "2", "501")
    assert (open_owner(key, home.owner_sealed), open_phone(key, home.phone_sealed)) == ("张三", "13900000001")
    assert home.phone_hash == blind("13900000001", "phone")
    assert one(db, select(Department)).categories == ["lighting", "road"]


def test_names_and_phones_are_not_readable_in_the_database(db: Database) -> None:
    bring_in(db, small_town())
    home = one(db, select(Household).where(Household.room == "501"))
    assert "张三" not in home.owner_sealed
    assert "13900000001" not in home.phone_sealed + home.phone_hash
    assert b"13900000001" not in b64decode(home.phone_sealed)
    assert open_owner((home.building_id, "2", "502"), home.owner_sealed) is None  # moved to another home


def test_importing_again_changes_and_doubles_nothing(db: Database) -> None:
    bring_in(db, small_town())
    before = read(db, lambda: (session().scalar(select(func.count(Unit.id))), version()))
    counts = bring_in(db, small_town())
    assert all(tally["added"] == tally["changed"] == 0 for tally in counts.values())
    units, at = read(db, lambda: (session().scalar(select(func.count(Unit.id))), version()))
    assert units == before[0]
    assert at > before[1]


def test_one_changed_cell_changes_one_row(db: Database) -> None:
    bring_in(db, small_town())
    for sheet, heading, value, code in [
        ("社区", "街道", "新街道", "communities"),
        ("网格", "网格员", "G2", "grids"),
        ("小区", "物业单价", "0.35", "estates"),
        ("楼栋", "包保干部", "G1", "buildings"),
        ("住户", "业主", "李四", "households"),
        ("工作人员", "手机", "13800000009", "staff"),
        ("工作人员", "姓名", "李东", "staff"),
        ("工作人员", "企业微信", "lidong", "staff"),
        ("部门", "受理类别", "lighting", "departments"),
        ("群", "标识", "wr2", "groups"),
    ]:
        sheets = small_town()
        sheets[sheet][1][sheets[sheet][0].index(heading)] = value
        changed = {name: tally["changed"] for name, tally in bring_in(db, sheets).items() if tally["changed"]}
        assert changed == {code: 1}, heading
        bring_in(db, small_town())


def test_rows_left_out_stay_and_columns_left_out_keep_what_they_hold(db: Database) -> None:
    bring_in(db, small_town())
    bring_in(
        db,
        {
            "楼栋": [["小区", "楼号"], ["育英小区", 3]],
            "工作人员": [["工号", "姓名", "角色"], ["K1", "李卫东", "物业"]],
        },
    )
    building = one(db, select(Building).where(Building.name == "3"))
    assert (building.unit_count, building.keeper_unit) == (2, "区住建局")
    assert len(everything(db, select(Building))) == 3
    assert len(everything(db, select(Keeper).where(Keeper.until.is_(None)))) == 1
    staff = one(db, select(Staff).where(Staff.number == "K1"))
    assert (staff.employer, staff.roles) == ("区住建局", ["property"])
    assert read(db, lambda: owner_of("work", "liweidong")) == staff.person_id


def test_blank_cells_empty_what_was_there(db: Database) -> None:
    bring_in(db, small_town())
    bring_in(
        db, {"住户": [["小区", "楼号", "单元", "室号", "业主", "手机"], ["育英小区", 3, 2, 501, "", ""]]}
    )
    home = one(db, select(Household).where(Household.room == "501"))
    assert (home.owner_sealed, home.phone_sealed, home.phone_hash, home.area) == (None, None, None, 6350)


def test_who_held_a_duty_when_stays_known(db: Database) -> None:
    bring_in(db, small_town())
    sheets = small_town()
    sheets["楼栋"][1][-1] = "G1、K1"
    sheets["网格"][1][-1] = ""
    bring_in(db, sheets)
    sheets["楼栋"][1][-1] = "G1"
    bring_in(db, sheets)
    number = {staff.person_id: staff.number for staff in everything(db, select(Staff))}
    kept = everything(db, select(Keeper).order_by(Keeper.id))
    assert [(number[row.person_id], row.until is None) for row in kept] == [("K1", False), ("G1", True)]
    held = everything(db, select(RungHolder).order_by(RungHolder.id))
    assert [(number[row.person_id], row.rung, row.until is None) for row in held] == [
        ("G1", 0, False),
        ("G2", 1, True),
    ]


def test_units_come_from_their_count_and_from_homes(db: Database) -> None:
    sheets = small_town()
    sheets["住户"].append(["育英小区", 4, "东", 101, "", "", ""])
    bring_in(db, sheets)
    buildings = {row.id: row.name for row in everything(db, select(Building))}
    units = sorted((buildings[row.building_id], row.name) for row in everything(db, select(Unit)))
    assert units == [("3", "1"), ("3", "2"), ("4", "1"), ("4", "2"), ("4", "东")]


def test_two_people_may_swap_their_userids(db: Database) -> None:
    bring_in(db, small_town())
    sheets = small_town()
    sheets["工作人员"][1][-1], sheets["工作人员"][2][-1] = "wangmin", "liweidong"
    bring_in(db, sheets)
    number = {staff.person_id: staff.number for staff in everything(db, select(Staff))}
    owners = read(
        db, lambda: {userid: number[owner_of("work", userid) or 0] for userid in ("wangmin", "liweidong")}
    )
    assert owners == {"wangmin": "K1", "liweidong": "G1"}


def test_two_groups_may_swap_their_ids(db: Database) -> None:
    sheets = small_town()
    sheets["群"][2][3:5] = ["企业微信客户群", "wr2"]
    bring_in(db, sheets)
    sheets["群"][1][4], sheets["群"][2][4] = "wr2", "wr1"
    bring_in(db, sheets)
    groups = {row.id: row.name for row in everything(db, select(BuildingGroup))}
    ways = {
        groups[row.owner_id]: row.value
        for row in everything(db, select(Address).where(Address.owner_kind == "group"))
    }
    assert ways == {"3号楼群": "wr2", "居民群": "wr1"}


def test_somebody_who_wrote_first_is_the_same_person(db: Database) -> None:
    writer = db.write(meet, "work", "liweidong").person_id
    bring_in(db, small_town())
    assert one(db, select(Staff).where(Staff.number == "K1")).person_id == writer
    later = db.write(meet, "work", "linhong2").person_id
    sheets = small_town()
    sheets["工作人员"][4][-1] = "linhong2"
    bring_in(db, sheets)
    desk = one(db, select(Staff).where(Staff.number == "C1")).person_id
    assert desk != later
    assert read(db, lambda: owner_of("work", "linhong2")) == desk


def test_leaving_is_said_by_the_status(db: Database) -> None:
    bring_in(db, small_town())
    bring_in(db, {"楼栋": [["小区", "楼号", "状态"], ["育英小区", 4, "停用"]]})
    assert read(db, lambda: [place.name for place in town().buildings.values()]) == ["3", "5"]
    bring_in(db, small_town())
    assert not one(db, select(Building).where(Building.name == "4")).active  # nobody said that it is back
    bring_in(db, {"楼栋": [["小区", "楼号", "状态"], ["育英小区", 4, ""]]})
    assert one(db, select(Building).where(Building.name == "4")).active


@pytest.mark.parametrize(
    ("name", "status", "stays"), [("林红", "", True), ("别人", "", False), ("林红", "停用", False)]
)
def test_who_leaves_or_is_somebody_else_is_let_in_by_nothing_old(
    db: Database, name: str, status: str, stays: bool
) -> None:
    bring_in(db, small_town())
    desk = one(db, select(Staff).where(Staff.number == "C1"))
    db.write(accounts.set_password, desk.person_id, "a-hash", ASVS)
    bring_in(db, {"工作人员": [["工号", "姓名", "角色", "状态"], ["C1", name, "社区", status]]})
    assert (one(db, select(Account)).password_hash == "a-hash") is stays


def test_a_dry_run_checks_and_keeps_nothing(db: Database) -> None:
    with pytest.raises(DryRun) as tried:
        bring_in(db, small_town(), dry_run=True)
    assert tried.value.summary.as_dict()["buildings"]["added"] == 3
    assert everything(db, select(Building)) == []
    assert read(db, version) is None


def test_all_or_nothing(db: Database) -> None:
    sheets: Sheets = small_town()
    sheets["群"][2][-1] = "nobody"
    with pytest.raises(WorkbookRefused):
        bring_in(db, sheets)
    assert everything(db, select(Building)) == everything(db, select(Person)) == []


def test_the_rows_done_are_told_on_the_way(db: Database) -> None:
    done: list[int] = []
    bring_in(db, small_town(), progress=done.append)
    assert sum(done) == 16
