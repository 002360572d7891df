"""The cast, and one unit of work around the whole test."""

from collections.abc import Iterator

import pytest
from cast import Cast
from factories import a_town, unit_of_work

from server.database import Database


@pytest.fixture
def cast(db: Database) -> Iterator[Cast]:
    with unit_of_work(db):
        yield a_town()
