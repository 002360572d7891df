"""What looks at notices each minute does not read those of former years."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from factories import unit_of_work
from sqlalchemy import Engine, event, insert, text

from models.base.clock import now
from models.base.orm import session
from models.notice import outcome, visiting, warning
from models.notice.climbing import climb_one
from models.notice.notice import end_one_past
from models.notice.tables import Notice, State
from server.database import Database

OLD = 10_000

LOOKS: dict[str, tuple[Callable[[], Any], str]] = {
    "the silent of a call": (partial(climb_one, after_minutes=30), "ix_notices_told"),
    "what nobody heard": (outcome.tell_one_unheard, "ix_notices_told"),
    "what is past": (end_one_past, "ix_notices_past"),
    "who has to be visited": (lambda: visiting.due(now()), "ix_notices_visits"),
    "warnings said again": (partial(warning.say_again_one, days=14), "ix_notices_told"),
}


@pytest.fixture
def years(db: Database) -> Database:
    """Ten thousand notices that were told long ago, every tenth a call."""
    long_ago = now() - timedelta(days=100)
    with unit_of_work(db):
        rows = [
            {
                "community_id": 1,
                "title": "停水",
                "body": "停水",
                "signed": "社区",
                "state": State.WITHDRAWN if number % 7 == 0 else State.TOLD,
                "is_call": number % 10 == 0,
                "audience": {"community": 1},
                "author_id": 1,
                "created_at": long_ago,
                "told_at": long_ago + timedelta(minutes=number),
                "valid_until": long_ago + timedelta(days=1),
            }
            for number in range(OLD)
        ]
        session().execute(insert(Notice), rows)
        session().execute(text("ANALYZE notices"))
    return db


@contextmanager
def asked() -> Iterator[list[tuple[str, Any]]]:
    """The questions about notices that are put to the database meanwhile."""
    found: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if statement.startswith("SELECT") and "FROM notices" in statement:
            found.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_old_notices_are_not_read_again_and_again(years: Database) -> None:
    explain = "EXPLAIN QUERY PLAN " if years.engine.dialect.name == "sqlite" else "EXPLAIN "
    for what, (look, index) in LOOKS.items():
        with unit_of_work(years), asked() as questions:
            assert not look(), what
        ((statement, parameters),) = questions
        with years.engine.connect() as connection:
            plan = connection.exec_driver_sql(explain + statement, parameters).all()
        assert index in str(plan), (what, plan)
