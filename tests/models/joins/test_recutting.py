"""A re-cut at its moment: the buildings, their open cases, and nothing that is closed."""

from datetime import timedelta

import pytest
from factories import a_case, a_town, spot
from racing import at_once
from sqlalchemy import select, update

from models.base.actor import By
from models.base.clock import now
from models.base.orm import put, session
from models.case import reach
from models.case.case import Case
from models.case.tables import Offer
from models.duty.tables import RungHolder
from models.grid import handing_over, recuts, terms
from models.grid.tables import GridTerm, Recut
from models.history import steps_about
from models.joins import passing_on, recutting
from models.joins.recutting import Move
from models.outbox.letter import Letter
from models.person.tables import Staff
from models.place.gazetteer import town
from models.place.tables import Building, Grid
from models.place.version import raise_version
from server import regridding


@pytest.fixture
def cast(db):
    def work():
        made = a_town()
        third = spot().building_id
        made.third, made.fifth = third, spot(building="5", unit=None).building_id
        made.old = session().get_one(Building, third).grid_id
        made.new = put(Grid, name="育英二网格", community_id=spot().community_id, kind=None)
        session().execute(update(Building).where(Building.name == "7").values(grid_id=made.old))
        terms.follow(now() - timedelta(days=100))
        raise_version()
        made.by = By.staff(made.leader.id)
        return made

    return db.write(work)


def planned(db, plan, by, days=-1):
    """A re-cut whose moment was so many days ago."""

    def work():
        (one,) = recuts.propose(plan, now() + timedelta(days=1), "重划", by)
        one.starts_at = now() + timedelta(days=days)
        return one.id

    return db.write(work)


def followed(db):
    """How many cases went, as the timetable's line takes them."""
    with db.read():
        cases = recutting.astray()
    regridding.follow(None, db)
    return len(cases)


def grids(db):
    with db.read():
        return {case.text: case.grid_id for case in session().scalars(select(Case))}


def test_open_cases_go_along_with_a_step_and_closed_ones_stay(db, cast):
    def work():
        a_case(reporter=cast.wang, text="开着的")
        a_case(reporter=cast.wang, text="办着的", accepted_by=cast.li)
        a_case(reporter=cast.wang, text="等点头的", finished_by=cast.li)
        a_case(reporter=cast.wang, text="办完的", nodded_by=cast.wang, finished_by=cast.li)
        a_case(reporter=cast.wang, text="作废的").void(By.person(cast.wang.id), "自己好了")
        a_case(reporter=cast.wang, text="五号楼的", at=spot(building="5", unit="1"))

    db.write(work)
    planned(db, {cast.third: cast.new}, cast.by)
    assert db.write(recutting.apply_one)
    assert not db.write(recutting.apply_one)
    assert set(grids(db).values()) == {cast.old}
    assert followed(db) == 3
    assert followed(db) == 0
    assert grids(db) == {
        "开着的": cast.new, "办着的": cast.new, "等点头的": cast.new,
        "办完的": cast.old, "作废的": cast.old, "五号楼的": cast.old,
    }  # fmt: skip
    with db.read():
        (case,) = session().scalars(select(Case).where(Case.text == "开着的"))
        step = steps_about("case", case.id)[-1]
        assert (step.what, step.by_kind, step.facts) == (
            "regridded", "system", {"before": cast.old, "grid": cast.new},
        )  # fmt: skip
        assert town().buildings[cast.third].grid_id == cast.new


def test_three_schedulers_at_once_apply_it_once(db, cast):
    number = planned(db, {cast.third: cast.new}, cast.by)
    assert sorted(at_once(db, *[recutting.apply_one] * 3)) == [False, False, True]
    with db.read():
        assert [one.what for one in steps_about("recut", number)] == ["recut_planned", "recut_applied"]
        assert len(terms.history(cast.third)) == 2


def test_nothing_happens_before_its_moment_and_it_counts_from_that_moment(db, cast):
    number = planned(db, {cast.third: cast.new}, cast.by, days=1)
    assert not db.write(recutting.apply_one)
    late = now() - timedelta(hours=30)
    db.write(lambda: setattr(session().get_one(Recut, number), "starts_at", late))
    assert db.write(recutting.apply_one)
    with db.read():
        assert [(one.grid_id, one.until) for one in terms.history(cast.third)] == [
            (cast.old, late), (cast.new, None),
        ]  # fmt: skip
        assert [one.what for one in steps_about("recut", number)] == ["recut_planned", "recut_applied"]


