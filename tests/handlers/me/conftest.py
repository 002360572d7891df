"""A resident's own pages over a small town, with the platforms played beside them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cast import Cast
from factories import a_town
from flask import Flask
from pay_desk import Listening, PayDesk, pay_desk
from pocket import Pocket
from settings_files import plain_url

from handlers.words import use_base_url
from server.app import create_app
from server.config import Config
from server.database import Database
from server.sandbox.world import Phone


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PayDesk]:
    """The platforms, with three telephones of the town and one of somebody new."""
    with pay_desk(tmp_path) as made:
        for name in ("wang", "xiaoyu", "rider", "new"):
            made.simulator.add(
                Phone(
                    name,
                    name,
                    "resident",
                    openid=f"o-{name}",
                    mini_openid=f"m-{name}",
                    unionid=f"u-{name}",
                )
            )
        yield made


@pytest.fixture
def config(desk: PayDesk, db: Database) -> Config:
    return desk.config(plain_url(db), "http://localhost")


@pytest.fixture
def app(db: Database, config: Config) -> Flask:
    use_base_url(config.server.base_url)
    return create_app(config, db)


@pytest.fixture
def town(db: Database) -> Cast:
    return db.write(a_town)


@pytest.fixture
def pocket(app: Flask, desk: PayDesk, town: Cast) -> Callable[[str], Pocket]:
    return lambda phone: Pocket(app, desk, phone)


@pytest.fixture
def listening() -> Iterator[Listening]:
    with Listening() as made:
        yield made
