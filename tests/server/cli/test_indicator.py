"""hemei indicator and hemei report: figures, what each opens to, sealed, exported, left out by two."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from chance_histories import FIRST, START, histories
from commands import hemei
from factories import a_town
from openpyxl import load_workbook
from settings_files import configuration, plain_url
from slow_figures import slow
from written_histories import write

from models.base.checkdigit import with_check
from models.base.clock import local, now
from models.indicator.period import month_at
from models.indicator.settings import made
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def several(db: Database, tmp_path: Path) -> list[Any]:
    """Cases of a month that is over."""
    configuration(tmp_path, plain_url(db))
    cast = db.write(a_town)
    month = month_at(local(now()).date().replace(day=1) - timedelta(days=1))
    begun = month.start + (FIRST - START)
    takers = (cast.li.id, cast.ma.id)
    return [month, db.write(lambda: write(histories(11, 30, begun, 45), 1, takers))]


def said(home: Path, *arguments: str) -> list[dict[str, Any]]:
    done = hemei(*arguments, "--json", cwd=home)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_figures_are_shown_opened_and_reported(several: list[Any], tmp_path: Path) -> None:
    month, cases = several
    shown = {line["indicator"]: line for line in said(tmp_path, "indicator", "show", "--period", month.name)}
    over, under, out = slow("closing_rate", cases, month.start, month.end, made())
    line = shown["closing_rate"]
    assert (line["over"], line["under"], line["left_out"]) == (over, under, out)
    assert line["name"] == "结案率"
    assert line["low"] <= 10_000 * over / under <= line["high"]
    opened = said(tmp_path, "indicator", "open", "closing_rate", "--period", month.name)
    assert sum(one["under"] for one in opened) == under
    assert {one["number"] for one in opened} <= {with_check(one.place.id) for one in cases}
    days = ("--from", str(month.first), "--to", str(month.last))
    reported = said(tmp_path, "report", "indicators", *days, "--by", "person")
    mine = [one for one in reported if one["indicator"] == "closing_rate"]
    assert sum(one["under"] for one in mine) == under
    assert "李师傅" in {one["group"] for one in mine}


def test_every_indicator_says_how_it_is_counted(several: list[Any], tmp_path: Path) -> None:
    listed = said(tmp_path, "indicator", "list")
    assert all(line["name"] != line["indicator"] and line["formula"] and line["source"] for line in listed)
    settings = {line["name"]: line["value"] for line in said(tmp_path, "indicator", "settings")}
    assert settings["fair_weight"] == 90
    assert settings["formulas"] == listed[0]["formulas"]
    tomorrow = str(local(now()).date() + timedelta(days=1))
    change = (
        "indicator",
        "set",
        "fair_weight",
        "80",
        "--from",
        tomorrow,
        "--source",
        "街道文件",
        "--by",
        "S001",
    )
    assert hemei(*change, cwd=tmp_path).returncode == 0
    assert hemei(*change[:3], "101", *change[4:], cwd=tmp_path).returncode == 1


def test_a_month_is_sealed_and_exported(several: list[Any], tmp_path: Path) -> None:
    month, _ = several
    seal = ("indicator", "seal", month.name, "--by", "S001")
    assert hemei(*seal[:-1], "W001", cwd=tmp_path).returncode == 1
    first, again = hemei(*seal, cwd=tmp_path), hemei(*seal, cwd=tmp_path)
    assert (first.returncode, again.returncode) == (0, 0), first.stderr
    assert "is sealed" in first.stderr
    assert "was sealed before" in again.stderr
    (kept,) = said(tmp_path, "indicator", "sealed")
    assert kept["whole"]
    assert kept["sha256"] in first.stderr
    file = tmp_path / "figures.xlsx"
    done = hemei("indicator", "export", str(file), "--period", month.name, "--by", "grid", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    figures, cases, about = load_workbook(file).worksheets
    assert figures.cell(2, 2).value == "立案率"
    assert cases.max_row > 30
    assert any("应结案数" in str(row[0].value) for row in about.iter_rows())


def test_a_removal_needs_two(several: list[Any], tmp_path: Path) -> None:
    number = with_check(several[1][0].place.id)
    remove = ("indicator", "remove", number, "--rule", "disaster", "--reason", "暴雪封路", "--by", "C001")
    assert hemei(*remove, cwd=tmp_path).returncode == 0
    assert hemei("indicator", "agree", "1", "--by", "C001", cwd=tmp_path).returncode == 1
    assert hemei("indicator", "agree", "1", "--by", "S001", cwd=tmp_path).returncode == 0
    (line,) = said(tmp_path, "indicator", "removals")
    assert (line["case"], line["state"], line["by"], line["second"]) == (number, "agreed", "C001", "S001")


@pytest.mark.parametrize(
    "arguments",
    [("show", "--period", "moon"), ("show", "--community", "月亮社区"), ("seal", "2999-01", "--by", "S001")],
)
def test_what_cannot_be_is_refused_in_a_line(
    several: list[Any], tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = hemei("indicator", *arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
