"""标签 on estates and buildings, 队伍 of staff: optional columns by which notices choose."""

import pytest
from sqlalchemy import select
from town_workbooks import Sheets, bring_in, small_town

from models.base.orm import session
from models.notice.audience import Audience, reach_of
from models.person.tables import Staff
from models.place.gazetteer import town
from models.place.tables import Building, Estate
from models.town.exporting import export
from models.town.problems import WorkbookRefused
from server.database import Database


def tagged() -> Sheets:
    sheets = small_town()
    sheets["小区"] = [[*sheets["小区"][0], "标签"], [*sheets["小区"][1], "老旧小区"]]
    heads, third, *rest = sheets["楼栋"]
    sheets["楼栋"] = [[*heads, "标签"], [*third, "无电梯、临街"], *([*row, ""] for row in rest)]
    heads, keeper, *rest = sheets["工作人员"]
    sheets["工作人员"] = [[*heads, "队伍"], [*keeper, "清雪队"], *([*row, ""] for row in rest)]
    return sheets


def test_they_come_in_and_go_out_again(db: Database) -> None:
    bring_in(db, tagged())
    with db.read():
        assert session().scalars(select(Estate.tags)).all() == [["老旧小区"]]
        assert session().scalars(select(Building.tags).order_by(Building.id)).all() == [
            ["无电梯", "临街"], [], [],
        ]  # fmt: skip
        assert session().scalars(select(Staff.teams).where(Staff.number == "K1")).all() == [["清雪队"]]
        sheets = dict(export().sheets)
    assert sheets["小区"][0][-1] == "标签"
    assert [row[-1] for row in sheets["楼栋"]] == ["标签", "无电梯、临街", "", ""]
    assert [row[-1] for row in sheets["工作人员"]] == ["队伍", "", "", "", "", "清雪队"]
    assert all(tally["changed"] == tally["added"] == 0 for tally in bring_in(db, tagged()).values())


def test_a_workbook_without_the_columns_changes_none_of_them(db: Database) -> None:
    bring_in(db, tagged())
    bring_in(db, small_town())
    with db.read():
        third = town().building(next(iter(town().estates)), "3")
        assert third is not None
        assert third.tags == {"老旧小区", "无电梯", "临街"}
        assert session().scalars(select(Staff.teams).where(Staff.number == "K1")).one() == ["清雪队"]


def test_a_cell_that_is_emptied_takes_them_off(db: Database) -> None:
    bring_in(db, tagged())
    bring_in(db, {"小区": [["小区", "社区", "标签"], ["育英小区", "育才社区", ""]]})
    with db.read():
        assert session().scalars(select(Estate.tags)).one() == []


@pytest.mark.parametrize(("cell", "code"), [("临街、临街", "twice_in_cell"), ("长" * 201, "too_much_text")])
def test_what_cannot_be_a_tag_is_said_with_its_row(db: Database, cell: str, code: str) -> None:
    sheets = tagged()
    sheets["楼栋"][1][-1] = cell
    with pytest.raises(WorkbookRefused) as refused:
        bring_in(db, sheets)
    (problem,) = refused.value.problems
    assert (problem.code, problem.sheet, problem.row, problem.column) == (code, "楼栋", 2, "标签")


def test_a_notice_finds_them_at_once(db: Database) -> None:
    bring_in(db, tagged())
    with db.read():
        assert len(reach_of(Audience(tags=("无电梯",)), None).buildings) == 1
        assert len(reach_of(Audience(teams=("清雪队",)), None).people(0, 10)) == 1
