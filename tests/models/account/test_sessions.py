"""Sessions that the server keeps (A5): over means over, at once, for whatever reason."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from cast import Cast
from factories import a_town, unit_of_work
from sqlalchemy import event, update

from models.account import sessions
from models.account.tables import Account, LoginSession
from models.base.clock import now
from models.base.orm import put, session
from models.base.refusals import NotFound
from models.person.tables import Staff
from server.database import Database


@pytest.fixture
def town(db: Database) -> Iterator[Cast]:
    with unit_of_work(db):
        yield a_town()


def a_session(town: Cast) -> str:
    return sessions.begin(town.zhao.id, "password", strong=True, browser="Firefox", address="10.0.0.7")


def test_who_began_it_holds_it(town: Cast):
    held = sessions.holder(a_session(town))
    assert held is not None
    assert (held.person_id, held.way, held.is_strong) == (town.zhao.id, "password", True)


def test_a_token_has_256_bits_and_only_its_hash_is_kept(town: Cast):
    token = a_session(town)
    assert len(token) == 43
    row = session().query(LoginSession).one()
    kept = " ".join(str(getattr(row, column.key)) for column in LoginSession.__table__.columns)
    assert token not in kept
    assert "10.0.0.7" not in kept


def test_no_two_are_the_same(town: Cast):
    assert a_session(town) != a_session(town)


@pytest.mark.parametrize("token", ["", "nothing", "a" * 43, "\x00", "好" * 50])
def test_what_is_no_token_opens_nothing(town: Cast, token: str):
    a_session(town)
    assert sessions.holder(token) is None


def test_logging_out_ends_it_in_the_database(town: Cast):
    one, other = a_session(town), a_session(town)
    sessions.end(one)
    assert sessions.holder(one) is None
    assert sessions.holder(other) is not None


def test_all_of_a_person_end_together_and_nobody_elses(town: Cast):
    mine = [a_session(town), a_session(town)]
    other = sessions.begin(town.qian.id, "work", strong=False)
    assert sessions.end_all(town.zhao.id, "password") == 2
    assert [sessions.holder(one) for one in mine] == [None, None]
    assert sessions.holder(other) is not None


def test_nobody_ends_somebody_elses(town: Cast):
    token = a_session(town)
    held = sessions.holder(token)
    assert held is not None
    sessions.end_one(town.qian.id, held.session_id)
    assert sessions.holder(token) is not None
    sessions.end_one(town.zhao.id, held.session_id)
    assert sessions.holder(token) is None


@pytest.mark.parametrize(
    "values", [{"active": False}, {"roles": ["keeper"]}, {"number": "moved"}, {"community_id": None}]
)
def test_another_post_ends_it_at_once(town: Cast, values: dict[str, object]):
    token = a_session(town)
    session().execute(update(Staff).where(Staff.person_id == town.zhao.id).values(**values))
    assert sessions.holder(token) is None


def test_a_number_that_went_to_somebody_else_ends_it(town: Cast):
    token = a_session(town)
    mine = Staff.person_id == town.zhao.id
    session().execute(update(Staff).where(mine).values(person_id=town.wang.id))
    assert sessions.holder(token) is None


def test_a_stamp_that_moved_on_ends_it(town: Cast):
    token = a_session(town)
    put(Account, person_id=town.zhao.id, stamp=1, old_hashes=[], created_at=now())
    assert sessions.holder(token) is None
    assert sessions.holder(a_session(town)) is not None


def test_half_an_hour_without_a_request_ends_it(town: Cast):
    token = a_session(town)
    with time_machine.travel(now() + timedelta(minutes=29)):
        held = sessions.holder(token)
        assert held is not None
        assert held.is_unseen
        sessions.seen(held.session_id)
    with time_machine.travel(now() + timedelta(minutes=58)):
        assert sessions.holder(token) is not None
    with time_machine.travel(now() + timedelta(minutes=60)):
        assert sessions.holder(token) is None


def test_twelve_hours_end_it_however_busy(town: Cast):
    token = a_session(town)
    began = now()
    for step in range(1, 36):
        with time_machine.travel(began + timedelta(minutes=20 * step)):
            held = sessions.holder(token)
            assert held is not None
            sessions.seen(held.session_id)
    with time_machine.travel(began + timedelta(hours=12, seconds=1)):
        assert sessions.holder(token) is None


def test_a_second_factor_speaks_for_a_quarter_of_an_hour(town: Cast):
    token = sessions.begin(town.zhao.id, "work", strong=False)
    held = sessions.holder(token)
    assert held is not None
    assert not held.is_strong
    sessions.strengthen(held.session_id)
    for minutes, strong in ((14, True), (16, False)):
        with time_machine.travel(now() + timedelta(minutes=minutes)):
            held = sessions.holder(token)
            assert held is not None
            assert held.is_strong is strong


def test_who_has_no_post_gets_none(town: Cast):
    with pytest.raises(NotFound):
        sessions.begin(town.wang.id, "official", strong=False)


def test_one_request_costs_one_statement(town: Cast):
    token, said = a_session(town), []
    session().flush()
    connection = session().connection()
    event.listen(connection.engine, "before_cursor_execute", lambda *a: said.append(a[2]))
    assert sessions.holder(token) is not None
    assert len(said) == 1


def test_what_is_alive_is_listed_latest_first(town: Cast):
    first, second = a_session(town), a_session(town)
    sessions.end(first)
    third = a_session(town)
    ids = [getattr(sessions.holder(token), "session_id", None) for token in (third, second)]
    assert [row.id for row in sessions.alive(town.zhao.id)] == ids
