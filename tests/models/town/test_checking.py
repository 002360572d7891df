"""Everything wrong with a workbook is found in one run, with its place and what to do."""

import re
from typing import Any

import pytest
from town_workbooks import Sheets, as_workbook, bring_in, small_town

from handlers.wording.problems import sentence, spoken
from models.base.resources import table
from models.town import parse
from models.town.problems import Problem, WorkbookRefused
from server.database import Database

Place = tuple[str, str | None, int | None, str | None]


def problems_of(db: Database, sheets: Sheets) -> list[Problem]:
    with pytest.raises(WorkbookRefused) as refusal:
        bring_in(db, sheets)
    return refusal.value.problems


def places(problems: list[Problem]) -> list[Place]:
    return [(problem.code, problem.sheet, problem.row, problem.column) for problem in problems]


def changed(sheet: str, row: int, heading: str, value: Any) -> Sheets:
    """The small town with one cell changed; `row` as Excel counts."""
    sheets = small_town()
    sheets[sheet][row - 1][sheets[sheet][0].index(heading)] = value
    return sheets


CELLS = [
    ("unknown_community", "网格", 2, "社区", "育材社区"),
    ("unknown_community", "小区", 2, "社区", "没有"),
    ("unknown_choice", "小区", 2, "管理模式", "社区领班"),
    ("out_of_range", "小区", 2, "物业单价", -1),
    ("out_of_range", "小区", 2, "经度", 181),
    ("required", "楼栋", 3, "楼号", ""),
    ("not_whole", "楼栋", 2, "单元数", 1.5),
    ("unknown_grid", "楼栋", 2, "网格", "第二网格"),
    ("unknown_staff", "楼栋", 2, "包保干部", "K1、K9"),
    ("unknown_estate", "住户", 2, "小区", "育英花园"),
    ("unknown_building", "住户", 2, "楼号", 33),
    ("out_of_range", "住户", 2, "建筑面积", -3),
    ("not_a_mobile", "住户", 2, "手机", "123"),
    ("unknown_choice", "工作人员", 2, "角色", "网格员、队长"),
    ("unknown_community", "工作人员", 3, "社区", "没有"),
    ("userid_taken", "工作人员", 3, "企业微信", "liweidong"),
    ("unknown_category", "部门", 2, "受理类别", "lighting、照明"),
    ("unknown_staff", "部门", 2, "联系人", "D9"),
    ("unknown_choice", "群", 2, "渠道", "微信群"),
    ("unknown_staff", "群", 2, "群主", "K9"),
    ("unknown_building", "群", 2, "楼号", 9),
    ("date", "楼栋", 4, "楼号", ("date",)),
]


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("code", "sheet", "row", "heading", "value"), CELLS)
def test_a_wrong_cell_is_named_by_sheet_row_and_column(
    db: Database, code: str, sheet: str, row: int, heading: str, value: Any
) -> None:
    found = problems_of(db, changed(sheet, row, heading, value))
    assert (code, sheet, row, heading) in places(found)


def test_all_errors_come_in_one_run_in_the_order_of_the_file(db: Database) -> None:
    sheets = small_town()
    for _, sheet, row, heading, value in CELLS[:8]:
        sheets[sheet][row - 1][sheets[sheet][0].index(heading)] = value
    found = places(problems_of(db, sheets))
    assert {place[0] for place in found} >= {code for code, *_ in CELLS[:8]}
    order = list(sheets)
    assert found == sorted(found, key=lambda place: (order.index(place[1] or ""), place[2] or 0))
    assert bring_in(db, small_town())["buildings"]["added"] == 3  # nothing of the refused one was kept


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_headings_and_sheets_must_be_known_and_stand_once(db: Database) -> None:
    sheets = small_town()
    sheets["小区"][0][1] = "别号"
    sheets["楼栋"][0].append("楼号")
    sheets["部门"][0][0] = "单位"
    sheets["楼房"] = []
    sheets["社区"] = [["街道"], ["和美街道"]]
    found = problems_of(db, sheets)
    assert ("unknown_column", "小区", 1, None) in places(found)
    assert ("repeated_column", "楼栋", 1, "楼号") in places(found)
    assert ("column_missing", "社区", 1, None) in places(found)
    assert ("column_missing", "部门", 1, None) in places(found)
    unknown = next(problem for problem in found if problem.code == "unknown_sheet")
    assert unknown.facts["near"] == "楼栋"


def test_a_sheet_that_stands_twice_is_wrong() -> None:
    workbook = as_workbook(small_town())
    workbook.sheets.append(workbook.sheets[0])
    assert [problem.code for problem in parse(workbook).sorted_problems()] == ["repeated_sheet"]


