"""Online backups: the database as of one moment, then the files that it names, in one encrypted file.

SQLite gives its own copy (online backup API). From PostgreSQL every table is copied out in one REPEATABLE
READ snapshot: no pg_dump, because its version would have to fit the server's on every machine. Files come
after the rows, so that no row of the backup points to a file that is not in it.
"""

import io
import logging
import os
import sqlite3
import tarfile
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import inspect, make_url

from models.base import privacy
from models.base.clock import local, now
from server import schema
from server.backup_file import BadBackup, Writer, verify
from server.config import Config
from server.database import Database, throwaway_engine

log = logging.getLogger(__name__)

PART = 8 << 20  # a table travels in parts of this size: memory stays small, and no plain copy lies about
SUFFIX = ".hemei-backup"


def master_key(config: Config) -> bytes:
    return config.backup.key.encode() or privacy.derived("backup")


def make(config: Config, target: Path) -> dict[str, Any]:
    """Writes `target` whole or not at all, reads it back to check it, and gives its head.

    Raises BadBackup where the schema is not current, OSError where there is no room.
    """
    state = schema.check(config.database.url)
    if not state.current:
        raise BadBackup(str(state))
    url = make_url(config.database.url)
    about = {"made_at": now().isoformat(), "schema": state.have, "backend": url.get_backend_name()}
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with (
                closing(Writer(file, master_key(config), about)) as sealed,
                tarfile.open(fileobj=sealed, mode="w|gz") as tar,
            ):
                if about["backend"] == "sqlite":
                    _add_sqlite(tar, Path(str(url.database)), target.parent)
                else:
                    _add_postgres(tar, config.database.url)
                _add_files(tar, config.storage.dir)
            file.flush()
            os.fsync(file.fileno())
        checked = verify(part, master_key(config))
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return checked


def nightly(config: Config, _database: Database) -> None:
    """One more backup in [backup] dir; the oldest beyond [backup] keep go."""
    config.backup.dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    make(config, config.backup.dir / f"hemei-{local(now()):%Y%m%d-%H%M%S}{SUFFIX}")
    for old in existing(config)[config.backup.keep :]:
        old.unlink()
    log.info("backed up; %d backups are kept", len(existing(config)))


def existing(config: Config) -> list[Path]:
    """The backups in [backup] dir, newest first."""
    return sorted(config.backup.dir.glob(f"hemei-*{SUFFIX}"), reverse=True)


def newest_at(config: Config) -> datetime | None:
    found = existing(config)
    return datetime.fromtimestamp(found[0].stat().st_mtime, now().tzinfo) if found else None


def _add_sqlite(tar: tarfile.TarFile, file: Path, beside: Path) -> None:
    # beside the target and not in /tmp: the plain copy stays on the disk that the operator chose
    with tempfile.TemporaryDirectory(dir=beside, prefix=".hemei-") as folder:
        copy = Path(folder) / "hemei.db"
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as into:
            source.backup(into)
            into.execute("PRAGMA journal_mode = DELETE")
        tar.add(copy, "database/hemei.db")


def _add_postgres(tar: tarfile.TarFile, url: str) -> None:
    engine = throwaway_engine(make_url(url))
    try:
        tables = [name for name in inspect(engine).get_table_names() if name != "alembic_version"]
        columns = {name: [str(one["name"]) for one in inspect(engine).get_columns(name)] for name in tables}
    finally:
        engine.dispose()
    with psycopg.connect(libpq(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for name in sorted(tables):
            query = sql.SQL("COPY {} ({}) TO STDOUT").format(
                sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, columns[name]))
            )
            with cursor.copy(query) as rows:
                header = "\t".join(columns[name]).encode() + b"\n"
                for number, part in enumerate(_parts(rows, header)):
                    _add_bytes(tar, f"database/{name}/{number:06}", part)


def _parts(rows: Iterable[Any], header: bytes) -> Iterator[bytes]:
    held = bytearray(header)
    for row in rows:
        held += row
        if len(held) >= PART:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


def _add_files(tar: tarfile.TarFile, folder: Path) -> None:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.is_symlink():
            try:
                tar.add(file, f"files/{file.relative_to(folder)}", recursive=False)
            except FileNotFoundError:
                continue  # a temporary file of somebody who is just writing


def _add_bytes(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    member.mtime = int(now().timestamp())
    tar.addfile(member, io.BytesIO(data))


def libpq(url: str) -> str:
    """The same address as psycopg itself takes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
