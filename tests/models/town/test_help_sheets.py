"""The optional sheets 驿站 and 问答, and the staff's 值班电话."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from town_workbooks import Sheets, bring_in, small_town

from models.base.orm import session
from models.duty.answering import answerer
from models.enquiry.known import known_answer
from models.person.tables import Staff
from models.place.stations import Station, nearest, stations
from models.place.tables import Community
from models.station.medicine import there
from models.town import exporting, parse, take, xlsx
from models.town.problems import WorkbookRefused
from server.database import Database

STATION = ["驿站", "社区", "小区", "有什么", "位置", "开放时间", "经度", "纬度"]
ANSWER = ["问题", "社区", "问法", "答", "出处", "日期", "有效期至"]


def with_help() -> Sheets:
    return small_town() | {
        "驿站": [
            STATION,
            [
                "暖心驿站",
                "育才社区",
                "育英小区",
                "座位、热水",
                "2号楼一层",
                "每天 8:00-20:00",
                126.971,
                46.64,
            ],
            ["骑手之家", "育才社区", "", "手机充电", "", "", "", ""],
        ],
        "问答": [
            ANSWER,
            ["停暖", "", "停暖+几号、供暖+结束", "到4月15日。", "供热公司通知", "2026-10-10", "2027/4/15"],
            ["停水", "育才社区", "停水", "今晚没有停水。", "供水公司", "2026年11月20日", ""],
        ],
    }


def refused(db: Database, sheets: Sheets) -> list[tuple[str, int | None, str | None]]:
    with pytest.raises(WorkbookRefused) as found:
        bring_in(db, sheets)
    return [(one.code, one.row, one.column) for one in found.value.problems]


def test_they_come_in_and_go_out_again_unchanged(db: Database, tmp_path: Path) -> None:
    first = bring_in(db, with_help())
    assert (first["stations"]["added"], first["answers"]["added"]) == (2, 2)
    again = bring_in(db, with_help())
    assert again["stations"] == again["answers"] == {"added": 0, "changed": 0, "same": 2}
    with db.read():
        made = exporting.export()
    xlsx.write(made, tmp_path / "town.xlsx")
    assert dict(made.sheets)["驿站"][1][:4] == ["暖心驿站", "育才社区", "育英小区", "座位、热水"]
    assert [row[5:] for row in dict(made.sheets)["问答"][1:]] == [
        ["2026-10-10", "2027-04-15"],
        ["2026-11-20", ""],
    ]
    third = db.write(take, parse(made)).as_dict()
    assert third["stations"]["same"] == third["answers"]["same"] == 2


def test_without_them_the_workbook_is_that_of_the_contract(db: Database, tmp_path: Path) -> None:
    bring_in(db, small_town())
    with db.read():
        assert [title for title, _ in exporting.export().sheets] == list(small_town())
    xlsx.write_template(tmp_path / "blank.xlsx")
    pages = load_workbook(tmp_path / "blank.xlsx")
    assert pages.sheetnames[:8] == list(small_town())
    assert [page.title for page in pages if page["A2"].value is None] == [
        "微网格",
        "驿站",
        "驿站药品",
        "问答",
    ]


def test_what_came_in_is_found(db: Database) -> None:
    bring_in(db, with_help())
    noon = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
    with db.read():
        community = session().scalars(select(Community.id)).one()
        assert [one.name for one in stations()] == ["暖心驿站", "骑手之家"]
        (near,) = nearest((126.97, 46.64), frozenset({"water"}), at=noon)
        assert near.metres is not None
        assert 70 < near.metres < 80
        assert near.opening is not None
        assert near.opening.is_open
        found = known_answer("供暖到几号结束", community_id=None, today=noon.date())
        assert found is not None
        assert found.source == "供热公司通知"
        assert known_answer("明天停水不", community_id=community, today=noon.date()) is not None
        assert known_answer("明天停水不", community_id=None, today=noon.date()) is None


@pytest.mark.parametrize(
    ("sheet", "place", "value", "code"),
    [
        ("驿站", 1, "没有的社区", "unknown_community"),
        ("驿站", 2, "没有的小区", "unknown_estate"),
        ("驿站", 3, "游泳池", "unknown_choice"),
        ("驿站", 5, "看心情", "hours_unclear"),
        ("驿站", 6, 200, "out_of_range"),
        ("问答", 1, "没有的社区", "unknown_community"),
        ("问答", 2, "", "required"),
        ("问答", 3, "长" * 601, "too_much_text"),
        ("问答", 5, "上礼拜", "not_a_day"),
        ("问答", 5, "2026-02-30", "not_a_day"),
        ("问答", 6, ("date",), "date"),
    ],
)
def test_what_is_wrong_is_said_by_row_and_column(
    db: Database, sheet: str, place: int, value: Any, code: str
) -> None:
    sheets = with_help()
    sheets[sheet][1][place] = value
    assert refused(db, sheets) == [(code, 2, sheets[sheet][0][place])]


def test_an_estate_of_another_community_is_no_place_for_a_station(db: Database) -> None:
    sheets = with_help()
    sheets["社区"].append(["和平社区", "", ""])
    sheets["驿站"][1][1] = "和平社区"
    assert refused(db, sheets) == [("estate_not_there", 2, "小区")]


def test_a_duty_phone_is_told_and_the_own_one_never(db: Database) -> None:
    sheets = small_town()
    sheets["工作人员"] = [[*row, "值班电话" if n == 0 else ""] for n, row in enumerate(sheets["工作人员"])]
    sheets["工作人员"][2][-1] = "0455-1234567"
    bring_in(db, sheets)
    with db.read():
        known = {
            staff.number: answerer(staff.person_id).phone  # type: ignore[union-attr]
            for staff in session().scalars(select(Staff))
        }
        assert known["G1"] == "0455-1234567"
        assert set(known.values()) == {None, "0455-1234567"}
        exported = {row[0]: row[-1] for row in dict(exporting.export().sheets)["工作人员"]}
        assert exported["G1"] == "0455-1234567"


def test_who_looks_after_a_station_and_its_medicine(db: Database) -> None:
    sheets = with_help()
    sheets["驿站"] = [
        [*STATION, "管理人"],
        *([*row, "K1" if row[0] == "暖心驿站" else ""] for row in sheets["驿站"][1:]),
    ]
    heading = ["驿站", "社区", "药品", "件数", "有效期至"]
    sheets["驿站药品"] = [heading, ["暖心驿站", "育才社区", "创可贴", 20, "2027-06-30"]]
    assert bring_in(db, sheets)["medicines"] == {"added": 1, "changed": 0, "same": 0}
    sheets["驿站药品"][1][3] = 12
    assert bring_in(db, sheets)["medicines"] == {"added": 0, "changed": 1, "same": 0}
    with db.read():
        (station,) = session().scalars(select(Station).where(Station.caretaker_id.is_not(None)))
        ((batch,),) = there([station.id]).values()
        assert (batch.name, batch.amount, str(batch.expires_on)) == ("创可贴", 12, "2027-06-30")
        found = dict(exporting.export().sheets)
        assert found["驿站"][1][-1] == "K1"
        assert found["驿站药品"] == [heading, ["暖心驿站", "育才社区", "创可贴", "12", "2027-06-30"]]
    gone = {"驿站药品": [[*heading, "状态"], [*sheets["驿站药品"][1], "停用"]]}
    bring_in(db, gone)
    with db.read():
        assert there([station.id]) == {}
    sheets["驿站药品"].append(["别的站", "育才社区", "碘伏", 1, "2027-06-30"])
    sheets["驿站"][1][-1] = "K99"
    assert refused(db, sheets) == [("unknown_staff", 2, "管理人"), ("unknown_station", 3, "驿站")]
