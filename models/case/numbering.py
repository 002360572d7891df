"""SQLite counts cases from FIRST as PostgreSQL does (there the column's identity says so)."""

from typing import Any

from sqlalchemy import Connection, Table, event

from models.case.case import Case
from models.case.tables import FIRST

SQLITE = f"INSERT INTO sqlite_sequence (name, seq) VALUES ('cases', {FIRST - 1})"  # noqa: S608 - our own number


@event.listens_for(Case.__table__, "after_create")
def _begin_at_first(_table: Table, connection: Connection, **_: Any) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(SQLITE)
