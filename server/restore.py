"""Reads a backup into an empty database and empty storage, then holds the service in quarantine (R12).

What was waiting to be sent when the backup was made may have gone out since: such letters are parked as
unknown, so that a person decides. Nothing at all is sent before `release`.
"""

import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql
from sqlalchemy import inspect, make_url, text

from models.account.keeping import nobody_is_in
from models.base import quarantine, ticks
from models.base.clock import now
from models.base.orm import session
from models.client.tokens import nobody_is_in as no_program_is_in
from models.partner.keys import revoke_all
from server import auditing, migrations, schema
from server.backup import libpq, master_key
from server.backup_file import BadBackup, Reader, verify
from server.config import Config
from server.database import Database, throwaway_engine
from server.timetable import Daily, EachMinuteFrom, timetable

WHY = "restored"
_SEED = {"alembic_version", "town_version", "tallies", "ticks"}  # rows here do not make a database a used one
_PARK = (
    "UPDATE letters SET state = 'unknown', reason = 'restored', settled_at = :at, lease_until = NULL, "
    "fence = fence + 1 WHERE state IN ('waiting', 'taken')"
)


def restore(config: Config, file: Path) -> dict[str, Any]:
    """Reads `file` back and gives its head. Raises BadBackup with nothing changed when anything is wrong."""
    about = verify(file, master_key(config))
    backend = make_url(config.database.url).get_backend_name()
    if about.get("backend") != backend:
        raise BadBackup(f"the backup is of {about.get('backend')}, [database] url is {backend}")
    if about.get("schema") not in schema.known():
        raise BadBackup("the backup was made by a newer version of hemei")
    _require_empty(config)
    with file.open("rb") as raw, _members(raw, config) as members:
        if backend == "sqlite":
            _read_sqlite(config, members)
        else:
            _read_postgres(config, members, str(about["schema"]))
    auditing.begin_again(config)
    return about


def release(config: Config, database: Database) -> bool:
    """Lets the service speak again; False when it was not held.

    Today's slots count as taken: what they would say may have been said before the restore.
    """

    def let_go() -> bool:
        for line in timetable(config):
            if isinstance(line.when, Daily | EachMinuteFrom):
                for slot in line.when.slots_left(now()):
                    ticks.take(line.name, slot)
        return quarantine.release()

    return database.write(let_go)


def _require_empty(config: Config) -> None:
    if config.storage.dir.exists() and any(config.storage.dir.iterdir()):
        raise BadBackup(f"{config.storage.dir} is not empty: restore into empty storage")
    if schema.check(config.database.url).have is None:
        return
    engine = throwaway_engine(make_url(config.database.url))
    try:
        with engine.connect() as connection:
            for name in set(inspect(connection).get_table_names()) - _SEED:
                if connection.execute(text(f'SELECT 1 FROM "{name}" LIMIT 1')).first():  # noqa: S608
                    raise BadBackup(f"the database is not empty ({name} has rows): restore into an empty one")
    finally:
        engine.dispose()


@contextmanager
def _members(raw: IO[bytes], config: Config) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    """The members in their order; files are put in their place on the way, the rest is given out."""
    with tarfile.open(fileobj=Reader(raw, master_key(config)), mode="r|gz") as tar:

        def walk() -> Iterator[tuple[str, IO[bytes]]]:
            for member in tar:
                content = tar.extractfile(member)
                if content is None:
                    raise BadBackup(f"the backup holds {member.name}, which is no plain file")
                if member.name.startswith("files/"):
                    _place(config.storage.dir, member.name.removeprefix("files/"), content)
                else:
                    yield member.name, content

        yield walk()


def _place(folder: Path, name: str, content: IO[bytes]) -> None:
    target = (folder / name).resolve()
    if not target.is_relative_to(folder.resolve()):
        raise BadBackup(f"the backup holds {name}, which lies outside the storage")
    target.parent.mkdir(0o700, parents=True, exist_ok=True)
    target.touch(0o600)
    with target.open("wb") as into:
        shutil.copyfileobj(content, into)


def _read_sqlite(config: Config, members: Iterator[tuple[str, IO[bytes]]]) -> None:
    target = Path(str(make_url(config.database.url).database))
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".hemei-") as folder:
        copy = Path(folder) / "hemei.db"
        for name, content in members:
            if name != "database/hemei.db":
                raise BadBackup(f"the backup holds {name}, which nobody knows")
            with copy.open("wb") as into:
                shutil.copyfileobj(content, into)
        url = f"sqlite:///{copy}"
        migrations.upgrade(url, secret_key=config.server.secret_key)
        _hold(url)
        target.touch(0o600)
        with closing(sqlite3.connect(copy)) as source, closing(sqlite3.connect(target)) as into_database:
            source.backup(into_database)


def _read_postgres(config: Config, members: Iterator[tuple[str, IO[bytes]]], revision: str) -> None:
    url = config.database.url
    migrations.upgrade(url, revision)
    with psycopg.connect(libpq(url)) as connection, connection.cursor() as cursor:
        # rows come table by table in the order of names: references are looked at in the end
        later = _foreign_keys(cursor)
        for table, name, _ in later:
            cursor.execute(_alter(table, "DROP CONSTRAINT {}", name))
        cursor.execute("TRUNCATE town_version, tallies, ticks")
        _copy_in(cursor, members)
        for table, name, definition in later:
            cursor.execute(_alter(table, "ADD CONSTRAINT {} " + definition, name))
        _number_on(cursor)
        cursor.execute("INSERT INTO quarantine (id, since, why) VALUES (1, now(), %s)", (WHY,))
    migrations.upgrade(url, secret_key=config.server.secret_key)
    _hold(url)


def _copy_in(cursor: psycopg.Cursor[Any], members: Iterator[tuple[str, IO[bytes]]]) -> None:
    table = ""
    columns: list[str] = []
    for name, content in members:
        _, of, number = name.split("/")
        if int(number) == 0:
            table = of
            columns = content.readline().decode().strip("\n").split("\t")
        if of != table:
            raise BadBackup(f"the backup holds {name} out of its order")
        query = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        with cursor.copy(query) as rows:
            while data := content.read(1 << 20):
                rows.write(data)


def _foreign_keys(cursor: psycopg.Cursor[Any]) -> list[tuple[str, str, str]]:
    cursor.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
    )
    return cursor.fetchall()


def _alter(table: str, what: str, name: str) -> sql.Composed:
    return sql.SQL("ALTER TABLE {} " + what).format(sql.Identifier(table), sql.Identifier(name))


def _number_on(cursor: psycopg.Cursor[Any]) -> None:
    """Rows made from now on get numbers behind those that were read."""
    cursor.execute(
        "SELECT table_name, column_name, pg_get_serial_sequence(quote_ident(table_name), column_name) "
        "FROM information_schema.columns WHERE table_schema = current_schema()"
    )
    for table, column, sequence in cursor.fetchall():
        if sequence:
            # an empty table keeps the number that it starts from
            query = sql.SQL("SELECT setval(%s, max({0})) FROM {1} HAVING max({0}) IS NOT NULL")
            cursor.execute(query.format(sql.Identifier(column), sql.Identifier(table)), (sequence,))


def _hold(url: str) -> None:
    """Quarantine; letters that may have gone out since are parked, and who was logged in is so no more."""
    database = Database(url)

    def hold() -> None:
        quarantine.begin(WHY)
        session().execute(text(_PARK), {"at": now()})
        nobody_is_in()
        revoke_all()
        no_program_is_in()

    try:
        database.write(hold)
    finally:
        database.close()
