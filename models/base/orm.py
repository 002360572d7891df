"""Tables: the base of all rows and the types of their columns."""

import secrets
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, MetaData, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from models.base.prepared import Prepared, insert
from models.base.session import session, working_in

__all__ = [
    "Base",
    "BigId",
    "Json",
    "Numbered",
    "Utc",
    "public_id",
    "put",
    "put_once",
    "session",
    "upsert",
    "working_in",
]


class Utc(TypeDecorator[datetime]):
    """An aware moment in UTC. SQLite keeps no zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
BigId = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER PRIMARY KEY numbers itself on SQLite


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Utc, dict[str, Any]: Json, list[str]: Json, list[int]: Json}  # noqa: RUF012


class Numbered:
    """A row with a number of its own."""

    id: Mapped[int] = mapped_column(BigId, primary_key=True)


def public_id() -> str:
    """22 characters, 128 random bits: safe to show, impossible to guess (A10)."""
    return secrets.token_urlsafe(16)


def upsert(model: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that may say ON CONFLICT, in the words of the database that stands behind the session."""
    dialect = session().get_bind().dialect.name
    return postgresql.insert(model) if dialect == "postgresql" else sqlite.insert(model)


def put_once(model: type[Base], *key: str, **values: Any) -> int | None:
    """As `put`; None where the columns `key` (without any: those of some unique index) have these values
    already, and then nothing is written. All columns are named, because defaults are not filled in."""
    statement = _once(model, session().get_bind().dialect.name, key, tuple(values))
    row = statement.first(**values)
    return int(row[0]) if row is not None else None


@cache
def _once(model: type[Base], dialect: str, key: tuple[str, ...], columns: tuple[str, ...]) -> Prepared:
    made = (postgresql if dialect == "postgresql" else sqlite).insert(model.__table__)
    table = model.__table__
    named = {name: bindparam(name, type_=table.c[name].type) for name in columns}
    unique = [table.c[name] for name in key] or None
    once = made.values(named).on_conflict_do_nothing(index_elements=unique)
    return Prepared(once.returning(table.c["id"]))


def put(model: type[Base], **values: Any) -> int:
    """Inserts one row and returns its id.

    Past the unit of work, because that costs several times as much and every message pays it. Rows still
    waiting in the session are not flushed first: `put` parents with `put`.
    """
    table = model.__table__
    assert isinstance(table, Table)
    return insert(table, values)
