"""A building is in exactly one grid on any date, whatever happens to it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from models.base.clock import now
from models.base.orm import put, session
from models.grid import terms
from models.grid.tables import GridTerm, Recut
from models.place.tables import Building, Community, Estate, Grid

START = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def grids(db):
    """A community with grids 甲 乙, one with 丙; an estate of three buildings, all in 甲 since START."""

    def work():
        here, there = put(Community, name="和美社区"), put(Community, name="别的社区")
        estate = put(Estate, name="小区", community_id=here, aliases=[], tags=[], active=True)
        made = [
            put(Grid, name=name, community_id=c) for name, c in (("甲", here), ("乙", here), ("丙", there))
        ]
        houses = [
            put(Building, estate_id=estate, grid_id=made[0], name=str(n), tags=[], active=True)
            for n in (1, 2, 10)
        ]
        terms.follow(START)
        return here, made, houses

    return db.write(work)


def set_grid(building, grid):
    session().execute(update(Building).where(Building.id == building).values(grid_id=grid))


def test_a_building_that_goes_to_another_grid_is_in_the_old_one_until_then(db, grids):
    _, (a, b, _), (first, second, _) = grids
    day = timedelta(days=1)
    db.write(lambda: (set_grid(first, b), terms.follow(START + 10 * day)))
    with db.read():
        assert terms.grids_at(START + 9 * day)[first] == [a]
        assert terms.grids_at(START + 10 * day)[first] == [b]
        assert terms.grids_at(START + 11 * day)[second] == [a]
        assert terms.grids_at(START - day) == {}
        assert [(one.grid_id, one.until) for one in terms.history(first)] == [
            (a, START + 10 * day),
            (b, None),
        ]


def test_following_again_writes_nothing(db, grids):
    assert db.write(terms.follow, START + timedelta(days=1)) == 0
    with db.read():
        assert len(session().scalars(select(GridTerm)).all()) == 3


def test_the_database_refuses_a_second_grid_at_the_same_time(db, grids):
    _, (_, b, _), (first, *_) = grids
    with pytest.raises(IntegrityError):
        db.write(lambda: put(GridTerm, building_id=first, grid_id=b, since=START, until=None))


def test_gaps_and_grids_of_elsewhere_are_listed_in_the_order_of_houses(db, grids):
    here, (_, b, elsewhere), (_, second, tenth) = grids
    moment = START + timedelta(days=1)

    def work():
        set_grid(tenth, None)
        set_grid(second, elsewhere)
        terms.follow(moment)

    db.write(work)
    with db.read():
        checked = terms.check(here, moment)
        assert checked.buildings == 3
        assert [(one.what, one.building, one.grids) for one in checked.faults] == [
            ("elsewhere", "2", ("丙",)),
            ("gap", "10", ()),
        ]
        assert terms.check(here, START).faults == []
        assert terms.check(here, START - timedelta(days=1)) == (0, [])
        assert terms.check(here, moment, {tenth: b, second: b}).faults == []


def test_terms_that_overlap_are_found_though_nobody_can_write_them_by_a_verb(db, grids):
    here, (_, b, _), (first, *_) = grids
    until = START + timedelta(days=3)
    db.write(lambda: put(GridTerm, building_id=first, grid_id=b, since=START, until=until))
    with db.read():
        (fault,) = terms.check(here, START + timedelta(days=2)).faults
    assert (fault.what, fault.building, fault.grids) == ("overlap", "1", ("甲", "乙"))


def test_a_building_that_is_not_used_any_more_is_no_gap(db, grids):
    here, _, (first, *_) = grids
    moment = START + timedelta(days=1)

    def work():
        session().execute(update(Building).where(Building.id == first).values(active=False, grid_id=None))
        terms.follow(moment)

    db.write(work)
    with db.read():
        assert terms.check(here, moment) == (2, [])


def test_a_day_to_come_is_judged_by_what_is_planned(db, grids):
    here, (_, b, elsewhere), (first, second, _) = grids
    start = now() + timedelta(days=30)

    def plan(building, grid, days=0, withdrawn=None):
        put(
            Recut, community_id=here, plan={str(building): grid}, reason="", by_id=None, made_at=now(),
            starts_at=start + timedelta(days=days), applied_at=None, withdrawn_at=withdrawn,
        )  # fmt: skip

    db.write(
        lambda: (plan(first, b), plan(second, elsewhere), plan(second, b, 1), plan(first, a_gone, 0, now()))
    )
    with db.read():
        assert [one.what for one in terms.check(here, start).faults] == ["elsewhere"]
        assert terms.check(here, start + timedelta(days=1)).faults == []
        assert terms.grids_at(start)[first] == [b]
        assert terms.grids_at(start - timedelta(seconds=1))[first] != [b]


a_gone = 0  # a grid that a withdrawn plan names


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    moves=st.lists(st.tuples(st.integers(0, 2), st.sampled_from([0, 1, None]), st.integers(0, 5)), max_size=8)
)
@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_whatever_moves_the_terms_of_a_building_follow_on_each_other(db, grids, moves):
    _, made, houses = grids
    with time_machine.travel(START + timedelta(days=400), tick=False):
        before = max((one.since for one in _all(db)), default=START)
        at = before
        for house, grid, days in moves:
            at += timedelta(days=days)
            db.write(
                lambda h=houses[house], g=None if grid is None else made[grid], t=at: (
                    set_grid(h, g),
                    terms.follow(t),
                )
            )
        for house in houses:
            with db.read():
                spans = [(one.since, one.until) for one in terms.history(house)]
            assert spans[-1][1] is None
            assert all(earlier[1] == later[0] for earlier, later in pairwise(spans))


def _all(db):
    with db.read():
        return session().scalars(select(GridTerm)).all()