def test_a_column_without_a_heading_is_wrong_only_where_something_stands_in_it() -> None:
    sheets = small_town()
    sheets["社区"][0] += ["", " "]
    assert parse(as_workbook(sheets)).sorted_problems() == []
    sheets["社区"][1] += ["", "x"]
    assert [problem.facts for problem in parse(as_workbook(sheets)).sorted_problems()] == [{"place": 5}]


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize("sheet", ["社区", "网格", "小区", "楼栋", "住户", "工作人员", "部门", "群"])
def test_a_repeated_key_names_the_first_row(db: Database, sheet: str) -> None:
    sheets = small_town()
    again = list(sheets[sheet][1])
    if sheet == "楼栋":
        again[1] = "３ "  # the same three
    sheets[sheet].append(again)
    repeated = [problem for problem in problems_of(db, sheets) if problem.code == "repeated_key"]
    assert [(problem.sheet, problem.row, problem.facts["first"]) for problem in repeated] == [
        (sheet, len(sheets[sheet]), 2)
    ]


def test_rows_without_units_have_keys_too(db: Database) -> None:
    sheets = small_town()
    sheets["住户"].append(["育英小区", 5, "", 101, "", "", ""])
    assert ("repeated_key", "住户", 4, "室号") in places(problems_of(db, sheets))


def twin_estates() -> Sheets:
    sheets = small_town()
    sheets["社区"].append(["和平社区", "", ""])
    sheets["小区"].append(["育英小区", "", "和平社区", "", "", "", ""])
    return sheets


def test_two_estates_of_one_name_need_the_community(db: Database) -> None:
    found = problems_of(db, twin_estates())
    assert {problem.code for problem in found} == {"estate_ambiguous"}
    sheets = twin_estates()
    for sheet in ("楼栋", "住户", "群"):
        sheets[sheet] = [[*row, "育才社区" if n else "社区"] for n, row in enumerate(sheets[sheet])]
    sheets["楼栋"].append(["育英小区", 3, "", "", "", "", "", "和平社区"])
    assert bring_in(db, sheets)["buildings"]["added"] == 4
    sheets["楼栋"][-1][-1] = "育材社区"
    assert ("unknown_community", "楼栋", 5, "社区") in places(problems_of(db, sheets))


def test_what_the_town_holds_may_be_pointed_to(db: Database) -> None:
    bring_in(db, small_town())
    sheets: Sheets = {
        "住户": [["室号", "楼号", "小区"], [502, 3, "育英小区"]],
        "群": [["群名", "小区", "渠道", "群主"], ["新群", "育英小区", "人工", "C1"]],
    }
    assert bring_in(db, sheets)["households"] == {"added": 1, "changed": 0, "same": 0}


def test_ids_that_another_holds_are_refused(db: Database) -> None:
    bring_in(db, small_town())
    staff: Sheets = {"工作人员": [["工号", "姓名", "角色", "企业微信"], ["N1", "新人", "社区", "wangmin"]]}
    assert places(problems_of(db, staff)) == [("userid_taken", "工作人员", 2, "企业微信")]
    group: Sheets = {"群": [["群名", "小区", "渠道", "标识"], ["新群", "育英小区", "企业微信客户群", "wr1"]]}
    assert places(problems_of(db, group)) == [("value_taken", "群", 2, "标识")]


def test_an_example_row_left_standing_is_noticed() -> None:
    sheets = small_town()
    sheets["社区"].insert(1, ["育新社区（示例，请删除本行）", "", ""])
    assert [problem.row for problem in parse(as_workbook(sheets)).sorted_problems()] == [2]


@pytest.mark.parametrize("sheets", [{}, {"社区": []}, {"社区": [["社区"]]}, {"社区": [["社区"], ["", " "]]}])
def test_an_empty_workbook_is_not_a_town(sheets: Sheets) -> None:
    assert [problem.code for problem in parse(as_workbook(sheets)).sorted_problems()] == ["no_sheets"]


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_ten_thousand_errors_are_counted_and_do_not_take_long(db: Database) -> None:
    sheets = small_town()
    sheets["住户"] += [["没有", n, "", n, -1, "", "1"] for n in range(4_000)]
    with pytest.raises(WorkbookRefused) as refusal:
        bring_in(db, sheets)
    assert len(refusal.value.problems) + refusal.value.more == 12_000


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_every_problem_has_its_words(db: Database) -> None:
    sheets = small_town()
    for _, sheet, row, heading, value in CELLS:
        sheets[sheet][row - 1][sheets[sheet][0].index(heading)] = value
    sheets["楼房"] = []
    for problem in problems_of(db, sheets):
        words = spoken(problem)
        assert re.search("[\u4e00-\u9fff]", words)
        assert not re.search(r"[{}]|None", words)
        assert "请" in sentence(problem) or "可选" in sentence(problem)


def test_no_error_is_without_what_to_do() -> None:
    for code, words in table("labels/town_errors.toml").items():
        assert code == "perhaps" or any(sign in words for sign in ("请", "可选"))
