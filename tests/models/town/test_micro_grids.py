"""The optional sheet 微网格 and the column of that name on 住户."""

import pytest
from factories import a_town
from sqlalchemy import func, select, text
from town_workbooks import Sheets, bring_in, small_town

from models.base.orm import session
from models.grid import micro
from models.grid.tables import MicroGridMember, MicroGridPerson
from models.joins.forgetting import forget_past
from models.place.gazetteer import town
from models.place.tables import Household
from models.town import exporting
from models.town.problems import WorkbookRefused
from server.database import Database

SHEET = ["微网格", "网格", "机关干部", "党员"]


def with_micro_grids(*rows: list[str], homes: str = "一号") -> Sheets:
    sheets = small_town()
    sheets["住户"] = [
        ["小区", "楼号", "单元", "室号", "微网格"],
        ["育英小区", 3, 2, 501, homes],
        ["育英小区", 3, 2, 502, ""],
    ]
    return sheets | {"微网格": [SHEET, *(rows or (["一号", "第一网格", "K1", "G1、G2"],))]}


def wrong(db: Database, sheets: Sheets) -> list[tuple[str, int | None, str | None]]:
    with pytest.raises(WorkbookRefused) as refused:
        bring_in(db, sheets)
    return [(one.code, one.row, one.column) for one in refused.value.problems]


def listed(db: Database) -> dict[str, tuple[str, ...]]:
    with db.read():
        return {one.name: one.missing for one in micro.listed()}


def test_they_come_in_and_go_out_again_unchanged(db: Database) -> None:
    first = bring_in(db, with_micro_grids())
    assert first["micro_grids"] == {"added": 1, "changed": 0, "same": 0}
    again = bring_in(db, with_micro_grids())
    assert again["micro_grids"] == {"added": 0, "changed": 0, "same": 1}
    assert again["households"] == {"added": 0, "changed": 0, "same": 2}
    with db.read():
        out = dict(exporting.export().sheets)
    assert out["微网格"] == [SHEET, ["一号", "第一网格", "K1", "G1、G2"]]
    place = out["住户"][0].index("微网格")
    assert [row[place] for row in out["住户"][1:]] == ["一号", ""]


def test_a_town_without_them_has_no_such_sheet(db: Database) -> None:
    bring_in(db, small_town())
    with db.read():
        out = dict(exporting.export().sheets)
    assert "微网格" not in out
    assert "微网格" not in out["住户"][0]


def test_what_is_missing_is_said_of_each(db: Database) -> None:
    rows = (
        ["一号", "第一网格", "K1", "G1"],
        ["二号", "第一网格", "", ""],
        ["三号", "第一网格", "K1、C1", "G1"],
    )
    bring_in(db, with_micro_grids(*rows))
    assert listed(db) == {
        "二号": ("no_cadre", "no_member", "no_home"),
        "三号": ("several_cadres", "no_home"),
        "一号": (),
    }


def test_who_leaves_it_is_known_to_have_been_there(db: Database) -> None:
    bring_in(db, with_micro_grids())
    bring_in(db, {"微网格": [SHEET, ["一号", "第一网格", "C1", "G1"]]})
    with db.read():
        terms = session().query(MicroGridPerson).order_by(MicroGridPerson.id).all()
        assert sorted((one.role, one.until is None) for one in terms) == [
            ("cadre", False), ("cadre", True), ("member", False), ("member", True),
        ]  # fmt: skip


def test_a_home_leaves_it_when_the_cell_is_emptied(db: Database) -> None:
    bring_in(db, with_micro_grids())
    bring_in(db, {"住户": [["小区", "楼号", "单元", "室号", "微网格"], ["育英小区", 3, 2, 501, ""]]})
    assert listed(db) == {"一号": ("no_home",)}


def test_a_building_that_goes_to_another_grid_leaves_homes_astray(db: Database) -> None:
    bring_in(db, with_micro_grids())
    bring_in(db, {"楼栋": [["小区", "楼号", "网格"], ["育英小区", 3, ""]]})
    assert listed(db) == {"一号": ("strayed",)}


@pytest.mark.parametrize(
    ("sheets", "problems"),
    [
        (with_micro_grids(homes="九号"), [("unknown_micro_grid", 2, "微网格")]),
        (with_micro_grids(["一号", "第一网格", "K9", "G1"]), [("unknown_staff", 2, "机关干部")]),
        (with_micro_grids(["一号", "第九网格", "K1", "G1"], homes=""), [("unknown_grid", 2, "网格")]),
        (
            with_micro_grids(["一号", "第一网格", "K1", "G1"], ["一号", "第一网格", "K1", "G1"]),
            [("repeated_key", 3, "微网格")],
        ),
    ],
)
def test_what_points_nowhere_is_named(db: Database, sheets: Sheets, problems: list[object]) -> None:
    assert wrong(db, sheets) == problems


def test_homes_of_a_building_without_a_grid_cannot_be_in_one(db: Database) -> None:
    sheets = with_micro_grids()
    sheets["住户"].append(["育英小区", 5, "", 101, "一号"])
    assert wrong(db, sheets) == [("micro_without_grid", 4, "微网格")]


def test_the_cadre_of_a_home_of_a_unit_and_of_a_building(db: Database) -> None:
    bring_in(db, with_micro_grids())
    with db.read():
        house = session().query(Household).filter_by(room="501").one().building_id

        def names(*place: str) -> list[str]:
            return [one.name for one in micro.cadres_of(house, *place)]

        assert names() == names("2") == names("2", "501") == ["李卫东"]
        assert names("1") == names("2", "502") == []


def test_nobody_is_named_where_there_are_none(db: Database) -> None:
    db.write(a_town)
    with db.read():
        assert micro.cadres_of(next(iter(town().buildings))) == []
        assert micro.listed() == []


NAMED = [*SHEET, "党员（没有工号）"]


def with_named(said: str) -> Sheets:
    return with_micro_grids() | {"微网格": [NAMED, ["一号", "第一网格", "K1", "", said]]}


def test_members_without_a_number_are_sealed_masked_and_go_out_again(db: Database) -> None:
    said = "王金丝 13800000009、赵玉"
    assert bring_in(db, with_named(said))["micro_grids"]["added"] == 1
    assert bring_in(db, with_named(said))["micro_grids"] == {"added": 0, "changed": 0, "same": 1}
    with db.read():
        (one,) = micro.listed()
        assert (one.members, one.missing) == (("王**", "赵*"), ())
        rows = session().execute(text("SELECT * FROM micro_grid_members")).all()
        assert "金丝" not in str(rows)
        assert "13800000009" not in str(rows)
        out = dict(exporting.export().sheets)
    assert out["微网格"] == [NAMED, ["一号", "第一网格", "K1", "", said]]


def test_who_is_left_out_leaves_and_is_forgotten(db: Database) -> None:
    bring_in(db, with_named("王金丝 13800000009、赵玉"))
    assert bring_in(db, with_named("赵玉"))["micro_grids"]["changed"] == 1
    while db.write(forget_past):
        pass
    with db.read():
        assert session().execute(select(func.count(MicroGridMember.id))).scalar_one() == 1


@pytest.mark.parametrize("said", ["13800000009", "王秀兰 1380000", "王秀兰 13800000009 5", "x" * 40])
def test_a_member_who_is_unclear_is_an_error_at_its_cell(db: Database, said: str) -> None:
    assert wrong(db, with_named(said)) == [("member_unclear", 2, "党员（没有工号）")]
