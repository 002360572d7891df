"""周报: open cases by state, rung and age; rates grid by grid; nobody sees another's grid."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from appraised import apart
from cast import Cast
from factories import a_case, finish, letters_to, spot
from sqlalchemy import select

from models.appraisal import weekly
from models.appraisal.weekly import Seen, last_week, put_together, summed
from models.base.actor import By
from models.base.clock import SHANGHAI, now
from models.base.orm import put, session
from models.duty.tables import RungHolder
from models.indicator.asking import TOWN, Scope
from models.indicator.figures import Figure
from models.place.tables import Community, Estate, Grid
from models.place.version import raise_version

AT = datetime(2026, 11, 23, 8, tzinfo=SHANGHAI)  # a Monday
WEEK = last_week(AT.date())


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(apart(AT), tick=False) as clock:
        yield clock


def test_the_week_before_is_monday_to_sunday():
    assert (WEEK.first, WEEK.last) == (date(2026, 11, 16), date(2026, 11, 22))
    assert last_week(date(2026, 11, 29)) == WEEK


def test_grids_with_most_that_is_late_come_first_and_sums_are_of_counts(cast: Cast):
    first = session().scalars(select(Grid.id)).one()
    second = put(Grid, name="育英二网格", community_id=session().scalars(select(Community.id)).first())
    seen = [
        Seen(first, "handling", 0, False, 3, 4),
        Seen(second, "dispatched", 1, True, 7, 2),
        Seen(None, "filed", 0, False, None, 1),
    ]
    rates = {first: (Figure("done_rate", 1, 2),), second: (Figure("done_rate", 9, 10),)}
    found = put_together(WEEK, seen, rates, ["done_rate"], [1, 3, 7], True, now())
    assert [one.grid_id for one in found.grids] == [second, first, None]
    assert found.rates == (Figure("done_rate", 10, 12),)
    assert dict(found.states) == {"collected": 0, "filed": 1, "dispatched": 2, "handling": 4, "finished": 0}
    assert found.ages == ((1, 0), (3, 4), (7, 2), (None, 1))
    assert (found.open, found.late) == (7, 2)
    assert summed([], (Figure("done_rate", 0, 0),)) == (Figure("done_rate", 0, 0),)


def test_a_case_is_late_by_its_promise_or_by_having_climbed_and_not_once_it_is_done(cast: Cast, then):
    a_case(reporter=cast.wang, when=now() - timedelta(days=40))
    done = a_case(reporter=cast.wang, when=now() - timedelta(days=40), accepted_by=cast.li)
    finish(done, cast.li)
    a_case(reporter=cast.wang, accepted_by=cast.li)
    session().flush()
    (row,) = weekly.week(WEEK, TOWN).grids
    assert (row.name, row.open, row.late) == ("育英社区 · 育英一网格", 3, 1)


def test_each_leader_hears_of_the_own_grids_alone_and_once(cast: Cast):
    own = session().scalars(select(Grid.id)).one()
    jianshe = session().scalars(select(Estate.community_id).where(Estate.name == "建设小区")).one()
    other = put(Grid, name="建设一网格", community_id=jianshe)
    for grid, person in ((own, cast.ma), (other, cast.wu)):
        put(RungHolder, grid_id=grid, rung=1, person_id=person.id, since=now())
    raise_version()
    with time_machine.travel(AT - timedelta(days=4), tick=False):
        a_case(reporter=cast.wang, accepted_by=cast.li)
        a_case(reporter=cast.wang, at=spot("建设小区", "1", None))
    session().flush()
    scopes = dict(weekly.leaders())
    assert scopes[cast.ma.id] == Scope(grids=frozenset({own}))
    assert scopes[cast.leader.id] == TOWN
    assert not {cast.li.id, cast.sun.id, cast.zhou.id} & set(scopes)
    assert {one.grid_id for one in weekly.week(WEEK, scopes[cast.ma.id]).grids} == {own}
    assert {one.grid_id for one in weekly.week(WEEK, TOWN).grids} == {own, None}
    told = weekly.tell_some(WEEK, list(scopes.items()))
    assert weekly.tell_some(WEEK, list(scopes.items())) == 0
    assert told == 4  # 马, 赵, 钱, 郑; in 吴's grid nothing is and was
    (letter,) = letters_to(cast.ma, "week")
    assert letter.facts["open"] == 1
    assert letter.facts["rates"][0] == {"indicator": "done_rate", "over": 0, "under": 1, "scale": 1}
    assert letter.facts["path"].endswith("/week")
    assert letters_to(cast.wu, "week") == []


def test_what_few_people_said_is_in_no_row_and_no_sum_while_the_month_runs(cast: Cast, then):
    """Row 96: one word of one week would say who gave it."""
    with time_machine.travel(AT - timedelta(days=4), tick=False):
        case = a_case(reporter=cast.wang, finished_by=cast.li)
        case.rate(By.person(cast.wang.id), 5)
    session().flush()
    codes = [one.code for one in weekly.week(WEEK, TOWN).rates]
    place = codes.index("satisfaction_rate")

    def told() -> tuple[str, str]:
        found = weekly.week(WEEK, TOWN)
        return found.grids[0].rates[place].counted, found.rates[place].counted

    assert told() == ("0/0", "0/0")
    then.move_to(datetime(2026, 12, 1, 9, tzinfo=SHANGHAI))
    assert told() == ("1/1", "1/1")
