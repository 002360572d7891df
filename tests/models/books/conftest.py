from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from open_books import Books, begun

from server.database import Database


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 21, 4, tzinfo=UTC), tick=True):
        yield


@pytest.fixture
def books(db: Database) -> Books:
    return db.write(begun)
