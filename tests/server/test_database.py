"""What PostgreSQL is told about a process that freezes with locks in its hands."""

import time

import pytest
from commands import wait_for
from sqlalchemy import text

from models.base.orm import session
from models.base.refusals import Unavailable
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
