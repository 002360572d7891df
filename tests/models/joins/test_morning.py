"""早报: what waits and what turns red today, each hears of the own work and the own grids alone."""

from datetime import datetime, timedelta

import pytest
import time_machine
from appraised import apart, stands_above
from cast import Cast, Someone
from factories import a_case, a_town, letters_to, spot, unit_of_work
from sqlalchemy import event

from models.base.clock import SHANGHAI, now
from models.base.orm import put, session
from models.duty.tables import Absence
from models.joins import morning
from models.joins.morning import Open, Waits, add_up
from models.outbox.letter import Lane
from models.place.version import raise_version
from server.database import Database

AT = datetime(2026, 11, 25, 8, tzinfo=SHANGHAI)  # a Wednesday


def an_open(key: int = 1, **what: object) -> Open:
    said: dict[str, object] = {
        "id": key, "community_id": 1, "grid_id": 7, "estate_name": "育英小区", "building_name": "3",
        "unit_name": None, "category": "lighting", "urgency": "normal", "state": "handling", "taker_id": 5,
        "rung": 0, "due_at": AT + timedelta(days=3), "due_stage": "finish",
        "finish_due": AT + timedelta(days=3), "reported_at": AT - timedelta(days=2),
    }  # fmt: skip
    return Open(**{**said, **what})  # type: ignore[arg-type]


def counted(case: Open, own: tuple[int, ...] = (5,), leads: tuple[int, ...] = ()) -> dict[int, Waits]:
    return add_up([(case, own)], AT, {7: leads})


@pytest.mark.parametrize(
    ("what", "late", "today"),
    [
        ({}, 0, 0),
        ({"due_at": AT + timedelta(hours=15, minutes=59)}, 0, 1),  # 23:59 of this day
        ({"due_at": AT + timedelta(hours=16)}, 0, 0),  # midnight is tomorrow
        ({"finish_due": AT}, 1, 0),
        ({"rung": 1}, 1, 0),  # it climbed
        ({"due_stage": "pause", "due_at": AT + timedelta(hours=1)}, 0, 0),  # limits stand still
        ({"due_stage": "top", "due_at": None, "finish_due": AT + timedelta(hours=2)}, 0, 1),
        ({"due_at": None, "due_stage": None, "finish_due": None}, 0, 0),  # no calendar of that year
    ],
)
def test_what_is_late_and_what_turns_red_today(what: dict[str, object], late: int, today: int):
    mine = counted(an_open(**what))[5]
    assert (mine.held, mine.late, mine.today, len(mine.lines)) == (1, late, today, late + today)


def test_whoever_stands_above_hears_of_what_is_late_and_not_of_what_runs():
    quiet = counted(an_open(), leads=(9,))[9]
    assert (quiet.below_open, quiet.is_nothing) == (1, True)
    loud = counted(an_open(rung=1), leads=(9,))[9]
    assert (loud.below_late, loud.is_nothing, loud.held) == (1, False, 0)


def test_the_most_urgent_come_first_and_the_own_before_others():
    cases = [
        (an_open(1, finish_due=AT - timedelta(days=1)), ()),
        (an_open(2, finish_due=AT - timedelta(hours=1)), (9,)),
        (an_open(3, finish_due=AT - timedelta(days=2)), (9,)),
    ]
    found = add_up(cases, AT, {7: (9,)})[9]
    assert [one.case.id for one in found.most_urgent(5)] == [3, 2, 1]
    assert len(found.most_urgent(2)) == 2


@pytest.fixture
def cast(db: Database):
    with time_machine.travel(apart(AT), tick=False), unit_of_work(db):
        yield a_town()


def hears(someone: Someone) -> Waits:
    return morning.gathered()[someone.id]


def test_each_hears_of_the_own_work_and_who_has_nothing_of_nothing(cast: Cast):
    a_case(reporter=cast.wang, when=now() - timedelta(days=20))
    a_case(reporter=cast.wang, accepted_by=cast.li)
    a_case(reporter=cast.wang, at=spot(building="5"))
    found = morning.gathered()
    assert (found[cast.li.id].offered, found[cast.li.id].held) == (1, 1)
    assert (found[cast.ma.id].offered, found[cast.ma.id].held) == (1, 0)
    assert found[cast.sun.id].offered == 1
    people = morning.due_people(found)
    assert set(people) == {cast.li.id, cast.ma.id, cast.sun.id}
    assert morning.tell_some(found, people) == 3
    assert morning.tell_some(found, people) == 0  # a second scheduler
    (letter,) = letters_to(cast.li, "morning")
    assert letter.lane == Lane.NEWS
    assert [line["late"] for line in letter.facts["most_urgent"]] == [True]
    assert letter.facts["path"].endswith("/today")


def test_one_persons_page_says_what_the_letter_says(cast: Cast):
    stands_above(cast.ma)
    a_case(reporter=cast.wang, when=now() - timedelta(days=20))
    a_case(reporter=cast.wang, at=spot(building="5"))
    a_case(reporter=cast.wang, at=spot(building="7", unit=None), category=None)  # on the desk
    everybody = morning.gathered()
    for one in (cast.li, cast.ma, cast.sun, cast.zhao, cast.qian, cast.leader):
        mine = morning.gathered(one.id)[one.id]
        assert mine.counts() == everybody.get(one.id, Waits()).counts()
    assert everybody[cast.ma.id].below_open == 2
    assert everybody[cast.zhao.id].offered == 1
    assert cast.qian.id not in everybody


def test_nobody_is_woken_on_a_day_off_and_a_year_without_a_calendar_silences_nobody(cast: Cast):
    a_case(reporter=cast.wang, accepted_by=cast.li)
    found = morning.gathered()
    with time_machine.travel(AT + timedelta(days=3), tick=False):  # Saturday
        assert morning.due_people(found) == []
    with time_machine.travel(datetime(2031, 1, 4, 8, tzinfo=SHANGHAI), tick=False):
        assert morning.due_people(found) == [cast.li.id]


def test_who_is_on_leave_hears_nothing(cast: Cast):
    a_case(reporter=cast.wang, accepted_by=cast.li)
    put(Absence, person_id=cast.li.id, since=now(), reason="x")
    raise_version()
    assert morning.due_people(morning.gathered()) == []


def test_more_open_cases_cost_no_more_statements(cast: Cast):
    def statements() -> int:
        seen: list[str] = []

        def note(*said: object) -> None:
            seen.append(str(said[2]))

        event.listen(session().get_bind(), "before_cursor_execute", note)
        morning.gathered()
        event.remove(session().get_bind(), "before_cursor_execute", note)
        return len(seen)

    a_case(reporter=cast.wang)
    session().flush()
    before = statements()
    for _ in range(9):
        a_case(reporter=cast.wang)
    session().flush()
    assert statements() == before
