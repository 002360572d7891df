"""The service over a small town, with browsers that hold personal links."""

from collections.abc import Callable
from pathlib import Path

import pytest
from cast import Cast, Someone
from factories import a_town
from page_phone import Phone
from settings_files import configuration, plain_url

from handlers.words import use_base_url
from models.base.links import personal_path
from server.app import create_app
from server.config import Config
from server.database import Database


@pytest.fixture
def config(db: Database, tmp_path: Path) -> Config:
    return configuration(tmp_path, plain_url(db), server={"base_url": "http://localhost"})


@pytest.fixture
def phone(db: Database, config: Config) -> Phone:
    use_base_url(config.server.base_url)
    return Phone(create_app(config, db).test_client())


@pytest.fixture
def town(db: Database) -> Cast:
    return db.write(a_town)


@pytest.fixture
def link() -> Callable[..., str]:
    def made(someone: Someone, case_id: int) -> str:
        return "/" + personal_path("case", someone.id, case_id)

    return made


@pytest.fixture
def desk() -> Callable[[Someone], str]:
    return lambda someone: "/" + personal_path("desk", someone.id)
