"""An emergency that nobody acknowledges rings further up, rung by rung to the top, and goes on ringing."""

from datetime import datetime, timedelta

import pytest
import time_machine
from cast import Cast, Someone
from factories import a_case, letters_to
from sqlalchemy import select

from models.base.clock import now
from models.base.orm import put, session
from models.base.refusals import NotAllowed
from models.case import emergency, reach
from models.case.alarm import rung_about
from models.case.case import Case
from models.case.emergency import MANY, ring_again
from models.case.tables import Alarm
from models.duty.tables import Absence, RungHolder, Shift
from models.history import steps_about
from models.person.arriving import Visitor
from models.place.tables import Grid
from models.place.version import raise_version


@pytest.fixture
def case(cast: Cast) -> Case:
    """Of 育英一网格: 孙 is its grid worker, 马 its 网格长, 周 its 一级网格长; 赵 is the desk."""
    grid = session().scalars(select(Grid.id)).one()
    for rung, one in ((1, cast.ma), (2, cast.zhou)):
        put(RungHolder, grid_id=grid, rung=rung, person_id=one.id, since=now())
    raise_version()
    made = a_case(reporter=cast.wang, text="楼道着火了", category="fire_safety", urgency="emergency")
    emergency.raise_alarm(made.id, "119", community_id=made.community_id, facts=made.facts(), every_minutes=3)
    return made


def ring_until(minutes: int, since: datetime) -> None:
    for minute in range(1, minutes + 1):
        with time_machine.travel(since + timedelta(minutes=minute, seconds=1)):
            ring_again(every_minutes=3, rings_each=3)


def rings(someone: Someone) -> list[int]:
    return [one.facts["ring"] for one in letters_to(someone, "case_emergency")]


def climbs(case: Case) -> list[tuple[int, list[int]]]:
    return [
        (one.facts["rung"], one.facts["to"])
        for one in steps_about("case", case.id)
        if one.what == "alarm_climbed"
    ]


def test_after_three_rings_it_rings_one_rung_up_as_well_and_so_on_to_the_top(cast: Cast, case: Case) -> None:
    start = now()
    ring_until(30, start)
    assert rings(cast.zhao) == list(range(1, 12))
    assert rings(cast.ma) == list(range(4, 12))
    assert rings(cast.zhou) == list(range(7, 12))
    # nobody is 网格总长: street and town are above
    assert rings(cast.leader) == list(range(10, 12))
    assert rings(cast.sun) == []
    assert climbs(case) == [(1, [cast.ma.id]), (2, [cast.zhou.id]), (3, [cast.leader.id])]
    # who is on duty is not asked to see after themselves
    assert {one.facts["level"] for one in letters_to(cast.zhao, "case_emergency")} == {0}
    assert {one.facts["level"] for one in letters_to(cast.ma, "case_emergency")} == {1}


def test_who_stands_above_may_stop_it_as_soon_as_it_rings_there(cast: Cast, case: Case) -> None:
    start = now()
    with pytest.raises(NotAllowed):
        emergency.acknowledge(case.id, cast.zhou.id)
    ring_until(18, start)
    assert [alarm.case_id for alarm in emergency.ringing_for(cast.zhou.id)] == [case.id]
    assert emergency.acknowledge(case.id, cast.zhou.id)
    ring_until(60, start)
    assert max(rings(cast.zhao)) == 7


def test_a_standstill_of_36_hours_rings_once_and_climbs_once(cast: Cast, case: Case) -> None:
    start = now()
    ring_until(7, start)
    with time_machine.travel(start + timedelta(hours=36)):
        while ring_again(every_minutes=3, rings_each=3):
            session().flush()
    assert rings(cast.zhao) == [1, 2, 3, 4]
    assert climbs(case) == [(1, [cast.ma.id])]


def test_after_two_hours_it_rings_every_hour_until_somebody_comes(cast: Cast, case: Case) -> None:
    alarm = session().scalars(select(Alarm)).one()
    alarm.rings, start = MANY, now()
    for hours in (1, 2, 3):
        with time_machine.travel(start + timedelta(hours=hours, seconds=hours)):
            assert ring_again(every_minutes=3) == 1
            assert ring_again(every_minutes=3) == 0
    assert alarm.rings == MANY + 3


def a_shift(someone: Someone, rung: int, community: int | None = 1) -> None:
    at = now()
    put(
        Shift,
        community_id=community,
        rung=rung,
        person_id=someone.id,
        starts_at=at - timedelta(hours=1),
        ends_at=at + timedelta(hours=8),
    )


def test_who_is_on_shift_comes_before_the_desk_and_before_the_holders(cast: Cast, case: Case) -> None:
    a_shift(cast.sun, 0)
    a_shift(cast.li, 1)
    assert rung_about(case.id, case) == (cast.sun.id,)
    start = now()
    ring_until(9, start)
    assert rings(cast.sun) == [2, 3, 4]  # the first ring was before the rota
    assert rings(cast.li) == [4]
    assert rings(cast.ma) == []
    put(Absence, person_id=cast.sun.id, deputy_id=cast.zhou.id, since=now(), reason="年假")
    raise_version()
    assert rung_about(case.id, case)[0] == cast.zhou.id


def staff(one: Someone) -> Visitor:
    return Visitor(one.id, "work", one.work or "", staff_name=one.name, roles=one.roles, community_id=99)


def test_who_is_on_shift_sees_the_emergencies_of_that_community_and_only_those(
    cast: Cast, case: Case
) -> None:
    quiet = a_case(reporter=cast.wang, text="楼道里堆着纸箱", category="clutter")
    assert reach.maybe(case.number, staff(cast.wu)) is None
    a_shift(cast.wu, 2)
    assert reach.maybe(case.number, staff(cast.wu)) is case
    assert reach.maybe(quiet.number, staff(cast.wu)) is None
