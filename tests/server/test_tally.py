"""What processes count adds up, and nothing is lost while the database is away."""

import pytest

from models.base import tallies
from models.base.refusals import Unavailable
from server import tally


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    tally._pending.clear()


def test_counts_are_added_once(db):
    tally.count("platform_calls", platform="work", result="ok")
    tally.count("platform_calls", 2, result="ok", platform="work")
    tally.flush(db)
    tally.flush(db)
    with db.read():
        assert tallies.totals() == {("platform_calls", "platform=work,result=ok"): 3}


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_they_wait_for_a_database_that_is_away(db, monkeypatch):
    def away(*_: object) -> None:
        raise Unavailable

    tally.count("errors")
    with monkeypatch.context() as patched:
        patched.setattr(db, "write", away)
        tally.flush(db)
    tally.count("errors")
    tally.flush(db)
    with db.read():
        assert tallies.totals() == {("errors", ""): 2}
