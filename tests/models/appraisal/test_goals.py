"""目标与晾晒: measured and never typed, frozen at its date, grid and cadre credited."""

from datetime import date, datetime

import pytest
import time_machine
from appraised import NEXT_MONTH, a_bad_month, apart
from cast import Cast
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from models.appraisal import goals
from models.appraisal.goals import Target, credited, reached
from models.appraisal.measuring import MEASURES, Value, is_rate, may_be_of
from models.appraisal.tables import Goal, Scoreboard
from models.base.actor import By
from models.base.clock import SHANGHAI
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.case.case import Case
from models.grid.tables import KeeperVisit
from models.mediation.tables import Mediation
from models.place.tables import Building, Community, Grid
from models.problem.tables import Problem


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(apart(NEXT_MONTH), tick=False) as clock:
        yield clock


@pytest.fixture
def place(cast: Cast) -> int:
    return session().scalars(select(Community.id).where(Community.name == "育英社区")).one()


def a_goal(
    cast: Cast, place: int | None, measure: str, number: int, period: str = "2026-11", **whose
) -> Goal:
    said = {"per_10000": number} if is_rate(measure) else {"number": number}
    key = goals.set_goal(Target("任务", measure, period, **said, **whose), place, By.staff(cast.leader.id))
    return session().get_one(Goal, key)


def one_line(goal: Goal) -> goals.Line:
    (line,) = goals.stand([goal])
    return line


@pytest.mark.parametrize(
    ("what", "value", "is_reached"),
    [
        ({"target_per_10000": 9000, "higher_is_better": True}, Value(9, 10), True),
        ({"target_per_10000": 9001, "higher_is_better": True}, Value(9, 10), False),
        ({"target_per_10000": 500, "higher_is_better": False}, Value(1, 20), True),
        ({"target_per_10000": 500, "higher_is_better": False}, Value(1, 19), False),
        ({"target_per_10000": 8950, "higher_is_better": True}, Value(1790, 20, 100), True),
        ({"target_per_10000": 0, "higher_is_better": True}, Value(0, 0), None),
        ({"target_count": 3, "higher_is_better": True}, Value(3), True),
        ({"target_count": 3, "higher_is_better": True}, Value(2), False),
    ],
)
def test_when_a_goal_is_reached(what: dict[str, object], value: Value, is_reached: bool | None):
    assert reached(Goal(**what), value) is is_reached


def test_grid_and_cadre_are_both_credited_and_nothing_counted_credits_nobody():
    lines = [
        {"grid": "一", "cadre": "李", "person": 1, "unit": "住建局", "reached": True},
        {"grid": "一", "cadre": None, "person": None, "unit": None, "reached": False},
        {"grid": None, "cadre": "李", "person": 1, "unit": "住建局", "reached": None},
    ]
    people = [{"name": "李", "unit": None, "sum": [1, 1]}]
    assert credited(lines) == {"grid": {"一": [1, 2]}, "people": people}


def test_two_of_one_name_are_two_people_and_told_apart_by_their_unit():
    lines = [
        {"grid": None, "cadre": "李", "person": person, "unit": unit, "reached": person == 1}
        for person, unit in ((1, "住建局"), (2, "民政局"), (1, "住建局"))
    ]
    assert credited(lines)["people"] == [
        {"name": "李", "unit": "住建局", "sum": [2, 2]},
        {"name": "李", "unit": "民政局", "sum": [0, 1]},
    ]


def test_a_rate_is_measured_of_a_grid_a_person_and_a_community(cast: Cast, place: int):
    a_bad_month(cast)
    grid = session().scalars(select(Grid.id)).one()
    for whose in ({"grid_id": grid}, {"person_id": cast.li.id}, {}):
        line = one_line(a_goal(cast, place, "prompt_handling_rate", 5000, **whose))
        assert (line.value, line.reached) == (Value(5, 10), True)
    assert one_line(a_goal(cast, place, "mended", 6, person_id=cast.li.id)).value == Value(5)
    assert one_line(a_goal(cast, place, "prompt_handling_rate", 1, person_id=cast.ma.id)).reached is None


