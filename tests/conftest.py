"""What every test may ask for. `db` is a clean database, once SQLite and once PostgreSQL.

A test that is about one of them says so:  @pytest.mark.parametrize("db", ["sqlite"], indirect=True)
"""

import gc
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import once_a_run
import pytest
import quick_routes
from browsers import CHROMIUM, Shared, shared
from databases import Emptying, MovingSqlite, Postgres, build_schema, unsynced
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser
from settings_files import KEY

from handlers.words import environment
from models.base import privacy
from server.database import Database

gc.disable()  # until all is collected, because hardly anything of it goes again
# because a slow machine is no fault of the code
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
quick_routes.share()
unsynced()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, because a worker that begins one of them last leaves the others idle: the journeys
    with one worker and the browsers with the next, because each of both takes minutes. A worker begins with
    as many as fall to it, one after the other (`--dist worksteal`)."""
    journeys, browsers, others = [], [], []
    for item in items:
        if "journeys" in item.path.parts:
            journeys.append(item)
        elif item.get_closest_marker("browser"):
            browsers.append(item)
        else:
            others.append(item)
    share = len(items) // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    between = max(share - len(journeys), 0)
    items[:] = [*journeys, *others[:between], *browsers, *others[between:]]


def pytest_collection_finish() -> None:
    """What was collected stays to the end: the garbage collector need not look through it every time, nor so
    often through what tests keep (one part in fourteen of all processor time)."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(2_000, 20, 50)


@pytest.fixture(autouse=True)
def _key() -> None:
    privacy.use_key(KEY)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("HEMEI_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session", autouse=True)
def _once_a_run(tmp_path_factory: pytest.TempPathFactory) -> None:
    mine = tmp_path_factory.getbasetemp()
    of_all = (mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine) / "once"
    once_a_run.keep_in(of_all)
    compiled = of_all / "templates"
    compiled.mkdir(exist_ok=True)
    environment().bytecode_cache = FileSystemBytecodeCache(str(compiled))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite file at the current schema."""
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    build_schema(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as connection:  # because each copy would be made to write ahead again
        connection.execute("PRAGMA journal_mode = WAL")
    return file


@pytest.fixture(scope="session")
def sqlite_database(tmp_path_factory: pytest.TempPathFactory) -> MovingSqlite:
    return MovingSqlite(tmp_path_factory.mktemp("nowhere"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server for this test process alone."""
    # not in pytest's own folder, because pytest closes that to the user that PostgreSQL runs as
    with tempfile.TemporaryDirectory(prefix="hemei-postgres-") as folder:
        server = Postgres(Path(folder) / "data").start()
        yield server
        server.stop(at_once=True)


@pytest.fixture(scope="session")
def postgres_database(postgres: Postgres) -> Iterator[Database]:
    url = postgres.create("hemei")
    build_schema(url)
    database = Database(url, pool_size=8)
    yield database
    database.close()


@pytest.fixture(scope="session")
def postgres_emptying(postgres: Postgres, postgres_database: Database) -> Iterator[Emptying]:
    emptying = Emptying(postgres.dsn("hemei"))
    yield emptying
    emptying.close()


@pytest.fixture(params=["sqlite", "postgres"])
def db(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A clean Database. Its `url` opens the same one from another process."""
    if request.param == "sqlite":
        file = request.getfixturevalue("tmp_path") / "hemei.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        moving = request.getfixturevalue("sqlite_database")
        moving.move_to(file)
        yield moving
        moving.close()
    else:
        database = request.getfixturevalue("postgres_database")
        request.getfixturevalue("postgres_emptying").empty()
        yield database


@pytest.fixture
def postgres_url(postgres: Postgres, request: pytest.FixtureRequest) -> str:
    """A database without any table, for tests that build one."""
    return postgres.create("bare")


@pytest.fixture(scope="session")
def _shared_browser() -> Iterator[Shared]:
    if not CHROMIUM.exists():
        pytest.skip("needs chromium")
    with shared() as one:
        yield one


@pytest.fixture
def browser(_shared_browser: Shared) -> Iterator[Browser]:
    """Chromium, started once in each process of the tests. Whatever a test opens in it is closed after it."""
    with _shared_browser.looking() as browser:
        yield browser
        for context in browser.contexts:
            context.close()
