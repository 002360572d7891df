"""A re-cut that leaves a gap is refused with a list; one that is sound waits for its moment."""

from datetime import UTC, datetime, timedelta

import pytest
from grid_town import a_place, someone
from sqlalchemy import update

from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.grid import recuts, terms
from models.grid.recuts import RecutRefused
from models.grid.tables import Recut
from models.place.tables import Building

SINCE = datetime(2026, 3, 1, tzinfo=UTC)


class Cast:
    def __init__(self):
        self.place = a_place(3, "甲", "乙", since=SINCE)
        self.other = a_place(1, "丙", since=SINCE, name="别的")
        self.desk = By.staff(someone("赵", "community", community=self.place.community))
        self.town = By.staff(someone("郑", "street"))


@pytest.fixture
def cast(db):
    return db.write(Cast)


@pytest.fixture
def start():
    return now() + timedelta(days=10)


def test_only_what_changes_is_planned_and_nothing_happens_before_its_moment(db, cast, start):
    first, second, _ = cast.place.houses
    a, b = cast.place.grids
    plan = {first: b, second: a}
    number = db.write(lambda: recuts.propose(plan, start, "规模适度", cast.desk)[0].id)
    with db.read():
        assert session().get_one(Recut, number).plan == {str(first): b}
        assert recuts.next_due(start - timedelta(seconds=1)) is None
        assert recuts.next_due(start).id == number
        assert terms.grids_at(now())[first] == [a]
        assert terms.grids_at(start)[first] == [b]
        assert [one.id for one in terms.waiting(cast.place.community)] == [number]
        assert terms.waiting(cast.other.community) == []


def test_one_that_touches_two_communities_is_one_of_each(db, cast, start):
    moved = update(Building).where(Building.id == cast.other.houses[0]).values(grid_id=None)
    db.write(lambda: (session().execute(moved), terms.follow(SINCE + timedelta(days=1))))
    plan = {cast.place.houses[0]: cast.place.grids[1], cast.other.houses[0]: cast.other.grids[0]}
    with pytest.raises(NotAllowed, match="grid_not_yours"):
        db.write(lambda: recuts.propose(plan, start, "重划", cast.desk))
    made = db.write(lambda: [one.community_id for one in recuts.propose(plan, start, "重划", cast.town)])
    assert made == [cast.place.community, cast.other.community]


def test_a_gap_that_stays_and_a_grid_of_elsewhere_are_listed(db, cast, start):
    first, second, third = cast.place.houses
    left = update(Building).where(Building.id == third).values(grid_id=None)
    db.write(lambda: (session().execute(left), terms.follow(SINCE + timedelta(days=1))))
    plan = {first: cast.place.grids[1], second: cast.other.grids[0]}
    with pytest.raises(RecutRefused) as refused:
        db.write(lambda: recuts.propose(plan, start, "重划", cast.desk))
    assert [(one.what, one.building) for one in refused.value.faults] == [("elsewhere", "2"), ("gap", "3")]
    with db.read():
        assert recuts.listed() == []
    whole = plan | {second: cast.place.grids[0], third: cast.place.grids[0]}
    assert db.write(lambda: len(recuts.propose(whole, start, "重划", cast.desk))) == 1


def test_it_is_judged_by_what_is_true_on_its_day(db, cast, start):
    """A building that an earlier plan puts into a grid is no gap of a later one."""
    first, _, third = cast.place.houses
    left = update(Building).where(Building.id == third).values(grid_id=None)
    db.write(lambda: (session().execute(left), terms.follow(SINCE + timedelta(days=1))))
    db.write(lambda: len(recuts.propose({third: cast.place.grids[0]}, start, "补上", cast.desk)))
    later = start + timedelta(days=1)
    assert db.write(lambda: len(recuts.propose({first: cast.place.grids[1]}, later, "重划", cast.desk))) == 1


def test_the_past_no_change_and_no_reason_are_refused(db, cast, start):
    first = cast.place.houses[0]
    a, b = cast.place.grids
    for plan, when, reason, code in (
        ({first: b}, now() - timedelta(seconds=1), "重划", "recut_past"),
        ({first: a}, start, "重划", "recut_nothing"),
        ({first: b}, start, " ", "reason_needed"),
    ):
        with pytest.raises(Invalid, match=code):
            db.write(lambda p=plan, w=when, r=reason: recuts.propose(p, w, r, cast.desk))


def test_it_is_withdrawn_before_its_moment_by_the_desk_alone(db, cast, start):
    plan = {cast.place.houses[0]: cast.place.grids[1]}
    number = db.write(lambda: recuts.propose(plan, start, "重划", cast.desk)[0].id)
    stranger = By.staff(db.write(lambda: someone("钱", "community", community=cast.other.community)))
    with pytest.raises(NotAllowed, match="grid_not_yours"):
        db.write(recuts.withdraw, number, stranger, "不要了")
    with pytest.raises(Invalid, match="reason_needed"):
        db.write(recuts.withdraw, number, cast.desk, "")
    db.write(recuts.withdraw, number, cast.desk, "不要了")
    with db.read():
        assert recuts.next_due(start) is None
    with pytest.raises(NotAllowed, match="recut_over"):
        db.write(recuts.withdraw, number, cast.desk, "再来")
    with pytest.raises(NotFound, match="recut_not_found"):
        db.write(recuts.withdraw, 999_999, cast.desk, "没有")


def test_terms_follow_on_each_other_even_when_the_plan_is_applied_late(db, cast):
    """An import after the planned moment has changed the building already."""
    first = cast.place.houses[0]
    a, b = cast.place.grids
    day = timedelta(days=1)
    changed = update(Building).where(Building.id == first).values(grid_id=None)
    db.write(lambda: (session().execute(changed), terms.follow(SINCE + 5 * day)))
    db.write(terms.put_into, {first: b}, SINCE + 3 * day)
    with db.read():
        spans = [(one.grid_id, one.since, one.until) for one in terms.history(first)]
    assert spans == [
        (a, SINCE, SINCE + 5 * day),
        (None, SINCE + 5 * day, SINCE + 5 * day),
        (b, SINCE + 5 * day, None),
    ]
