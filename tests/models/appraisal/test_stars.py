"""星级管家: one secret vote of the own grid; a quarter is closed once and counts the same again."""

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from appraised import a_bad_month, apart
from cast import Cast, Someone
from factories import a_town, unit_of_work
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from models.appraisal import stars
from models.appraisal.tables import StarQuarter, StarVote
from models.base.actor import By
from models.base.clock import SHANGHAI
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed
from models.case.case import Case
from models.duty.tables import Keeper
from models.indicator.period import named
from models.person.arriving import move_in
from models.place.tables import Building, Community, Household
from server.database import Database

QUARTER = named("2026-Q4")
BEFORE, IN_IT, AFTER = (
    datetime(2026, 10, 8, 9, tzinfo=SHANGHAI),
    datetime(2026, 12, 20, 9, tzinfo=SHANGHAI),
    datetime(2027, 1, 4, 9, tzinfo=SHANGHAI),
)


@pytest.fixture
def cast(db: Database) -> Iterator[Cast]:
    """The town as it was before the quarter, whatever day it is."""
    with unit_of_work(db):
        with time_machine.travel(apart(BEFORE), tick=False):
            cast = a_town()
        yield cast


@pytest.fixture
def place(cast: Cast) -> int:
    """育英社区."""
    return session().scalars(select(Community.id).where(Community.name == "育英社区")).one()


@pytest.fixture
def busy(cast: Cast, place: int) -> int:
    """The same, where 李 had ten cases."""
    with time_machine.travel(IN_IT, tick=False):
        a_bad_month(cast)
    return place


def lives(someone: Someone, building: str, *, proof: str = "staff") -> None:
    """In a home of its own."""
    key = (
        session().scalars(select(Building.id).where(Building.name == building).order_by(Building.id)).first()
    )
    room = str(someone.id)
    put(Household, building_id=key, unit_name="1", room=room, area=5000, active=True)
    move_in(someone.id, building_id=key, unit="1", room=room, proof=proof)
    session().flush()


def close(place: int, by: Someone) -> StarQuarter:
    return stars.close(QUARTER, place, By.staff(by.id), stars.found(QUARTER, place))[0]


def test_only_the_stewards_of_the_own_grid_can_be_voted_for_by_whoever_lives_there_beyond_doubt(
    cast: Cast,
):
    with time_machine.travel(IN_IT, tick=False):
        lives(cast.wang, "3")
        lives(cast.sun_xiaoyu, "5")
        lives(cast.rider, "3", proof="said")
        lives(cast.li, "3")
        assert set(stars.may_be_voted_for(cast.wang.id)) == {cast.li.id, cast.ma.id, cast.sun.id}
        assert set(stars.may_be_voted_for(cast.sun_xiaoyu.id)) == {cast.li.id, cast.ma.id, cast.sun.id}
        assert stars.may_be_voted_for(cast.rider.id) == {}
        assert set(stars.may_be_voted_for(cast.li.id)) == {cast.ma.id, cast.sun.id}
        for voter, steward in ((cast.rider, cast.li), (cast.wang, cast.wu), (cast.li, cast.li)):
            with pytest.raises(NotAllowed, match="vote_grid"):
                stars.vote(voter.id, steward.id)


def test_one_vote_a_quarter_and_nobody_reads_whose(cast: Cast):
    with time_machine.travel(IN_IT, tick=False):
        lives(cast.wang, "3")
        assert not stars.has_voted(cast.wang.id)
        assert stars.vote(cast.wang.id, cast.li.id)
        assert not stars.vote(cast.wang.id, cast.ma.id)
        assert stars.has_voted(cast.wang.id)
    (row,) = session().scalars(select(StarVote))
    assert (row.steward_id, len(row.voter_hash)) == (cast.li.id, 64)
    assert {column.name for column in StarVote.__table__.columns} == {
        "id", "quarter", "voter_hash", "grid_id", "steward_id", "at",
    }  # fmt: skip
    with time_machine.travel(AFTER, tick=False):
        assert not stars.has_voted(cast.wang.id)


def test_a_quarter_is_closed_once_when_it_is_over_by_who_decides_there(cast: Cast, busy: int):
    with time_machine.travel(IN_IT, tick=False), pytest.raises(NotAllowed, match="period_runs"):
        close(busy, cast.zhao)
    with time_machine.travel(AFTER, tick=False):
        with pytest.raises(NotAllowed, match="appraisal_not_yours"):
            close(busy, cast.qian)
        with pytest.raises(Invalid, match="star_quarter"):
            stars.may_close(named("2026-11"), busy, By.staff(cast.zhao.id))
        row = close(busy, cast.zhao)
        assert close(busy, cast.leader).id == row.id
    assert [line["name"] for line in stars.firsts(row)] == ["李师傅"]
    assert {(one["name"], one["why"]) for one in row.excluded["lines"]} == {
        ("马师傅", "few_cases"), ("孙网格员", "few_cases"),
    }  # fmt: skip
    assert row.formulas.count(".") == 2


def test_counting_again_gives_the_same_names_whatever_became_of_cases_and_posts(cast: Cast, busy: int):
    with time_machine.travel(IN_IT, tick=False):
        lives(cast.wang, "3")
        stars.vote(cast.wang.id, cast.li.id)
    with time_machine.travel(AFTER, tick=False):
        row = close(busy, cast.zhao)
        for case in session().scalars(select(Case).where(Case.state == "handling")):
            case.void(By.staff(cast.zhao.id), "x", agreed_by=cast.leader.id)
        session().execute(
            update(Keeper).where(Keeper.person_id == cast.li.id).values(until=datetime.now(SHANGHAI))
        )
        stars.vote(cast.wang.id, cast.ma.id)  # in the next quarter
        session().flush()
        again = stars.found(QUARTER, busy)
    assert again.ranking == row.ranking
    assert again.excluded == row.excluded
    assert again.formulas == row.formulas
    (line,) = row.ranking["lines"]
    assert (line["votes"], line["cast"]) == (1, 1)


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_database_refuses_to_edit_a_closed_quarter(cast: Cast, place: int, verb: str):
    with time_machine.travel(AFTER, tick=False):
        close(place, cast.zhao)
    statement = update(StarQuarter).values(places=8) if verb == "update" else delete(StarQuarter)
    with pytest.raises((DBAPIError, IntegrityError)):
        session().execute(statement)


def test_the_town_is_closed_once_too(db: Database):
    with unit_of_work(db), time_machine.travel(AFTER, tick=False):
        values = {"quarter": "2026-Q4", "formulas": "x", "places": 7, "ranking": {}, "excluded": {}}
        put(StarQuarter, community_id=None, **values)
        with pytest.raises(IntegrityError):
            put(StarQuarter, community_id=None, **values)
