"""The list of a re-cut: what is wrong with it is said row by row, a building in two grids first of all."""

import pytest
from town_workbooks import bring_in, small_town

from models.base.orm import session
from models.place.tables import Building, Grid
from models.town import recut_file, xlsx
from models.town.problems import WorkbookRefused
from models.town.workbook import Workbook

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def town(db):
    bring_in(db, small_town())
    bring_in(db, {"网格": [["网格", "社区"], ["第二网格", "育才社区"]]})
    return db


def plan(db, data):
    draft = recut_file.read(data)
    with db.read():
        found = recut_file.plan_of(draft, None)
        houses = {one.id: one.name for one in session().query(Building)}
        grids = {one.id: one.name for one in session().query(Grid)}
        return {houses[building]: grids[grid] for building, grid in found.items()}


def wrong(db, data):
    with pytest.raises(WorkbookRefused) as refused:
        plan(db, data)
    return [(one.row, one.code) for one in refused.value.problems]


GOOD = "小区,楼号,网格\n育英小区,3号楼,第二网格\n育英小区,4,第二网格\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_csv_of_excel_is_read(town, encoding):
    assert plan(town, GOOD.encode(encoding)) == {"3": "第二网格", "4": "第二网格"}


def test_a_workbook_is_read_whatever_its_sheet_is_called(town, tmp_path):
    rows = [line.split(",") for line in GOOD.splitlines()]
    xlsx.write(Workbook([("新划分", rows)]), tmp_path / "recut.xlsx")
    assert plan(town, (tmp_path / "recut.xlsx").read_bytes()) == {"3": "第二网格", "4": "第二网格"}


def test_every_row_that_is_wrong_is_named(town):
    rows = (
        "育英小区,3,第二网格", "育英小区,3,第一网格", "育英小区,4,第二网格", "育英小区,4,第二网格",
        "育英小区,99,第二网格", "远方小区,1,第二网格", "育英小区,5,第九网格", "育英小区,,第二网格",
    )  # fmt: skip
    assert wrong(town, "\n".join(("小区,楼号,网格", *rows)).encode()) == [
        (3, "in_two_grids"), (5, "repeated_key"), (6, "unknown_building"), (7, "unknown_estate"),
        (8, "unknown_grid"), (9, "required"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "no_buildings"),
        ("小区,楼号,网格\n".encode(), "no_buildings"),
        ("小区,楼号\n育英小区,3\n".encode(), "column_missing"),
        (b"\xff\x81\x00\x9f", "no_table"),
    ],
)
def test_what_is_no_such_list_is_refused(town, data, code):
    assert code in [problem for _, problem in wrong(town, data)]
