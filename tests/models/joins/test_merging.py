"""Two records turn out to be one person."""

from collections.abc import Iterator

import pytest
from cast import Cast
from factories import a_case, a_town, finish, letters_to, told, unit_of_work
from sqlalchemy import select

from models.base.actor import By
from models.base.orm import session
from models.case import reach
from models.case.tables import Fellow, Rating
from models.dialogue.question import Asked, ask, open_question
from models.joins.merging import merge
from models.outbox.address import owner_of
from models.person.arriving import home_of
from server.database import Database


@pytest.fixture
def cast(db: Database) -> Iterator[Cast]:
    with unit_of_work(db):
        yield a_town()


def test_everything_of_the_younger_record_goes_to_the_other(cast: Cast) -> None:
    from datetime import timedelta

    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    ask(cast.wang.id, "official", Asked.PLACE, lasts=timedelta(minutes=5), case_id=case.id)
    merge(cast.wang.id, into=cast.rider.id)
    session().flush()
    session().expire_all()
    assert owner_of("official", "o-wang") == owner_of("official", "o-rider") == cast.rider.id
    assert reach.hold(case.id).reporter_id == cast.rider.id
    assert home_of(cast.rider.id) is not None
    assert told(cast.rider) == ["case_accepted"]
    assert open_question(cast.wang.id, "official") is None


def test_letters_that_went_out_already_stay_where_they_went(cast: Cast) -> None:
    a_case(reporter=cast.wang, accepted_by=cast.li)
    letters_to(cast.wang)[0].state = "sent"
    session().flush()
    merge(cast.wang.id, into=cast.rider.id)
    assert told(cast.wang) == ["case_accepted"]


def test_who_joined_and_rated_twice_has_one_voice(cast: Cast) -> None:
    case = a_case(reporter=cast.sun_xiaoyu)
    for who in (cast.wang, cast.rider):
        case.join(who.id)
    case.accept(cast.li.id)
    finish(case, cast.li)
    for who, grade in ((cast.wang, 5), (cast.rider, 3)):
        case.rate(By.person(who.id), grade)
    merge(cast.rider.id, into=cast.wang.id)
    session().flush()
    assert [one.person_id for one in session().scalars(select(Fellow))] == [cast.wang.id]
    assert [(one.person_id, one.grade) for one in session().scalars(select(Rating))] == [(cast.wang.id, 5)]


def test_merging_somebody_with_oneself_changes_nothing(cast: Cast) -> None:
    merge(cast.wang.id, into=cast.wang.id)
    assert owner_of("official", "o-wang") == cast.wang.id
