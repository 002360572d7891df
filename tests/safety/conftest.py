"""One walk through the house for all that look at what was seen on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from every_page import Walked, everybodys_pages, everything_on, furnished

from server.database import Database


@pytest.fixture(scope="session")
def walked_house(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Walked]:
    folder = tmp_path_factory.mktemp("walked")
    file = furnished(sqlite_template, folder)
    database = Database(f"sqlite:///{file}")
    app = everything_on(folder, database)
    yield Walked(app, file, list(everybodys_pages(app)))
    database.close()
