"""The database itself refuses to edit or remove a step, whoever asks and by whatever program."""

from typing import Any

from sqlalchemy import Connection, Table, event

from models.history.step import Step

SQLITE = (
    """CREATE TRIGGER steps_stay_update BEFORE UPDATE ON steps
BEGIN SELECT RAISE(ABORT, 'steps are appended, never edited'); END""",
    """CREATE TRIGGER steps_stay_delete BEFORE DELETE ON steps
BEGIN SELECT RAISE(ABORT, 'steps are appended, never removed'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION steps_stay() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'steps are appended, never edited or removed' USING ERRCODE = '23001'; END $$""",
    """CREATE TRIGGER steps_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON steps
FOR EACH STATEMENT EXECUTE FUNCTION steps_stay()""",
)


@event.listens_for(Step.__table__, "after_create")
def _guard(_table: Table, connection: Connection, **_: Any) -> None:
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.exec_driver_sql(statement)


@event.listens_for(Step.__table__, "after_drop")
def _forget(_table: Table, connection: Connection, **_: Any) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP FUNCTION IF EXISTS steps_stay")