def test_what_problems_disputes_and_visits_count(cast: Cast, place: int):
    at, house = datetime(2026, 11, 5, tzinfo=SHANGHAI), session().scalars(select(Building.id)).first()
    problem = {"kind": "common", "title": "x", "text": "", "community_id": place, "confirmed_at": at,
               "proposed_at": at, "building_id": house, "owner_id": cast.li.id}  # fmt: skip
    put(Problem, **problem, state="put_right", put_right_at=at)
    put(Problem, **problem, state="open")
    put(Problem, **{**problem, "confirmed_at": NEXT_MONTH}, state="open")  # after the month
    for key, (began, ended, how) in enumerate(
        [(date(2016, 1, 1), at, "kept"), (date(2020, 1, 1), None, None), (date(2026, 11, 2), at, "kept")]
    ):
        put(Mediation, public_id=f"m{key}", community_id=place, kind="x", parties_sealed="x",
            matter_sealed="x", began_on=began, mediator_id=1, opened_by=1, opened_at=at, ended_at=ended,
            ended_how=how)  # fmt: skip
    put(KeeperVisit, building_id=house, person_id=cast.li.id, at=at, note="")
    put(KeeperVisit, building_id=house, person_id=cast.li.id, at=NEXT_MONTH, note="")
    session().flush()
    assert one_line(a_goal(cast, place, "problems_put_right", 1)).value == Value(1, 2)
    assert one_line(a_goal(cast, place, "backlog_cleared", 1)).value == Value(1, 2)
    assert one_line(a_goal(cast, place, "visits", 1, person_id=cast.li.id)).value == Value(1)
    assert one_line(a_goal(cast, place, "visits", 1, person_id=cast.ma.id)).value == Value(0)


@pytest.mark.parametrize(
    "target",
    [
        Target("", "done_rate", "2026-11", 9000),
        Target("x", "nothing", "2026-11", 9000),
        Target("x", "done_rate", "2026-11"),
        Target("x", "done_rate", "2026-11", 10_001),
        Target("x", "done_rate", "2026-11", None, 5),
        Target("x", "visits", "2026-11", 9000),
        Target("x", "visits", "2026-11", None, 0),
        Target("x", "backlog_cleared", "2026-11", 9000, grid_id=1),
        Target("x", "done_rate", "2026-11", 9000, grid_id=99),
        Target("x", "done_rate", "2026-11", 9000, person_id=1),  # a resident
    ],
    ids=str,
)
def test_a_goal_that_cannot_be_is_refused(cast: Cast, place: int, target: Target):
    assert target.measure == "nothing" or may_be_of(target.measure)
    with pytest.raises(Invalid, match="goal"):
        goals.set_goal(target, place, By.staff(cast.zhao.id))


def test_who_decides_elsewhere_sets_no_goal_here(cast: Cast, place: int):
    target = Target("x", "done_rate", "2026-11", 9000)
    for who, where in ((cast.qian, place), (cast.li, place), (cast.zhao, None)):
        with pytest.raises(NotAllowed):
            goals.set_goal(target, where, By.staff(who.id))
    key = goals.set_goal(target, place, By.staff(cast.zhao.id))
    assert [one.id for one in goals.running(place)] == [key]
    assert goals.withdraw_goal(key, By.staff(cast.zhao.id))
    assert not goals.withdraw_goal(key, By.staff(cast.zhao.id))
    assert goals.running(place) == []
    with pytest.raises(NotFound):
        goals.withdraw_goal(999, By.staff(cast.zhao.id))


def test_the_board_stays_as_it_stood_on_its_date(cast: Cast, place: int, then):
    late = a_bad_month(cast)
    goal = a_goal(cast, place, "prompt_handling_rate", 9000, period="2026-Q4", person_id=cast.li.id)
    lines = goals.stand(goals.running(place))
    row, is_new = goals.freeze(place, By.staff(cast.zhao.id), lines)
    (line,) = row.lines["goals"]
    assert is_new
    assert (line["over"], line["under"], line["reached"], line["cadre"]) == (5, 10, False, "李师傅")
    assert row.lines["credits"] == {"grid": {}, "people": [{"name": "李师傅", "unit": None, "sum": [0, 1]}]}
    for case in late:
        session().get_one(Case, case).void(By.staff(cast.zhao.id), "x", agreed_by=cast.leader.id)
    session().flush()
    then.shift(60)
    now_it_is = goals.stand([goal])
    assert now_it_is[0].value == Value(5, 5)
    assert goals.freeze(place, By.staff(cast.zhao.id), now_it_is) == (row, False)
    assert row.lines["goals"][0]["under"] == 10
    with pytest.raises((DBAPIError, IntegrityError)):
        session().execute(update(Scoreboard).values(lines={}))


def test_every_measure_has_its_words():
    from handlers.words import labels

    assert set(labels("measures")) == set(MEASURES)
