"""The service over a small town, with browsers that hold personal links."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cast import Cast, Someone
from factories import a_town
from page_phone import LoggedIn, Phone
from playwright.sync_api import Browser, BrowserContext
from settings_files import configuration, plain_url
from werkzeug.serving import make_server

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


@pytest.fixture
def address(db: Database, config: Config) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, LoggedIn(create_app(config, db)), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    use_base_url(f"http://127.0.0.1:{server.server_port}")
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def chromium(browser: Browser) -> Callable[..., BrowserContext]:
    """Opens windows, each without any other's cookies."""

    def opened(width: int, height: int, *, script: bool = True) -> BrowserContext:
        return browser.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            locale="zh-CN",
            has_touch=width < 600,
        )

    return opened
