"""Today, the week, own figures with an appeal, what a leader sees: who opens it, and what it says."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from appraised import NEXT_MONTH, a_bad_month, apart, coloured, stands_above
from cast import Cast, Someone
from exported import exported
from factories import a_case, unit_of_work
from page_phone import Phone

from models.appraisal import appealing
from models.appraisal.own import own_figures
from models.appraisal.tables import StaffWarning
from models.base.clock import now
from models.base.orm import session
from models.indicator.asking import figures_of
from models.indicator.period import named
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
STAFF = ("li", "ma", "sun", "zhou", "zhao", "qian", "wu", "leader")


@pytest.fixture(autouse=True)
def then() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(apart(NEXT_MONTH), tick=False) as clock:
        yield clock


@pytest.fixture
def red(db: Database, town: Cast) -> int:
    """李 of 3号楼 has a red figure; 马 stands one rung above its grid."""

    def work() -> int:
        stands_above(town.ma)
        a_bad_month(town)
        return coloured()[town.li.id, "prompt"].id

    return db.write(work)


def end(db: Database, then: time_machine.Traveller) -> None:
    then.shift(timedelta(days=20))
    while db.write(appealing.end_one):
        pass


def opening(phone: Phone, town: Cast, desk: Callable[[Someone], str], path: str) -> set[str]:
    return {one for one in STAFF if phone.open(f"{desk(getattr(town, one))}/{path}").status_code == 200}


def test_who_opens_which_page(phone: Phone, town: Cast, desk: Callable[[Someone], str], red: int) -> None:
    everybody = set(STAFF)
    assert opening(phone, town, desk, "today") == everybody
    assert opening(phone, town, desk, "own") == everybody
    assert opening(phone, town, desk, "week") == {"ma", "sun", "zhao", "qian", "leader"}
    assert opening(phone, town, desk, "colours") == {"ma", "zhao", "qian", "leader"}
    assert opening(phone, town, desk, "colours.xlsx") == {"ma", "zhao", "qian", "leader"}
    assert phone.open(f"{desk(town.wang)}/today").status_code == 404


def test_a_colour_opens_to_its_person_alone_until_it_stands(
    phone: Phone, town: Cast, desk: Callable[[Someone], str], db: Database, red: int, then
) -> None:
    assert opening(phone, town, desk, f"colours/{red}") == {"li"}
    assert "李师傅" not in phone.open(f"{desk(town.zhao)}/colours").text
    end(db, then)
    assert opening(phone, town, desk, f"colours/{red}") == {"li", "ma", "zhao", "leader"}
    assert "李师傅" in phone.open(f"{desk(town.zhao)}/colours").text
    assert "李师傅" in phone.open(f"{desk(town.ma)}/colours").text
    assert "李师傅" not in phone.open(f"{desk(town.qian)}/colours").text
    rows = exported(phone.open(f"{desk(town.zhao)}/colours.xlsx")).active.values
    assert ("2026-11", "李师傅", "按期处置率", "5/10 = 50.0%", "红") in [row[:5] for row in rows]


def test_an_appeal_is_made_and_ruled_on_the_pages(
    phone: Phone, town: Cast, desk: Callable[[Someone], str], db: Database, red: int
) -> None:
    li, zhao = desk(town.li), desk(town.zhao)
    assert phone.send(f"{desk(town.ma)}/own/{red}", text="x").status_code == 404
    empty = phone.send(f"{li}/own/{red}", text=" ")
    assert empty.status_code == 422
    said = phone.sent_and_shown(f"{li}/own/{red}", text="那几天停电，不是我拖着")
    assert "申诉记下了" in said
    assert "申诉等人裁定" in said
    assert opening(phone, town, desk, f"colours/{red}") == {"li", "zhao", "leader"}
    page = phone.open(f"{zhao}/colours").text
    assert "那几天停电" in page
    refused = phone.send(f"{desk(town.qian)}/colours/{red}", ruling="upheld", reason="x", rule="disaster")
    assert refused.status_code == 404
    wrong = phone.send(f"{zhao}/colours/{red}", ruling="upheld", reason="停电", rule="disaster", cases="12x")
    assert wrong.status_code == 422
    assert "停电" in wrong.text
    ruling = {"ruling": "upheld", "reason": "停电属实", "rule": "disaster", "once": "k"}
    assert "裁定记下了" in phone.sent_and_shown(f"{zhao}/colours/{red}", **ruling)
    assert "裁定记下了" in phone.sent_and_shown(f"{zhao}/colours/{red}", **ruling)  # a copy of the form
    assert "停电属实" in phone.open(f"{li}/own").text
    with db.read():
        assert session().get_one(StaffWarning, red).stands == "taken_out"


def test_today_lists_what_is_due_and_its_file_has_it_too(
    phone: Phone, town: Cast, desk: Callable[[Someone], str], db: Database
) -> None:
    case = db.write(lambda: a_case(reporter=town.wang, when=now() - timedelta(days=30)).number)
    li = desk(town.li)
    assert case in phone.open(f"{li}/today").text
    assert case not in phone.open(f"{desk(town.wu)}/today").text
    assert "没有等着您的事" in phone.open(f"{desk(town.wu)}/today").text
    rows = list(exported(phone.open(f"{li}/today.xlsx")).active.values)
    assert [str(row[0]) for row in rows[1:]] == [case]


def test_a_week_is_chosen_and_only_a_week(
    phone: Phone, town: Cast, desk: Callable[[Someone], str], db: Database
) -> None:
    db.write(lambda: a_case(reporter=town.wang, accepted_by=town.li).number)
    zhao = desk(town.zhao)
    page = phone.open(f"{zhao}/week").text
    assert "2026年11月23日到2026年11月29日" in page
    assert "育英一网格" in page
    assert "育英一网格" not in phone.open(f"{desk(town.qian)}/week").text
    assert phone.open(f"{zhao}/week?week=2026-11-16..2026-11-22").status_code == 200
    for wrong in ("2026-11", "2026-11-17..2026-11-23", "2026-11-30..2026-12-06", "x"):
        assert phone.open(f"{zhao}/week?week={wrong}").status_code == 422, wrong
    rows = list(exported(phone.open(f"{zhao}/week.xlsx")).active.values)
    assert rows[1][1:3] == (1, 0)


def test_the_own_figures_are_those_of_the_town(db: Database, town: Cast) -> None:
    with unit_of_work(db):
        a_bad_month(town)
        month = named("2026-11")
        mine = own_figures(town.li.id, month)
        assert mine.rates["prompt_handling_rate"].counted == "5/10"
        assert mine == figures_of(town.li.id, month)
        assert own_figures(town.sun.id, month) == figures_of(town.sun.id, month)
