"""Steps are appended: the database refuses everything else."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.base.clock import now
from models.base.orm import session
from models.history import record, steps_about


def _say(statement: str) -> None:
    session().execute(text(statement))


@pytest.mark.parametrize("statement", ["UPDATE steps SET what = 'other'", "DELETE FROM steps"])
def test_a_step_can_be_neither_edited_nor_removed(db, statement):
    db.write(record, ("case", 1), "reported", by=("person", 1), at=now())
    with pytest.raises(DBAPIError, match="appended, never"):
        db.write(_say, statement)
    with db.read():
        assert [step.what for step in steps_about("case", 1)] == ["reported"]


@pytest.mark.parametrize("db", ["postgres"], indirect=True)
def test_postgresql_does_not_empty_the_history_either(db):
    db.write(record, ("case", 1), "reported", by=("person", 1), at=now())
    with pytest.raises(DBAPIError, match="appended, never"):
        db.write(_say, "TRUNCATE steps")
