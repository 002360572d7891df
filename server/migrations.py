"""Brings a database to the current schema. How far it is, server/schema.py says without Alembic."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory

from models.base.refusals import Unavailable
from server.database import throwaway_engine
from server.schema import NewerSchema, SchemaState, state_of

LOCK_SECONDS = 120  # so long one process waits until another has migrated
_LOCK = 0x68656D6569  # "hemei": the number of the advisory lock


def upgrade(url: str, to: str = "head", *, secret_key: str | None = None) -> SchemaState:
    """Migrates to `to`, all steps in one transaction: killed anywhere, nothing is half done (R13).

    Several processes may call it at once; one migrates, the others wait. Gives the state from before. A step
    that seals what older versions kept in the clear needs `secret_key`; without it such a database stays.
    Raises Unavailable or NewerSchema.
    """
    try:
        with _alone(sa.make_url(url)) as connection:
            before = state_of(connection)
            if not before.known:
                raise NewerSchema(str(before))
            if not before.current:
                config = _config()
                config.attributes.update(connection=connection, secret_key=secret_key)
                command.upgrade(config, to)
            return before
    except sa.exc.OperationalError as trouble:
        raise Unavailable(str(trouble.orig)) from trouble


@contextmanager
def _alone(url: sa.URL) -> Iterator[sa.Connection]:
    """A connection in a transaction that no other migration shares."""
    is_sqlite = url.get_backend_name() == "sqlite"
    if is_sqlite:
        file = Path(str(url.database))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(0o600)  # and so are the files that SQLite lays beside it
    engine = throwaway_engine(url)
    if is_sqlite:

        @sa.event.listens_for(engine, "connect")
        def _open(connection: Any, _record: object) -> None:
            connection.isolation_level = None  # we say BEGIN ourselves
            connection.execute(f"PRAGMA busy_timeout = {LOCK_SECONDS * 1000}")
            _write_ahead(connection)

        @sa.event.listens_for(engine, "begin")
        def _begin(connection: sa.Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    try:
        with engine.begin() as connection:
            if not is_sqlite:
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            yield connection
    finally:
        engine.dispose()


def _write_ahead(connection: Any) -> None:
    """Switches the file to WAL. SQLite does not wait for others here, so we do."""
    until = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def _config() -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", "models:migrations")
    config.set_main_option("path_separator", "os")
    return config


@cache
def script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