def test_a_withdrawn_one_is_never_applied(db, cast):
    number = planned(db, {cast.third: cast.new}, cast.by, days=1)
    db.write(recuts.withdraw, number, cast.by, "不划了")
    past = now() - timedelta(days=1)
    db.write(lambda: setattr(session().get_one(Recut, number), "starts_at", past))
    assert not db.write(recutting.apply_one)


def test_cases_follow_an_import_as_well(db, cast):
    db.write(lambda: a_case(reporter=cast.wang))
    changed = update(Building).where(Building.id == cast.third).values(grid_id=cast.new)
    db.write(lambda: (session().execute(changed), terms.follow(now())))
    assert followed(db) == 1
    assert list(grids(db).values()) == [cast.new]


def test_one_that_ended_meanwhile_stays_where_it_was(db, cast):
    number = db.write(lambda: a_case(reporter=cast.wang).id)
    planned(db, {cast.third: cast.new}, cast.by)
    db.write(recutting.apply_one)
    with db.read():
        assert recutting.astray() == [number]
    db.write(lambda: reach.hold(number).void(By.person(cast.wang.id), "自己好了"))
    assert db.write(recutting.follow, [number]) == 0
    assert list(grids(db).values()) == [cast.old]


def test_the_preview_counts_buildings_and_open_cases(db, cast):
    def work():
        a_case(reporter=cast.wang)
        a_case(reporter=cast.wang, at=spot(building="5", unit="1"))
        a_case(reporter=cast.wang, finished_by=cast.li, nodded_by=cast.wang)

    db.write(work)
    with db.read():
        plan = {cast.third: cast.new, cast.fifth: cast.new}
        assert recutting.moves(plan, now()) == [Move(cast.old, cast.new, (cast.third, cast.fifth), 0, 2)]


def test_where_nothing_moved_no_case_is_looked_at(db, cast):
    """The first term of a building, as the migration writes it, is no move."""
    with db.read():
        assert not terms.moved_since(now() - timedelta(days=365))
        assert len(session().scalars(select(GridTerm)).all()) == 4


def holders(db):
    with db.read():
        rows = session().execute(select(Offer.person_id).where(Offer.ended_at.is_(None)).order_by(Offer.id))
        return [row.person_id for row in rows]


def told(db, kind):
    with db.read():
        rows = session().scalars(select(Letter).where(Letter.kind == kind).order_by(Letter.id)).all()
        return [(one.to_id, one.facts["count"]) for one in rows]


def test_the_new_grids_worker_gets_the_cases_with_one_letter(db, cast):
    def work():
        put(RungHolder, grid_id=cast.new, rung=0, person_id=cast.wu.id, since=now())
        raise_version()
        for accepted in (None, None, cast.sun):
            a_case(reporter=cast.wang, at=spot(building="5", unit="1"), accepted_by=accepted)

    db.write(work)
    assert set(holders(db)) == {cast.sun.id}
    planned(db, {cast.fifth: cast.new}, cast.by)
    assert db.write(recutting.apply_one)
    assert followed(db) == 3
    while db.write(passing_on.pass_on_one):
        pass
    assert holders(db) == [cast.wu.id] * 3
    assert told(db, passing_on.TAKEN_OVER) == [(cast.wu.id, 3)]
    assert told(db, passing_on.HANDED_OVER) == [(cast.sun.id, 3)]


def test_what_the_keeper_of_a_house_has_stays_with_the_keeper(db, cast):
    db.write(lambda: a_case(reporter=cast.wang))
    planned(db, {cast.third: cast.new}, cast.by)
    db.write(recutting.apply_one)
    assert followed(db) == 1
    assert not db.write(passing_on.pass_on_one)
    assert set(holders(db)) == {cast.li.id, cast.ma.id}


def test_cases_of_a_building_that_changed_hands_go_to_who_took_it(db, cast):
    db.write(lambda: [a_case(reporter=cast.wang, accepted_by=one) for one in (None, cast.li)])
    db.write(lambda: cast_employers(cast))
    number = db.write(lambda: handing_over.ask(cast.third, cast.wu.id, By.staff(cast.li.id)).id)
    assert not db.write(passing_on.pass_on_one)
    db.write(lambda: handing_over.agree(number, By.staff(cast.wu.id)).id)
    while db.write(passing_on.pass_on_one):
        pass
    assert set(holders(db)) == {cast.wu.id}
    assert sum(count for to, count in told(db, passing_on.TAKEN_OVER) if to == cast.wu.id) == 2


def cast_employers(cast):
    """李 and 马 are of one unit, 吴 is of another and of no community."""
    for one, employer in ((cast.li, "住建局"), (cast.ma, "住建局"), (cast.wu, "民政局")):
        values = {"employer": employer, "community_id": None}
        session().execute(update(Staff).where(Staff.person_id == one.id).values(**values))
    raise_version()
