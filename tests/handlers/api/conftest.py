"""The API over a small town."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from api_client import Mini, logged_in
from cast import Cast, Someone
from factories import a_town
from flask import Flask
from pay_desk import PayDesk, pay_desk
from settings_files import configuration, plain_url

from server.app import create_app
from server.config import Config
from server.database import Database
from server.sandbox.world import Phone


@pytest.fixture
def config(db: Database, tmp_path: Path) -> Config:
    return configuration(tmp_path, plain_url(db), server={"base_url": "http://localhost"})


@pytest.fixture
def app(db: Database, config: Config) -> Flask:
    return create_app(config, db)


@pytest.fixture
def town(db: Database) -> Cast:
    return db.write(a_town)


@pytest.fixture
def mini(app: Flask) -> Callable[[Someone], Mini]:
    """The program on somebody's telephone, who has agreed to the notice."""
    return lambda someone: logged_in(app, someone)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PayDesk]:
    """The platforms, with two telephones: of 王阿姨, and of somebody new."""
    with pay_desk(tmp_path) as made:
        for name in ("wang", "new"):
            made.simulator.add(
                Phone(
                    name,
                    name,
                    "resident",
                    openid=f"o-{name}",
                    mini_openid=f"m-{name}",
                    unionid=f"u-{name}",
                    mobile=f"1380000000{len(name)}",
                )
            )
        yield made
