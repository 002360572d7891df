"""One walk through the house for all that look at what was seen on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from every_page import Walked
from walked_town import walked_town


@pytest.fixture(scope="session")
def walked_house(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Walked]:
    with walked_town(sqlite_template, tmp_path_factory.mktemp("walked")) as walked:
        yield walked
