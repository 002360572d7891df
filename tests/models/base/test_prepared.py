"""Statements given to the driver behave as any other: same transaction, same errors."""

import pytest
from sqlalchemy import bindparam, select, text
from sqlalchemy.exc import IntegrityError

from models.base.orm import put, session
from models.base.prepared import Prepared
from models.base.refusals import Unavailable
from models.inbox.received import Received
from models.place.tables import Community

_NAMED = Prepared(select(Community.id, Community.name).where(Community.name == bindparam("name")))


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
