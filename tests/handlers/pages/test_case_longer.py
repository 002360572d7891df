"""A case that takes longer, on its page: by when, why not, who agrees, who looks on."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from cast import Cast
from factories import a_case
from page_phone import Phone
from sqlalchemy import select

from models.base.orm import put, session
from models.case.case import Case
from models.case.clock import climb_some
from models.duty.tables import RungHolder
from models.place.tables import Grid
from models.place.version import raise_version
from server.database import Database

Link = Callable[..., str]
FRIDAY = datetime.fromisoformat("2026-11-20T10:00:00+08:00")
pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(FRIDAY) as clock:
        yield clock


@pytest.fixture
def key(db: Database, town: Cast) -> int:
    return db.write(lambda: a_case(reporter=town.wang, accepted_by=town.li).id)


def test_everybody_reads_by_when_it_is_done(phone: Phone, town: Cast, link: Link, key: int, clock) -> None:
    for one in (town.wang, town.li):
        assert "最晚11月27日 17:00前办好" in phone.open(link(one, key)).text
    clock.move_to(FRIDAY + timedelta(days=8))
    assert "已经过了。上一级在盯着办" in phone.open(link(town.wang, key)).text


def test_a_question_is_asked_and_answered(
    db: Database, phone: Phone, town: Cast, link: Link, key: int
) -> None:
    mine, theirs = link(town.li, key), link(town.wang, key)
    assert "问出去了" in phone.sent_and_shown(f"{mine}/ask", words="几楼的灯？")
    assert "在等居民回话，时限先停着" in phone.open(mine).text
    page = phone.open(theirs).text
    assert "在等您回话" in page
    assert "几楼的灯？" in page
    phone.send(f"{theirs}/add", words="三楼")
    assert "在等" not in phone.open(mine).text
    assert "告诉居民了" in phone.sent_and_shown(f"{mine}/tell", words="配件明天到")
    assert "配件明天到" in phone.open(theirs).text
    assert "电话里说过了" in phone.sent_and_shown(f"{mine}/phoned", words="约好下午")
    assert "本来就在走" in phone.sent_and_shown(f"{mine}/resume")


def test_more_time_is_asked_for_and_another_agrees(phone: Phone, town: Cast, link: Link, key: int) -> None:
    mine, desk, theirs = link(town.li, key), link(town.zhao, key), link(town.wang, key)
    for until in ("", "2026-13-01", "2026-11-20"):
        assert phone.send(f"{mine}/longer", to="extend", until=until, reason="等配件").status_code == 422
    assert "等另一位负责人审" in phone.sent_and_shown(
        f"{mine}/longer", to="extend", until="2026-12-11", reason="等配件"
    )
    assert "longer-agree" not in phone.open(mine).text
    assert phone.send(f"{mine}/longer-agree").status_code == 409
    assert "同意，告诉居民" in phone.open(desk).text
    assert "等配件" not in phone.open(theirs).text  # between colleagues until somebody has agreed
    assert "同意了" in phone.sent_and_shown(f"{desk}/longer-agree")
    page = phone.open(theirs).text
    assert "最晚12月11日 17:00前办好" in page
    assert "等配件" in page


def test_what_is_refused_says_why_and_keeps_its_day(phone: Phone, town: Cast, link: Link, key: int) -> None:
    mine, desk = link(town.li, key), link(town.zhao, key)
    phone.send(f"{mine}/longer", to="defer", until="2027-03-01", reason="天冷")
    assert phone.send(f"{desk}/longer-refuse", reason=" ").status_code == 422
    assert "退回去了" in phone.sent_and_shown(f"{desk}/longer-refuse", reason="不能拖")
    assert "最晚11月27日 17:00前办好" in phone.open(mine).text


def test_deferred_everybody_reads_until_when(phone: Phone, town: Cast, link: Link, key: int) -> None:
    phone.send(f"{link(town.li, key)}/longer", to="defer", until="2026-12-18", reason="开春刷")
    phone.send(f"{link(town.zhao, key)}/longer-agree")
    assert "缓到2026年12月18日" in phone.open(link(town.wang, key)).text


def test_whoever_it_came_to_looks_on_and_takes_it(
    db: Database, phone: Phone, town: Cast, link: Link, key: int, clock
) -> None:
    def work() -> None:
        grid = session().scalars(select(Grid.id)).one()
        put(RungHolder, grid_id=grid, rung=1, person_id=town.zhou.id, since=FRIDAY - timedelta(days=9))
        raise_version()

    db.write(work)
    above = link(town.zhou, key)
    assert "升到您这一级了" not in phone.open(above).text
    assert phone.send(f"{above}/take-over").status_code == 409
    clock.move_to(datetime.fromisoformat("2026-11-27T17:00:10+08:00"))
    db.write(climb_some)
    page = phone.open(above).text
    assert "升到您这一级了" in page
    assert "还没办结，升到第1级：周科长" in page
    assert "升到第" not in phone.open(link(town.wang, key)).text
    assert "督办发出去了" in phone.sent_and_shown(f"{above}/supervise", words="今天办完")
    assert "接单成功" in phone.sent_and_shown(f"{above}/take-over")
    with db.read():
        assert session().get_one(Case, key).taker_id == town.zhou.id


def test_nobody_else_does_any_of_it(db: Database, phone: Phone, town: Cast, link: Link, key: int) -> None:
    forms = {
        "ask": {"words": "x"}, "tell": {"words": "x"}, "phoned": {"words": "x"}, "resume": {},
        "longer": {"to": "extend", "until": "2026-12-11", "reason": "x"}, "longer-agree": {},
        "longer-refuse": {"reason": "x"}, "supervise": {"words": "x"}, "take-over": {},
    }  # fmt: skip
    with db.read():
        before = session().get_one(Case, key).finish_due
    for verb, form in forms.items():
        for one in (town.wang, town.ma):
            assert phone.send(f"{link(one, key)}/{verb}", **form).status_code == 409, verb
        assert phone.send(f"{link(town.qian, key)}/{verb}", **form).status_code == 404
    with db.read():
        case = session().get_one(Case, key)
        assert (case.finish_due, case.taker_id, case.proposal) == (before, town.li.id, None)


def test_the_resident_of_a_phone_call_is_phoned(db: Database, phone: Phone, town: Cast, link: Link) -> None:
    key = db.write(lambda: a_case(entered_by=town.zhao, accepted_by=town.li).id)
    page = phone.open(link(town.li, key)).text
    assert "电话里说过了，记一笔" in page
    assert "告诉居民进展" not in page
