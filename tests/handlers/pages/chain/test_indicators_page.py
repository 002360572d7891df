"""The figures of my place: each opens to the cases that the reader may see; sealed, and left out by two."""

from collections.abc import Callable
from datetime import datetime

import pytest
import time_machine
from appraised import apart, stands_above
from cast import Cast, Someone
from exported import exported
from factories import a_case, a_town, finish
from page_phone import Phone
from sqlalchemy import select

from models.base.actor import By
from models.base.clock import SHANGHAI
from models.base.orm import session
from models.case.case import Case
from models.duty.tables import RungHolder
from models.indicator.tables import Removal, SealedPeriod
from models.place.version import raise_version
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Desk = Callable[[Someone], str]


def on(day: int, month: int = 12) -> time_machine.travel:
    return time_machine.travel(apart(datetime(2026, month, day, 10, tzinfo=SHANGHAI)), tick=False)


@pytest.fixture
def town(db: Database) -> Cast:
    """As it was before that November, whatever day it is."""
    with on(31, 10):
        return db.write(a_town)


@pytest.fixture
def november(db: Database, town: Cast) -> list[str]:
    """Numbers: one mended and rated, one mended without a photo in no time, one that nobody took."""

    def work() -> list[str]:
        good = a_case(reporter=town.wang, finished_by=town.li)
        good.rate(By.person(town.wang.id), 4)
        quick = a_case(reporter=town.sun_xiaoyu, accepted_by=town.li)
        quick.finish(town.li.id, "好了", no_photo_reason="手机坏了")
        silent = a_case(reporter=town.wang, category="door")
        session().flush()
        return [good.number, quick.number, silent.number]

    with on(3, 11):
        return db.write(work)


def test_figures_are_seen_by_who_oversees_and_by_holders_of_grids(
    phone: Phone, town: Cast, desk: Desk, november: list[str]
) -> None:
    with on(2):
        for who in ("zhao", "qian", "leader", "sun", "li", "ma", "wu", "wang"):
            path = desk(getattr(town, who))
            pages = ("", "/open/done_rate", "/odd", "/sealed", ".xlsx")
            codes = {phone.open(f"{path}/indicators{page}").status_code for page in pages}
            assert codes == ({200} if who in ("zhao", "qian", "leader", "sun") else {404}), who


def test_a_month_says_what_its_rates_are_made_of(
    phone: Phone, town: Cast, desk: Desk, november: list[str]
) -> None:
    with on(2):
        shown = phone.open(f"{desk(town.zhao)}/indicators?period=2026-11").text
        assert "2026年11月" in shown
        assert "1/3 = 33.3%" in shown
        assert "算法版本 1." in shown
        assert "有1处要看一眼" in shown
        elsewhere = phone.open(f"{desk(town.qian)}/indicators?period=2026-11").text
        assert "1/3" not in elsewhere


def test_a_number_opens_to_its_cases_for_who_may_see_them(
    db: Database, phone: Phone, town: Cast, desk: Desk, november: list[str]
) -> None:
    with on(2):
        mine = phone.open(f"{desk(town.zhao)}/indicators/open/done_rate?period=2026-11").text
        assert all(number in mine for number in november)
        assert "1/3 = 33.3%" in mine
        theirs = phone.open(f"{desk(town.qian)}/indicators/open/done_rate?period=2026-11&community=1").text
        assert not any(number in theirs for number in november)
        path = f"{desk(town.zhao)}/indicators/open/done_rate?period=2026-11"
        one = phone.open(f"{path}&by=person&key={town.li.id}").text
        assert "李师傅" in one
        assert november[2] not in one
        door = phone.open(f"{path}&by=category&key=door").text
        assert november[2] in door
        assert november[0] not in door


def test_while_the_month_runs_no_page_says_what_was_said_of_whom(
    phone: Phone, town: Cast, desk: Desk, november: list[str]
) -> None:
    with on(20, 11):
        path = f"{desk(town.zhao)}/indicators"
        assert "1/1 = 100.0%" not in phone.open(f"{path}/open/satisfaction_rate").text
        assert "月底以后才看得到" in phone.open(f"{path}/open/satisfaction_rate").text
        assert "月底以后才看得到" in phone.open(path).text
        cells = [cell.value for sheet in book(phone, path) for row in sheet for cell in row]
        assert "满意" not in [cell for cell in cells if cell in ("满意", "非常满意")]
        assert "月底以后才看得到" in cells


def book(phone: Phone, path: str) -> object:
    return exported(phone.open(f"{path}.xlsx"))


def test_what_is_odd_is_listed_with_its_case(
    phone: Phone, town: Cast, desk: Desk, november: list[str]
) -> None:
    with on(2):
        listed = phone.open(f"{desk(town.zhao)}/indicators/odd?period=2026-11").text
        assert november[1] in listed
        assert november[0] not in listed


