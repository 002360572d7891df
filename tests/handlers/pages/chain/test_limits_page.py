"""时限: what waits for a yes, what is late, whose people hear nothing, and for whose eyes."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest
import time_machine
from cast import Cast, Someone
from factories import a_case
from page_phone import Phone
from sqlalchemy import select

from models.base.clock import now
from models.base.orm import put, session
from models.duty.tables import RungHolder
from models.place.tables import Grid
from models.place.version import raise_version
from server.database import Database

Desk = Callable[[Someone], str]
FRIDAY = datetime.fromisoformat("2026-11-20T10:00:00+08:00")
pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(FRIDAY) as clock:
        yield clock


def test_a_quiet_desk_reads_that_nothing_waits_and_which_limits_hold(
    phone: Phone, town: Cast, desk: Desk
) -> None:
    page = phone.open(f"{desk(town.zhao)}/chain/limits").text
    assert "没有超时的" in page
    assert "5个工作日" in page
    assert "潍坊市12345" in page
    assert "办公时间 8:30-11:30、13:30-17:00" in page
    assert "/chain/limits" in phone.open(desk(town.zhao)).text


def test_what_is_late_silent_or_waits_for_a_yes_is_listed(
    db: Database, phone: Phone, town: Cast, desk: Desk, clock
) -> None:
    def work() -> list[str]:
        late, waits = (a_case(reporter=town.wang, accepted_by=town.li) for _ in range(2))
        waits.propose(town.li.id, "extend", date(2026, 12, 11), "等配件")
        return [late.number, waits.number]

    late, waits = db.write(work)
    page = phone.open(f"{desk(town.zhao)}/chain/limits").text
    assert "等负责人审" in page
    assert page.count(f"{waits}号") == 1
    assert f"{late}号" not in page
    clock.move_to(FRIDAY + timedelta(days=8))
    page = phone.open(f"{desk(town.zhao)}/chain/limits").text
    assert "过了说好的日子" in page
    assert "居民久未听到消息" in page
    assert page.count(f"{late}号") == 2


def test_it_is_seen_by_overseers_and_by_the_holders_of_its_grid(
    db: Database, phone: Phone, town: Cast, desk: Desk, clock
) -> None:
    """孙 stands on the lowest rung and was not offered it: to see all of a grid takes a rung above."""

    def work() -> str:
        grid = session().scalars(select(Grid.id)).one()
        put(RungHolder, grid_id=grid, rung=1, person_id=town.ma.id, since=now())
        raise_version()
        return a_case(reporter=town.wang, accepted_by=town.li).number

    number = db.write(work)
    clock.move_to(FRIDAY + timedelta(days=8))
    for one, status, sees in (
        (town.zhao, 200, True), (town.leader, 200, True), (town.ma, 200, True), (town.sun, 200, False),
        (town.qian, 200, False), (town.li, 404, False), (town.wu, 404, False), (town.wang, 404, False),
    ):  # fmt: skip
        answer = phone.open(f"{desk(one)}/chain/limits")
        assert (answer.status_code, f"{number}号" in answer.text) == (status, sees), one
