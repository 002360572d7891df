"""Brings a database to the current schema, or says how far it is."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from models.base.refusals import Unavailable
from server.database import throwaway_engine

LOCK_SECONDS = 120  # so long one process waits until another has migrated
_LOCK = 0x68656D6569  # "hemei": the number of the advisory lock


class NewerSchema(Exception):  # noqa: N818 - said to the operator as it stands
    """The database was migrated by a newer hemei; this one would not understand it."""


@dataclass(frozen=True)
class SchemaState:
    """`have` and `want` are revisions; `have` is None in an empty database."""

    have: str | None
    want: str
    known: bool = True

    @property
    def current(self) -> bool:
        return self.have == self.want

    def __str__(self) -> str:
        if self.current:
            return "the schema is current"
        if self.have is None:
            return "the database is empty: run hemei db upgrade"
        if not self.known:
            return "the database belongs to a newer version of hemei: upgrade hemei"
        return "the schema is behind: run hemei db upgrade"


@cache
def head() -> str:
    """The newest revision that this hemei knows."""
    found = script().get_current_head()
    assert found is not None
    return found


def check(url: str) -> SchemaState:
    """How far the database is. Raises Unavailable when it does not answer."""
    made = sa.make_url(url)
    if made.get_backend_name() == "sqlite" and not Path(str(made.database)).exists():
        return SchemaState(None, head())  # because looking at it would make it
    engine = throwaway_engine(made)
    try:
        with engine.connect() as connection:
            return state_of(connection)
    except sa.exc.OperationalError as trouble:
        raise Unavailable(str(trouble.orig)) from trouble
    finally:
        engine.dispose()


def state_of(connection: sa.Connection) -> SchemaState:
    have = MigrationContext.configure(connection).get_current_revision()
    known = have is None or have in {step.revision for step in script().walk_revisions()}
    return SchemaState(have, head(), known)


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