def test_a_month_is_sealed_once_and_shown_as_it_was(
    db: Database, phone: Phone, town: Cast, desk: Desk, november: list[str]
) -> None:
    path = f"{desk(town.zhao)}/indicators"
    with on(2):
        assert phone.send(f"{desk(town.sun)}/indicators/seal", period="2026-11").status_code == 404
        assert phone.send(f"{path}/seal", period="2026-12").status_code == 409
        assert phone.send(f"{path}/seal", period="moon").status_code == 422
        assert "封好了" in phone.sent_and_shown(f"{path}/seal", period="2026-11")
        assert "以前就封过了" in phone.sent_and_shown(f"{path}/seal", period="2026-11")
        assert "已封账" in phone.open(f"{path}?period=2026-11").text

        def go_on() -> None:
            case = session().scalars(select(Case).order_by(Case.id.desc())).first()
            assert case is not None
            case.accept(town.li.id)
            finish(case, town.li)

        db.write(go_on)
        assert "1/3 = 33.3%" in phone.open(f"{path}?period=2026-11").text
        opened = phone.open(f"{path}/open/done_rate?period=2026-11").text
        assert "1/3 = 33.3%" in opened
        assert all(number in opened for number in november)
        assert "一字没变" in phone.open(f"{path}/sealed").text
    with db.read():
        assert len(session().scalars(select(SealedPeriod)).all()) == 1


def test_a_case_is_left_out_by_two_persons(
    db: Database, phone: Phone, town: Cast, desk: Desk, november: list[str]
) -> None:
    form = {"number": november[2], "indicator": "done_rate", "rule": "disaster", "reason": "暴雪封路"}
    mine, theirs = f"{desk(town.zhao)}/indicators", f"{desk(town.leader)}/indicators"
    with on(2):
        assert phone.send(f"{desk(town.sun)}/indicators/remove", **form).status_code in (404, 409)
        assert phone.send(f"{mine}/remove", **(form | {"rule": "因为"})).status_code == 422
        assert "要另一个人点头" in phone.sent_and_shown(f"{mine}/remove", **form)
        with db.read():
            key = session().scalars(select(Removal.id)).one()
        assert phone.send(f"{mine}/removals/{key}", word="agree").status_code == 409
        assert "暴雪封路" in phone.open(theirs).text
        assert "不算数了" in phone.sent_and_shown(f"{theirs}/removals/{key}", word="agree")
        assert "1/2 = 50.0%" in phone.open(f"{mine}?period=2026-11").text


def test_a_holder_sees_the_figures_of_the_own_grids_alone(
    db: Database, phone: Phone, town: Cast, desk: Desk, november: list[str]
) -> None:
    with on(2):
        assert "1/3" in phone.open(f"{desk(town.sun)}/indicators?period=2026-11").text

        def ends() -> None:
            for one in session().scalars(select(RungHolder)):
                one.until = one.since

        db.write(ends)
        db.write(raise_version)
        assert phone.open(f"{desk(town.sun)}/indicators").status_code == 404


def test_the_lowest_rung_reads_the_grids_totals_and_of_no_colleague(
    db: Database, phone: Phone, town: Cast, desk: Desk, november: list[str]
) -> None:
    path, month = f"{desk(town.sun)}/indicators", "period=2026-11"
    pages = ("?by=person&", "/odd?", "/open/done_rate?")
    with on(2):
        assert not any("李师傅" in phone.open(f"{path}{page}{month}").text for page in pages)
        assert "1/3" in phone.open(f"{path}?by=person&{month}").text
        assert phone.open(f"{path}/open/done_rate?{month}&by=person&key={town.li.id}").status_code == 404
        assert phone.open(f"{path}/open/done_rate?{month}&by=person&key={town.sun.id}").status_code == 200
        cells = str(exported(phone.open(f"{path}.xlsx?{month}&by=person")))
        assert "李师傅" not in cells
        assert "李师傅" not in phone.open(f"{desk(town.sun)}/week").text


def test_from_the_second_rung_on_figures_have_names(
    db: Database, phone: Phone, town: Cast, desk: Desk, november: list[str]
) -> None:
    with on(2):
        db.write(lambda: stands_above(town.sun))
    with on(3):
        path, month = f"{desk(town.sun)}/indicators", "period=2026-11"
        assert "李师傅" in phone.open(f"{path}?by=person&{month}").text


@pytest.mark.parametrize("path", ["?period=moon", "/open/best_rate", "/open/done_rate?period=2026-99"])
def test_what_is_no_figure_or_no_period_is_answered_plainly(
    phone: Phone, town: Cast, desk: Desk, path: str
) -> None:
    assert 400 <= phone.open(f"{desk(town.zhao)}/indicators{path}").status_code < 500


def test_the_average_of_groups_leaves_out_those_with_nothing_or_too_little(
    phone: Phone, town: Cast, desk: Desk, november: list[str]
) -> None:
    with on(2):
        shown = phone.open(f"{desk(town.zhao)}/indicators?period=2026-11&by=category").text
        assert "各组平均" in shown
        row = shown.split("各组平均")[1].split("</tr>")[0]
        assert row.count("—") == 5  # three cases say too little
