"""Tables whose rows the database itself refuses to edit or remove, whoever asks and by whatever program."""

from typing import Any

from sqlalchemy import Connection, FromClause, event


def sqlite(table: str) -> tuple[str, ...]:
    return (
        f"""CREATE TRIGGER {table}_stay_update BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} are appended, never edited'); END""",
        f"""CREATE TRIGGER {table}_stay_delete BEFORE DELETE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} are appended, never removed'); END""",
    )


def postgresql(table: str) -> tuple[str, ...]:
    return (
        f"""CREATE FUNCTION {table}_stay() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{table} are appended, never edited or removed' USING ERRCODE = '23001'; END $$""",
        f"""CREATE TRIGGER {table}_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {table}_stay()""",
    )


def guard(table: FromClause) -> None:
    """From the moment this table is made, its rows stay as they are."""
    name = str(table.description)

    def made(_table: Any, connection: Connection, **_: Any) -> None:
        for statement in sqlite(name) if connection.dialect.name == "sqlite" else postgresql(name):
            connection.exec_driver_sql(statement)

    def dropped(_table: Any, connection: Connection, **_: Any) -> None:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name}_stay")

    event.listen(table, "after_create", made)
    event.listen(table, "after_drop", dropped)
