"""Who is put on a rung, and what stays known of it."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from cast import Cast, Someone
from factories import a_town, unit_of_work
from sqlalchemy import select
from town_workbooks import bring_in, small_town

from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.duty import ladder, terms
from models.duty.leave import come_back, leaves_of, note_posts, take_leave
from models.duty.own_ladder import set_ladder
from models.duty.tables import Absence, RungHolder
from models.history import steps_about
from models.person.tables import Staff
from models.place.tables import Grid
from models.place.version import raise_version
from server.database import Database


@pytest.fixture
def cast(db: Database) -> Iterator[Cast]:
    with unit_of_work(db):
        yield a_town()


@pytest.fixture
def grid(cast: Cast) -> int:
    return session().scalars(select(Grid.id)).one()


def desk(cast: Cast) -> By:
    return By.staff(cast.zhao.id)


def stands(grid: int, rung: int, at: datetime | None = None) -> tuple[int, str] | None:
    found = ladder.standing(grid, 1, rung, at)
    return (found.person_id, found.how) if found is not None else None


def test_a_new_holder_ends_the_term_of_the_old_one(cast: Cast, grid: int) -> None:
    before = now()
    terms.hold(grid, 0, cast.li.id, desk(cast))
    assert stands(grid, 0) == (cast.li.id, "holder")
    assert stands(grid, 0, before) == (cast.sun.id, "holder")
    assert [one.what for one in steps_about("grid", grid)] == ["rung_left", "rung_held"]


def test_the_same_again_is_one_term(cast: Cast, grid: int) -> None:
    first = terms.hold(grid, 1, cast.li.id, desk(cast))
    assert terms.hold(grid, 1, cast.li.id, desk(cast)) == first
    assert terms.hold(grid, 1, cast.li.id, desk(cast), until=now() + timedelta(days=9)) == first


def test_several_may_hold_one_rung_side_by_side(cast: Cast, grid: int) -> None:
    terms.hold(grid, 0, cast.li.id, desk(cast), beside=True)
    found = ladder.standing(grid, 1, 0)
    assert found is not None
    assert found.people == (cast.sun.id, cast.li.id)


def test_a_term_that_is_planned_begins_by_itself_and_ends_by_itself(cast: Cast, grid: int) -> None:
    begins, ends = now() + timedelta(days=3), now() + timedelta(days=6)
    terms.hold(grid, 0, cast.li.id, desk(cast), since=begins, until=ends)
    assert stands(grid, 0) == (cast.sun.id, "holder")
    assert stands(grid, 0, begins) == (cast.li.id, "holder")
    assert stands(grid, 0, ends) is None
    with pytest.raises(Invalid, match="rung_taken_later"):
        terms.hold(grid, 0, cast.ma.id, desk(cast))
    terms.hold(grid, 0, cast.ma.id, desk(cast), until=begins)
    assert stands(grid, 0) == (cast.ma.id, "holder")


def test_another_deputy_does_not_change_who_stood_in_before(cast: Cast, grid: int) -> None:
    terms.depute(grid, 0, cast.sun.id, cast.li.id, desk(cast))
    take_leave(cast.sun.id, desk(cast), reason="年假")
    before = now()
    assert stands(grid, 0, before) == (cast.li.id, "deputy")
    terms.depute(grid, 0, cast.sun.id, cast.ma.id, desk(cast))
    assert stands(grid, 0) == (cast.ma.id, "deputy")
    assert stands(grid, 0, before) == (cast.li.id, "deputy")


def test_giving_up_leaves_a_gap(cast: Cast, grid: int) -> None:
    terms.hold(grid, 1, cast.li.id, desk(cast))
    terms.give_up(grid, 0, cast.sun.id, desk(cast))
    assert stands(grid, 0) == (cast.li.id, "up")
    assert [(one.rung, one.why) for one in ladder.gaps()] == [(0, "vacant"), (2, "vacant"), (3, "vacant")]
    with pytest.raises(NotFound, match="rung_not_held"):
        terms.give_up(grid, 0, cast.sun.id, desk(cast))


def test_only_the_desk_above_decides_it(cast: Cast, grid: int) -> None:
    for one in (cast.qian, cast.sun, cast.wang, cast.li):
        with pytest.raises(NotAllowed, match="chain_not_yours"):
            terms.hold(grid, 0, cast.li.id, By.staff(one.id))
        with pytest.raises(NotAllowed, match="chain_not_yours"):
            set_ladder(1, ["楼长"], date(2100, 1, 1), By.staff(one.id))
    terms.hold(grid, 0, cast.li.id, By.staff(cast.leader.id))


def test_what_makes_no_sense_is_refused(cast: Cast, grid: int) -> None:
    by = desk(cast)
    for code, rung, person, said in [
        ("rung_unknown", 4, cast.li, {}),
        ("rung_unknown", -1, cast.li, {}),
        ("rung_term", 0, cast.li, {"until": now() - timedelta(days=1)}),
        ("rung_person", 0, cast.wang, {}),
        ("rung_person", 0, cast.qian, {}),
        ("rung_deputy", 0, cast.li, {"deputy_id": cast.li.id}),
        ("rung_deputy", 0, cast.li, {"deputy_id": cast.wang.id}),
    ]:
        with pytest.raises(Invalid, match=code):
            terms.hold(grid, rung, person.id, by, **said)  # type: ignore[arg-type]
    with pytest.raises(NotFound, match="grid_not_found"):
        terms.hold(99, 0, cast.li.id, by)
    assert stands(grid, 0) == (cast.sun.id, "holder")


def test_leave_is_taken_by_oneself_or_the_desk_and_by_nobody_else(cast: Cast) -> None:
    number = take_leave(cast.sun.id, By.staff(cast.sun.id), reason="年假", until=now() + timedelta(days=2))
    assert not come_back_as(cast.li, number)
    assert come_back(number, desk(cast))
    assert not come_back(number, desk(cast))
    with pytest.raises(NotAllowed, match="leave_not_yours"):
        take_leave(cast.sun.id, By.staff(cast.li.id), reason="年假")
    with pytest.raises(NotFound, match="no_such_number"):
        take_leave(cast.wang.id, desk(cast), reason="年假")


def come_back_as(someone: Someone, number: int) -> bool:
    try:
        return come_back(number, By.staff(someone.id))
    except NotAllowed:
        return False


def test_one_is_away_once_at_a_time(cast: Cast) -> None:
    by, until = By.staff(cast.sun.id), now() + timedelta(days=2)
    number = take_leave(cast.sun.id, by, reason="年假", until=until)
    assert take_leave(cast.sun.id, by, reason=" 年假 ", until=until) == number
    with pytest.raises(Invalid, match="leave_overlaps"):
        take_leave(cast.sun.id, by, reason="病假", since=now() + timedelta(days=1))
    later = take_leave(cast.sun.id, by, reason="病假", since=until)
    assert [one.id for one in leaves_of(cast.sun.id)] == [number, later]
    come_back(later, by)  # called off before it began
    assert [one.id for one in leaves_of(cast.sun.id)] == [number]
    for code, said in [("leave_term", {"until": now()}), ("leave_reason", {"reason": "  "})]:
        with pytest.raises(Invalid, match=code):
            take_leave(cast.ma.id, By.staff(cast.ma.id), **{"reason": "年假", **said})  # type: ignore[arg-type]


def test_a_lost_post_is_a_vacancy_from_that_moment_on(cast: Cast, grid: int) -> None:
    terms.depute(grid, 0, cast.sun.id, cast.li.id, desk(cast))
    before = now()
    staff = session().scalars(select(Staff).where(Staff.person_id == cast.sun.id)).one()
    staff.active = False
    note_posts()
    note_posts()
    raise_version()
    assert session().query(Absence).count() == 1
    assert stands(grid, 0) is None  # a deputy stands in for somebody on leave only
    assert stands(grid, 0, before) == (cast.sun.id, "holder")
    assert leaves_of(cast.sun.id) == []
    staff.active = True
    note_posts()
    raise_version()
    assert stands(grid, 0) == (cast.sun.id, "holder")


def test_a_community_may_climb_otherwise_from_a_day_on(cast: Cast) -> None:
    today, by = now().date() + timedelta(days=1), By.staff(cast.leader.id)
    set_ladder(1, ["楼长", "片长"], today, by)
    set_ladder(1, ["楼长", "片长"], today, by)
    later = datetime.combine(today, datetime.min.time(), now().tzinfo) + timedelta(days=1)
    assert ladder.rungs(1, later) == ("楼长", "片长")
    assert len(ladder.rungs(1, later - timedelta(days=9))) == 4
    assert len(ladder.rungs(2, later)) == 4
    with pytest.raises(Invalid, match="ladder_later"):
        set_ladder(1, ["楼长"], today, by)
    set_ladder(1, ["楼长"], today + timedelta(days=9), by)
    assert ladder.rungs(1, later) == ("楼长", "片长")
    assert ladder.rungs(1, later + timedelta(days=10)) == ("楼长",)
    for names in ([], ["一", "一"], [""], ["一" * 21]):
        with pytest.raises(Invalid, match="ladder_names"):
            set_ladder(None, names, today, by)
    with pytest.raises(Invalid, match="ladder_past"):
        set_ladder(None, ["一"], date(2020, 1, 1), by)


def test_an_import_ends_and_begins_terms_and_leaves_planned_ones_alone(db: Database) -> None:
    bring_in(db, small_town())

    def plan() -> None:
        for one in session().scalars(select(RungHolder)):
            one.until = now() + timedelta(days=30)
        raise_version()

    db.write(plan)
    assert bring_in(db, small_town())["grids"]["changed"] == 0
    sheets = small_town()
    sheets["网格"][1][-1] = "K1"
    bring_in(db, sheets)
    with db.read():
        held = session().scalars(select(RungHolder).order_by(RungHolder.id)).all()
        assert [(one.rung, one.until is None) for one in held] == [(0, False), (1, False), (0, True)]
        assert held[0].until is not None
        assert held[0].until <= now()
