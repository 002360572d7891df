"""The ladder of a town, by date."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import select
from town_workbooks import bring_in, small_town

from models.base.clock import now
from models.base.orm import put, session
from models.duty import ladder
from models.duty.tables import Absence, Rung, RungHolder, Shift
from models.person.tables import Staff
from models.place.tables import Community, Grid
from models.place.version import raise_version
from server.database import Database


def person(number: str) -> int:
    return session().execute(select(Staff.person_id).where(Staff.number == number)).scalar_one()


def numbers(people: Iterable[int]) -> list[str]:
    known = {staff.person_id: staff.number for staff in session().scalars(select(Staff))}
    return [known[one] for one in people]


def ids() -> tuple[int, int]:
    """The only grid and its community."""
    return session().scalars(select(Grid.id)).one(), session().scalars(select(Community.id)).one()


def stands(rung: int, at: datetime | None = None) -> tuple[list[str], str, int] | None:
    found = ladder.standing(*ids(), rung, at)
    return (numbers(found.people), found.how, found.rung) if found else None


def away(number: str, *, deputy: str | None = None, since: timedelta = timedelta(0)) -> None:
    put(
        Absence,
        person_id=person(number),
        deputy_id=person(deputy) if deputy else None,
        since=now() + since,
        reason="年假",
    )
    raise_version()


def test_the_default_ladder_has_the_four_rungs_of_the_workbook(db: Database) -> None:
    bring_in(db, small_town())
    with db.read():
        assert ladder.rungs(None) == ("网格员", "网格长", "一级网格长", "网格总长")
        assert ladder.top(ids()[1]) == 3


def test_the_holder_stands_there_and_above_the_last_of_them_nobody(db: Database) -> None:
    bring_in(db, small_town())
    with db.read():
        assert stands(0) == (["G1"], "holder", 0)
        assert stands(1) == (["G2"], "holder", 1)
        assert stands(2) is None
        assert stands(9) is None


def test_a_leave_passes_to_the_deputy_else_one_rung_up(db: Database) -> None:
    bring_in(db, small_town())

    def leave() -> None:
        away("G1", deputy="K1")
        assert stands(0) == (["K1"], "deputy", 0)
        away("K1")
        assert stands(0) == (["G2"], "up", 1)
        away("G2", since=timedelta(days=2))
        assert stands(0, now() + timedelta(days=1)) == (["G2"], "up", 1)
        assert stands(0, now() + timedelta(days=3)) is None

    db.write(leave)


def test_where_nobody_of_the_grid_is_whoever_is_on_shift_stands_in(db: Database) -> None:
    bring_in(db, small_town())

    def shift() -> None:
        _grid, community = ids()
        at = now()
        put(
            Shift,
            community_id=community,
            rung=2,
            person_id=person("C1"),
            starts_at=at - timedelta(hours=1),
            ends_at=at + timedelta(hours=1),
        )
        assert stands(2, at) == (["C1"], "shift", 2)
        assert stands(2, at + timedelta(hours=1)) is None
        assert stands(1, at) == (["G2"], "holder", 1)  # the rota never goes before a holder who is there
        away("C1")
        assert stands(2) is None

    db.write(shift)


def test_asked_for_last_month_it_answers_with_last_months_holders(db: Database) -> None:
    bring_in(db, small_town())

    def before() -> None:
        grid, _ = ids()
        begins = now() - timedelta(days=40)
        put(
            RungHolder,
            grid_id=grid,
            rung=0,
            person_id=person("C1"),
            since=begins,
            until=begins + timedelta(days=30),
        )
        raise_version()
        assert stands(0, now() - timedelta(days=20)) == (["C1"], "holder", 0)
        assert stands(0, now() - timedelta(days=5)) is None
        assert stands(0) == (["G1"], "holder", 0)

    db.write(before)


def test_without_a_grid_all_of_the_community_on_that_rung_stand_there(db: Database) -> None:
    bring_in(db, small_town())
    with db.read():
        _, community = ids()
        found = ladder.standing(None, community, 0)
        assert found is not None
        assert (numbers(found.people), found.how) == (["G1"], "holder")
        assert ladder.standing(None, community + 1, 0) is None


def test_a_short_ladder_ends_where_it_ends(db: Database) -> None:
    bring_in(db, small_town())

    def shorten() -> None:
        _grid, community = ids()
        put(Rung, community_id=community, number=0, name="楼长", since=date(2026, 1, 1))
        raise_version()
        assert ladder.rungs(community) == ("楼长",)
        assert ladder.top(community) == 0
        assert stands(1) is None
        away("G1")
        assert stands(0) is None

    db.write(shorten)


def test_each_sees_the_grids_below_and_nothing_else(db: Database) -> None:
    bring_in(db, small_town())

    def look() -> None:
        grid, _ = ids()
        assert ladder.subtree(person("G1")) == {grid}
        assert ladder.subtree(person("G1"), lowest=1) == frozenset()
        assert ladder.subtree(person("G2"), lowest=1) == {grid}
        assert ladder.subtree(person("K1")) == frozenset()
        away("G2", deputy="K1")
        assert ladder.subtree(person("K1")) == {grid}
        assert ladder.subtree(person("G2")) == {grid}  # on leave one still sees
        assert ladder.subtree(person("K1"), now() - timedelta(days=1)) == frozenset()

    db.write(look)


def test_every_rung_on_which_nobody_is_stands_on_the_list(db: Database) -> None:
    bring_in(db, small_town())

    def look() -> None:
        grid, community = ids()
        assert [(one.rung, one.why) for one in ladder.gaps()] == [(2, "vacant"), (3, "vacant")]
        away("G1")
        assert next((one.grid_id, one.name, one.why) for one in ladder.gaps(community)) == (
            grid,
            "网格员",
            "away",
        )
        assert ladder.gaps(community + 1) == []

    db.write(look)
