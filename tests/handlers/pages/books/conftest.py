from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from cast import Someone
from open_books import Books, begun

from models.base.links import personal_path
from server.database import Database


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 21, 4, tzinfo=UTC), tick=True):
        yield


@pytest.fixture
def books(db: Database) -> Books:
    return db.write(begun)


@pytest.fixture
def asks(books: Books) -> Callable[[Someone], str]:
    """The link by which somebody may ask about lines of 育英小区."""
    return lambda someone: "/" + personal_path("books", someone.id, books.estate)
