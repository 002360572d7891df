"""Works that share commits; what PostgreSQL is told of a process that freezes with locks in its hands."""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from commands import wait_for
from sqlalchemy import make_url, select, text

from models.base.orm import put, session
from models.base.refusals import Unavailable
from models.place.tables import Community
from server import database as server_database
from server.database import Database


@pytest.mark.parametrize("db", ["postgres"], indirect=True)
def test_who_freezes_inside_a_transaction_loses_it_and_its_locks(db, monkeypatch):
    monkeypatch.setattr(server_database, "FROZEN_SECONDS", 1)
    frozen = Database(db.url.render_as_string(hide_password=False), pool_size=1)

    def work() -> None:
        session().execute(text("SELECT pg_advisory_xact_lock(4711)"))
        time.sleep(2.5)
        session().execute(text("SELECT 1"))

    with pytest.raises(Unavailable):
        frozen.write(work)
    frozen.close()
    with db.read() as current:
        taken = text("SELECT pg_try_advisory_xact_lock(4711)")
        wait_for(lambda: current.execute(taken).scalar())


@pytest.fixture
def grouped(db):
    """The same database as a process of the web opens it."""
    shared = Database(db.url.render_as_string(hide_password=False), grouped=True)
    yield shared
    shared.close()


def test_works_that_wait_together_share_a_commit_and_each_gets_its_answer(grouped):
    def work(number: int) -> tuple[int, object]:
        return number, session().connection()

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(partial(grouped.write, work), range(64)))
    assert [number for number, _ in answers] == list(range(64))
    assert len({id(connection) for _, connection in answers}) < 64


def test_one_refusal_in_a_group_undoes_nobody_elses_work(grouped):
    def work(number: int) -> int:
        put(Community, name=f"社区{number}", street=None, district=None)
        if number % 7 == 0:
            raise LookupError(number)
        return number

    def tried(number: int) -> int | None:
        try:
            return grouped.write(work, number)
        except LookupError:
            return None

    with ThreadPoolExecutor(16) as pool:
        done = set(pool.map(tried, range(64)))
    wanted = {number for number in range(64) if number % 7}
    assert done - {None} == wanted
    with grouped.read() as current:
        assert set(current.scalars(select(Community.name))) == {f"社区{number}" for number in wanted}


@pytest.mark.parametrize("db", ["postgres"], indirect=True)
def test_who_waits_for_a_strangers_lock_holds_up_nobody_else(grouped):
    lock = text("SELECT pg_advisory_xact_lock(4712)")
    with grouped.engine.begin() as stranger, ThreadPoolExecutor(2) as pool:
        stranger.execute(lock)
        waiting = pool.submit(grouped.write, lambda: session().execute(lock))
        time.sleep(server_database.GROUP_LOCK_MS / 1000 / 2)
        assert grouped.write(lambda: "done") == "done"
        assert not waiting.done()
        stranger.rollback()
        waiting.result(10)


def test_a_commit_on_sqlite_waits_for_the_disk(tmp_path):
    """Other tests do not wait: databases.unsynced."""
    as_the_product = server_database._sqlite_engine.__wrapped__
    engine = as_the_product(make_url(f"sqlite:///{tmp_path}/hemei.db"), "BEGIN IMMEDIATE", pool_size=None)
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2  # FULL
    engine.dispose()
