"""网格 on a page: what is in none, a re-cut with its preview, who manages what, an estate's ledger."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from html import unescape
from io import BytesIO

import pytest
import time_machine
from cast import Cast, Someone
from exported import exported
from factories import a_case, spot
from grid_town import a_micro_grid
from page_phone import Phone, body_of
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from models.base.clock import SHANGHAI, local, now
from models.base.orm import put, session
from models.grid import management, recuts, terms
from models.joins import estate_ledger
from models.place.tables import Building, Estate, Grid
from models.place.version import raise_version
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Desk = Callable[[Someone], str]
LIST = "小区,楼号,网格\n育英小区,3,育英二网格\n育英小区,7,育英一网格\n"


@pytest.fixture
def cut(db: Database, town: Cast) -> date:
    """The day after tomorrow; 育英二网格 is there and empty, 3号楼 has an open case."""

    def work() -> None:
        put(Grid, name="育英二网格", community_id=spot().community_id, kind=None)
        terms.follow(now() - timedelta(days=30))
        a_case(reporter=town.wang)
        raise_version()

    db.write(work)
    return local(now()).date() + timedelta(days=2)


def sent(phone: Phone, path: str, text: str, on: date) -> TestResponse:
    return phone.send(path, list=(BytesIO(text.encode()), "list.csv"), on=str(on), reason="规模适度")


def test_the_gap_is_named_and_the_sums_stand_there(phone: Phone, town: Cast, desk: Desk, cut: date) -> None:
    page = phone.open(f"{desk(town.zhao)}/chain/grids").text
    assert "育英小区7号楼：不在任何网格里" in page
    assert "建设小区" not in page
    phone_of_the_other = phone.open(f"{desk(town.qian)}/chain/grids").text
    assert "建设小区1号楼：不在任何网格里" in phone_of_the_other


def test_a_recut_is_looked_at_first_and_then_planned_once(
    db: Database, phone: Phone, town: Cast, desk: Desk, cut: date
) -> None:
    home = f"{desk(town.zhao)}/chain/grids"
    looked = sent(phone, f"{home}/preview", LIST, cut)
    assert looked.status_code == 200, looked.text
    assert "2栋楼换网格，没办完的1件事跟着走" in looked.text
    assert "育英一网格 → 育英二网格" in looked.text
    with db.read():
        assert recuts.listed() == []
    fields = dict(re.findall(r'name="(plan|on|reason)" value="([^"]*)"', looked.text))
    form = {name: unescape(value) for name, value in fields.items()} | {"once": "the same"}
    assert "2栋楼换网格" in phone.sent_and_shown(f"{home}/plan", **form)
    assert phone.send(f"{home}/plan", **form).status_code == 303
    with db.read():
        (one,) = recuts.listed()
        number = one.id
    assert "收回" in phone.open(home).text
    withdrawn = phone.sent_and_shown(f"{home}/withdraw", item=str(number), reason="再议")
    assert f"{number}号方案收回了" in withdrawn


def test_what_is_wrong_with_a_list_is_said_line_by_line(
    phone: Phone, town: Cast, desk: Desk, cut: date
) -> None:
    path = f"{desk(town.zhao)}/chain/grids/preview"
    for text, words in (
        ("小区,楼号,网格\n育英小区,3,育英二网格\n", "育英小区7号楼：不在任何网格里"),
        ("小区,楼号,网格\n育英小区,33,育英二网格\n", "第 2 行"),
        ("小区,楼号,网格\n建设小区,1,育英二网格\n", "建设小区"),
        ("随便", "一栋楼也没有"),
        ("", "请选一份名单"),
        ("小区,楼号,网格\n育英小区,3,育英一网格\n", "没有要动的楼"),
    ):
        answer = sent(phone, path, text, cut)
        assert answer.status_code == 422
        assert words in answer.text
    for day in (date(1, 1, 1), date(9999, 12, 31)):
        assert sent(phone, path, LIST, day).status_code == 422


def test_a_plan_that_no_preview_wrote_is_refused(phone: Phone, town: Cast, desk: Desk, cut: date) -> None:
    path = f"{desk(town.zhao)}/chain/grids/plan"
    for plan in ("", "[]", '{"1": 99999}', '{"x": 1}', '{"1": null}', "{"):
        answer = phone.send(path, plan=plan, on=str(cut), reason="x")
        assert answer.status_code == 422, plan
    answer = phone.send(path, plan="{}", on="heute", reason="x")
    assert answer.status_code == 422


def test_a_desk_plans_nothing_for_another_community(
    db: Database, phone: Phone, town: Cast, desk: Desk, cut: date
) -> None:
    with db.read():
        third = spot().building_id
        grid = session().scalars(select(Grid.id).where(Grid.name == "育英二网格")).one()
    answer = phone.send(
        f"{desk(town.qian)}/chain/grids/plan", plan=f'{{"{third}": {grid}}}', on=str(cut), reason="x"
    )
    assert answer.status_code == 409
    with db.read():
        assert recuts.listed() == []


def test_incomplete_micro_grids_are_listed(
    db: Database, phone: Phone, town: Cast, desk: Desk, cut: date
) -> None:
    db.write(lambda: a_micro_grid(town.zhou.id))
    page = phone.open(f"{desk(town.zhao)}/chain/grids").text
    assert "没有党员" in page
    file = exported(phone.open(f"{desk(town.zhao)}/chain/grids.xlsx"))
    assert [sheet.max_row for sheet in file] == [4, 2, 2, 1]
    assert list(file["微网格"].values)[1][3] == "周科长"


# who manages it


def test_the_totals_equal_the_register_and_the_rate_says_of_what(
    db: Database, phone: Phone, town: Cast, desk: Desk, cut: date
) -> None:
    home = f"{desk(town.zhao)}/chain/management"
    with db.read():
        estate = str(spot().estate_id)
    said = phone.sent_and_shown(
        f"{home}/say", estate=estate, building="", model="professional", since="2026-01-01"
    )
    assert "3栋楼改了管理模式" in said
    phone.sent_and_shown(f"{home}/say", estate=estate, building="7", model="none", since="2026-02-01")
    phone.sent_and_shown(f"{home}/aim", share="85.5", by="2027-06-30")
    page = phone.open(home).text
    assert "合计等于楼栋册" in page
    assert "2 / 3栋（在册楼栋）" in page
    assert "66.7" in page
    assert "2027年6月30日前" in page
    assert "<polyline" in page
    assert "<script" not in body_of(page)
    file = exported(phone.open(f"{home}.xlsx"))
    assert list(file["合计"].values)[-1] == ("楼栋册", 3)
    for stranger in (town.li, town.wang):
        assert phone.open(home).status_code == 200
        assert phone.open(f"{desk(stranger)}/chain/management").status_code == 404


@pytest.mark.parametrize(
    ("verb", "form"),
    [
        ("say", {"model": "none", "since": "gestern"}),
        ("say", {"model": "gone", "since": "2026-01-01"}),
        ("say", {"model": "none", "since": "2999-01-01"}),
        ("say", {"model": "none", "since": "2026-01-01", "building": "99"}),
        ("aim", {"share": "viel", "by": "2027-01-01"}),
        ("aim", {"share": "101", "by": "2027-01-01"}),
        ("aim", {"share": "85.555", "by": "2027-01-01"}),
        ("aim", {"share": "nan", "by": "2027-01-01"}),
        ("aim", {"share": "1e99999999", "by": "2027-01-01"}),
        ("aim", {"share": "85", "by": ""}),
        ("aim", {"share": "85", "by": "9999-12-31"}),
        ("say", {"model": "none", "since": "0026-01-01"}),
    ],
)
def test_what_makes_no_sense_is_said_so(
    db: Database, phone: Phone, town: Cast, desk: Desk, verb: str, form: dict[str, str]
) -> None:
    with db.read():
        estate = str(spot().estate_id)
    answer = phone.send(f"{desk(town.zhao)}/chain/management/{verb}", **{"estate": estate, **form})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_another_communitys_buildings_are_not_this_desks(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    with db.read():
        estate = str(spot().estate_id)
    form = {"estate": estate, "building": "", "model": "none", "since": "2026-01-01"}
    assert phone.send(f"{desk(town.qian)}/chain/management/say", **form).status_code == 409
    with db.read():
        assert management.current() == {}


# one ledger per estate


def test_the_ledger_its_copies_and_what_changed(
    db: Database, phone: Phone, town: Cast, desk: Desk, cut: date
) -> None:
    with db.read():
        estate = spot().estate_id
    home = f"{desk(town.zhao)}/chain/estates"
    assert "育英小区" in phone.open(home).text
    assert "建设小区" not in phone.open(home).text
    page = phone.open(f"{home}/{estate}").text
    assert "<strong>3</strong>栋楼" in page
    assert "每个季度末自动存一份" in page
    with time_machine.travel(datetime(2027, 1, 1, 1, tzinfo=SHANGHAI), tick=True):
        while db.write(estate_ledger.freeze_one):
            pass
        db.write(
            lambda: session().execute(update(Building).where(Building.name == "7").values(tags=["无电梯"]))
        )
        assert "2026年第4季度末存下的一份" in phone.open(f"{home}/{estate}?of=2026-Q4").text
        changed = phone.open(f"{home}/{estate}/difference?from=2026-Q4&to=now").text
        assert "7号楼" in changed
        assert "无电梯" in changed
        assert "什么也没变" in phone.open(f"{home}/{estate}/difference?from=2026-Q4&to=2026-Q4").text
        file = exported(phone.open(f"{home}/{estate}.xlsx?from=2026-Q4&to=now"))
        assert file.sheetnames == ["总的", "楼栋", "诉求", "没办完的", "问题", "两份对比"]
        assert list(file["两份对比"].values)[1] == ("7号楼", "标签", "—", "无电梯")


def test_nobody_opens_the_ledger_of_a_community_that_is_not_theirs(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    with db.read():
        estate = spot().estate_id
        other = session().scalars(select(Estate.id).where(Estate.name == "建设小区")).one()
    for one in (town.qian, town.li, town.sun, town.wang):
        for path in (f"/{estate}", f"/{estate}.xlsx", f"/{estate}/difference?from=now&to=now"):
            assert phone.open(f"{desk(one)}/chain/estates{path}").status_code == 404, one
    home = f"{desk(town.zhao)}/chain/estates"
    for path in (
        f"/{other}",
        f"/{estate}?of=2026-Q9",
        f"/{estate}?of=x",
        f"/{estate}/difference?from=2020-Q1",
    ):
        assert phone.open(f"{home}{path}").status_code == 404
    assert phone.open(f"{desk(town.leader)}/chain/estates/{other}").status_code == 200
