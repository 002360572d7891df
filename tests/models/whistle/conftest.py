"""The town with two departments, and one unit of work around the whole test."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from cast import Cast
from factories import a_town, unit_of_work
from whistle_town import departments

from server.database import Database


class Called(NamedTuple):
    """Departments by id."""

    lead: int  # 城管局, 周
    other: int  # 供电公司, 钱


@pytest.fixture
def cast(db: Database) -> Iterator[Cast]:
    with unit_of_work(db):
        yield a_town()


@pytest.fixture
def called(cast: Cast) -> Called:
    return Called(*departments(cast))
