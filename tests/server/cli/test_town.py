"""hemei town, as an operator types it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from town_workbooks import as_file, small_town, truncated

from models.town.parsing import parse
from models.town.reading import read_file
from server.cli import hemei
from server.database import Database

Run = Callable[..., Result]


@pytest.fixture
def run(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs hemei in an empty folder on the clean database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEMEI__DATABASE__URL", db.url.render_as_string(hide_password=False))
    monkeypatch.setenv("HEMEI__SERVER__SECRET_KEY", "a secret key for tests, at least thirty-two characters")
    return lambda *arguments: CliRunner().invoke(hemei, list(map(str, arguments)))


def test_a_town_goes_in_and_comes_out(run: Run, tmp_path: Path) -> None:
    done = run("town", "import", as_file(small_town(), tmp_path / "town.xlsx"))
    assert (done.exit_code, done.stdout) == (0, "")
    assert "楼栋：新增 3，更新 0，不变 0" in done.stderr
    assert run("town", "export", "out.xlsx").exit_code == 0
    given = {title: len(rows) for title, rows in small_town().items()}
    assert {title: len(rows) for title, rows in read_file(tmp_path / "out.xlsx").sheets} == given
    again = run("town", "import", "out.xlsx", "--json")
    assert all(
        tally["added"] == tally["changed"] == 0 for tally in json.loads(again.stdout)["sheets"].values()
    )


def test_a_dry_run_writes_nothing(run: Run, tmp_path: Path) -> None:
    file = as_file(small_town(), tmp_path / "town.xlsx")
    for _ in range(2):
        tried = json.loads(run("town", "import", file, "--dry-run", "--json").stdout)
        assert tried["dry_run"]
        assert tried["sheets"]["buildings"]["added"] == 3


def test_errors_go_to_stderr_with_their_places_and_exit_1(run: Run, tmp_path: Path) -> None:
    sheets = small_town()
    sheets["楼栋"][1][-1] = "K9"
    sheets["住户"][1][4] = -5
    file = as_file(sheets, tmp_path / "town.xlsx")
    refused = run("town", "import", file)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "表“楼栋” 第 2 行 “包保干部”列：没有工号“K9”。" in refused.stderr
    assert "表“住户” 第 2 行 “建筑面积”列：“-5”超出范围。" in refused.stderr
    assert "发现 2 处问题" in refused.stderr
    found = json.loads(run("town", "import", file, "--json").stdout)
    assert (found["ok"], found["count"]) == (False, 2)
    assert [(one["sheet"], one["row"], one["column"]) for one in found["problems"]] == [
        ("楼栋", 2, "包保干部"),
        ("住户", 2, "建筑面积"),
    ]


def test_no_more_than_two_hundred_are_printed(run: Run, tmp_path: Path) -> None:
    sheets = small_town()
    sheets["住户"] += [["没有", 1, "", n, "", "", ""] for n in range(1, 301)]
    refused = run("town", "import", as_file(sheets, tmp_path / "town.xlsx"))
    assert len(refused.stderr.splitlines()) == 202
    assert "还有 100 处" in refused.stderr


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_broken_or_missing_file_is_refused_in_words(run: Run, tmp_path: Path) -> None:
    (tmp_path / "broken.xlsx").write_bytes(truncated())
    for name, words in (("broken.xlsx", "文件不完整或已损坏"), ("none.xlsx", "找不到文件")):
        refused = run("town", "import", name)
        assert refused.exit_code == 1
        assert words in refused.stderr
    assert run("town", "export", tmp_path / "no" / "folder.xlsx").exit_code == 1
    assert run("town", "import").exit_code == 2


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_the_template_is_refused_until_its_examples_are_gone(run: Run, tmp_path: Path) -> None:
    assert run("town", "template", "blank.xlsx").exit_code == 0
    refused = run("town", "import", "blank.xlsx")
    assert refused.stderr.count("示例行") == 8
    file = load_workbook(tmp_path / "blank.xlsx")
    for page in file:
        page.delete_rows(2)
        assert page.max_column >= 3
        assert all(cell.comment for cell in page[1])
    file["社区"].append(["育才社区"])
    file.save(tmp_path / "filled.xlsx")
    assert run("town", "import", "filled.xlsx").exit_code == 0


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_the_example_rows_are_right(run: Run, tmp_path: Path) -> None:
    """Whoever only takes the mark away has rows whose cells are all good."""
    run("town", "template", "blank.xlsx")
    sheets = read_file(tmp_path / "blank.xlsx").sheets
    workbook = type(read_file(tmp_path / "blank.xlsx"))(
        [
            (title, [[str(cell).replace("（示例，请删除本行）", "") for cell in row] for row in rows])
            for title, rows in sheets
        ]
    )
    assert parse(workbook).sorted_problems() == []


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_the_template_offers_choices(run: Run, tmp_path: Path) -> None:
    run("town", "template", "blank.xlsx")
    file = load_workbook(tmp_path / "blank.xlsx")
    offered = {page.title: [rule.formula1 for rule in page.data_validations.dataValidation] for page in file}
    assert any("社区领办" in choices for choices in offered["小区"])
    assert '"企业微信客户群,群机器人,人工"' in offered["群"]
    assert "'社区'!$A$2:$A$2000" in offered["网格"]
    assert all(len(choices) <= 255 for of_page in offered.values() for choices in of_page)  # Excel's limit
