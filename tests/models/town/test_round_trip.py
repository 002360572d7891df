"""export → import gives the same town."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import text
from town_workbooks import Sheets, as_workbook, bring_in, small_town

from models.town import demo_town, exporting, parse, take, xlsx
from models.town.reading import read, read_file
from models.town.workbook import Workbook
from server.database import Database


def exported(db: Database) -> Workbook:
    with db.read():
        return exporting.export()


def emptied(db: Database) -> None:
    with db.engine.begin() as connection:
        for table in (
            "absences", "micro_grid_people", "micro_grid_homes", "micro_grids", "grid_terms",
            "building_managements",
            "tariffs", "station_medicines", "stations", "known_answers", "keepers", "rung_holders",
            "departments", "households",
            "units", "door_codes", "building_groups", "buildings", "estates", "grids", "staff", "addresses",
            "people", "communities", "town_version",
        ):  # fmt: skip
            connection.execute(text(f"DELETE FROM {table}"))


def as_sets(workbook: Workbook) -> dict[str, tuple[list[str], list[list[str]]]]:
    return {
        title: (list(map(str, rows[0])), sorted(list(map(str, row)) for row in rows[1:]))
        for title, rows in workbook.sheets
    }


def test_every_imported_row_comes_back_through_a_file(db: Database, tmp_path: Path) -> None:
    db.write(take, parse(demo_town()))
    first = exported(db)
    xlsx.write(first, tmp_path / "town.xlsx")
    emptied(db)
    db.write(take, parse(read_file(tmp_path / "town.xlsx")))
    assert as_sets(exported(db)) == as_sets(first)
    given_rows = {title: {tuple(map(str, row)) for row in rows[1:]} for title, rows in demo_town().sheets}
    for title, (_, rows) in as_sets(first).items():
        assert len(rows) == len(given_rows[title])


def test_optional_columns_appear_only_where_they_say_something(db: Database) -> None:
    bring_in(db, small_town())
    headings = {title: list(rows[0]) for title, rows in exported(db).sheets}
    assert headings == {title: rows[0] for title, rows in small_town().items()}
    bring_in(db, {"小区": [["小区", "社区", "状态"], ["育英小区", "育才社区", "停用"]]})
    assert dict(exported(db).sheets)["小区"][0][-1] == "状态"


NASTY = [
    "=1+1", "+86", "-1", "@SUM(A1)", "\t=1", "＝1", "'=1", '"=1"', "=HYPERLINK(\"http://x\")", "a]]>b",
    "<b>&amp;", "😀", "𠮷", "\u202eabc", "_x0041_", "1e5", "TRUE", "#N/A?", "0012", "1/2", " x y ",
]  # fmt: skip


def test_no_cell_of_an_export_is_a_formula(db: Database, tmp_path: Path) -> None:
    """I4."""
    sheets = small_town()
    sheets["住户"] += [["育英小区", 4, 1, n, "", nasty, ""] for n, nasty in enumerate(NASTY, 1)]
    bring_in(db, sheets)
    xlsx.write(exported(db), tmp_path / "town.xlsx")
    cells = [cell for page in load_workbook(tmp_path / "town.xlsx") for row in page for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    owners = {row[3]: row[5] for row in read_file(tmp_path / "town.xlsx").sheets[4][1][1:] if row[1] == "4"}
    assert list(owners.values()) == [nasty.strip() for nasty in NASTY]
    again = db.write(take, parse(read_file(tmp_path / "town.xlsx"))).as_dict()
    assert all(tally["added"] == tally["changed"] == 0 for tally in again.values())


def test_what_xml_cannot_hold_is_left_out_of_a_file(tmp_path: Path) -> None:
    xlsx.write(Workbook([("社区", [["社区"], ["a\x00b\x0bc\ud800d\uffff"]])]), tmp_path / "odd.xlsx")
    assert read_file(tmp_path / "odd.xlsx").sheets[0][1][1] == ["abcd"]


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    xlsx.write(as_workbook(small_town()), tmp_path / "town.xlsx")
    assert (tmp_path / "town.xlsx").stat().st_mode & 0o077 == 0


_word = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn", "Zl", "Zp", "Co"]), min_size=1, max_size=12
).map(lambda word: word.strip(" \u3000\xa0\u200b\ufeff"))
_name = _word.filter(lambda word: bool(word) and not set(word) & set("、,，;；#"))
_number = st.integers(1, 30).map(str)


def _one_of(draw: st.DrawFn, *cells: str) -> str:
    return draw(st.sampled_from(cells))


@st.composite
def towns(draw: st.DrawFn) -> Sheets:
    communities = draw(st.lists(_name, min_size=1, max_size=2, unique=True))
    staff = draw(st.lists(_number, min_size=1, max_size=4, unique=True))
    some = st.lists(st.sampled_from(staff), max_size=2, unique=True).map("、".join)
    estates = draw(
        st.lists(st.tuples(st.sampled_from(communities), _name), min_size=1, max_size=3, unique=True)
    )
    buildings = draw(
        st.lists(st.tuples(st.sampled_from(estates), _number), min_size=1, max_size=5, unique=True)
    )
    homes = draw(
        st.lists(
            st.tuples(st.sampled_from(buildings), st.sampled_from(["", "1", "2"]), _number),
            max_size=6,
            unique=True,
        )
    )
    some_words = st.lists(_name, max_size=2, unique=True).map("、".join)
    area = st.integers(0, 30_000).map(lambda n: n / 100)
    status = st.sampled_from(["在用", "停用", ""])
    return {
        "社区": [["社区", "街道"], *([name, draw(_word)] for name in communities)],
        "网格": [
            ["网格", "社区", "网格员", "网格总长"],
            *([f"格{n}", draw(st.sampled_from(communities)), draw(some), draw(some)] for n in range(2)),
        ],
        "小区": [
            ["小区", "社区", "别名", "物业单价", "经度", "标签", "状态"],
            *(
                [
                    estate,
                    community,
                    draw(_name),
                    draw(area),
                    draw(st.floats(-180, 180)),
                    draw(some_words),
                    draw(status),
                ]
                for community, estate in estates
            ),
        ],
        "楼栋": [
            ["社区", "小区", "楼号", "单元数", "网格", "包保干部", "标签", "状态"],
            *(
                [
                    *estate,
                    building,
                    draw(st.integers(0, 5)),
                    _one_of(draw, "格0", "格1", ""),
                    draw(some),
                    draw(some_words),
                    draw(status),
                ]
                for estate, building in buildings
            ),
        ],
        "住户": [
            ["社区", "小区", "楼号", "单元", "室号", "建筑面积", "业主"],
            *(
                [*estate, building, unit, room, draw(area), draw(_word)]
                for (estate, building), unit, room in homes
            ),
        ],
        "工作人员": [
            ["工号", "姓名", "角色", "企业微信", "队伍", "状态"],
            *(
                [
                    number,
                    draw(_name),
                    _one_of(draw, "网格员", "社区、管理员"),
                    _one_of(draw, "", f"u{number}"),
                    draw(some_words),
                    draw(status),
                ]
                for number in staff
            ),
        ],
        "群": [
            ["群名", "社区", "小区", "楼号", "渠道", "标识", "群主"],
            *(
                [
                    f"群{n}",
                    *estate,
                    building,
                    _one_of(draw, "人工", "群机器人"),
                    _one_of(draw, "", f"k{n}"),
                    _one_of(draw, "", *staff),
                ]
                for n, (estate, building) in enumerate(buildings)
            ),
        ],
    }


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(sheets=towns())
def test_any_town_comes_back_the_same(db: Database, tmp_path: Path, sheets: Sheets) -> None:
    emptied(db)
    bring_in(db, sheets)
    first = exported(db)
    assert {title: len(rows) for title, rows in first.sheets} == {
        title: len(sheets.get(title, [0])) for title, _ in first.sheets
    }
    xlsx.write(first, tmp_path / "town.xlsx")
    workbook = read((tmp_path / "town.xlsx").read_bytes())
    counts = db.write(take, parse(workbook)).as_dict()
    assert all(tally["added"] == tally["changed"] == 0 for tally in counts.values())
    emptied(db)
    db.write(take, parse(workbook))
    assert as_sets(exported(db)) == as_sets(first)
