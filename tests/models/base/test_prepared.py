"""Statements given to the driver behave as any other: same transaction, same errors."""

import pytest
from sqlalchemy import bindparam, select, text, update
from sqlalchemy.exc import IntegrityError

from models.base.orm import put, session
from models.base.prepared import Prepared
from models.base.refusals import Unavailable
from models.inbox.received import Received
from models.place.tables import Community

_NAMED = Prepared(select(Community.id, Community.name).where(Community.name == bindparam("name")))
_RENAMED = Prepared(
    update(Community)
    .where(Community.name == bindparam("old"))
    .values(name=bindparam("new", type_=Community.name.type))
)


def test_what_was_put_is_found_in_the_same_transaction_and_gone_with_it(db):
    def work() -> None:
        key = put(Community, name="育英社区", street=None, district=None)
        assert _NAMED.first(name="育英社区") == (key, "育英社区")
        raise LookupError

    with pytest.raises(LookupError):
        db.write(work)
    with db.read():
        assert _NAMED.first(name="育英社区") is None


def test_a_second_row_with_the_same_key_is_an_integrity_error(db):
    def work() -> None:
        for _ in range(2):
            put(Received, channel="official", key="k1", sender="o", kind="text", body={}, state="done")

    with pytest.raises(IntegrityError) as refused:
        db.write(work)
    assert refused.value.params is None  # what came in is not quoted (O1)


def test_many_rows_go_in_one_call_and_those_that_nothing_met_are_not_counted(db):
    def work() -> int:
        for name in ("育英社区", "和美社区"):
            put(Community, name=name, street=None, district=None)
        renamed = [
            {"old": "育英社区", "new": "育英"},
            {"old": "和美社区", "new": "和美"},
            {"old": "x", "new": "y"},
        ]
        return _RENAMED.many(renamed)

    assert db.write(work) == 2
    with db.read():
        assert _NAMED.first(name="和美") is not None
        assert _NAMED.first(name="y") is None


def test_one_bad_row_of_many_is_an_integrity_error_and_none_is_kept(db):
    def work() -> None:
        for name in ("育英社区", "和美社区"):
            put(Community, name=name, street=None, district=None)
        _RENAMED.many([{"old": "育英社区", "new": "育英"}, {"old": "和美社区", "new": None}])

    with pytest.raises(IntegrityError):
        db.write(work)
    with db.read():
        assert _NAMED.first(name="育英") is None


@pytest.mark.parametrize("db", ["postgres"], indirect=True)
def test_a_connection_that_breaks_inside_is_unavailable_and_replaced(db):
    def work() -> None:
        own = session().execute(text("SELECT pg_backend_pid()")).scalar_one()
        with db.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:own, 5000)"), {"own": own})
        _NAMED.first(name="x")

    with pytest.raises(Unavailable):
        db.write(work)
    with db.read():
        assert _NAMED.first(name="x") is None
