"""SQLite counts cases from FIRST as PostgreSQL does (there the column's identity says so)."""

from sqlalchemy import DDL, event

from models.case.case import Case
from models.case.tables import FIRST

SQLITE = f"INSERT INTO sqlite_sequence (name, seq) VALUES ('cases', {FIRST - 1})"  # noqa: S608 - our own number

event.listen(Case.__table__, "after_create", DDL(SQLITE).execute_if(dialect="sqlite"))
