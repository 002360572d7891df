"""The database itself refuses to edit a row of the log, and to remove one that was not let go of by rule."""

from typing import Any

from sqlalchemy import Connection, FromClause, event


def sqlite(table: str, forgotten: str) -> tuple[str, ...]:
    return (
        f"""CREATE TRIGGER {table}_stay_update BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} are appended, never edited'); END""",
        f"""CREATE TRIGGER {table}_stay_delete BEFORE DELETE ON {table}
WHEN OLD.id > (SELECT COALESCE(MAX(up_to_id), 0) FROM {forgotten})
BEGIN SELECT RAISE(ABORT, '{table} are appended, never removed'); END""",  # noqa: S608 - both names are ours
    )


def postgresql(table: str, forgotten: str) -> tuple[str, ...]:
    return (
        f"""CREATE FUNCTION {table}_stay() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{table} are appended, never edited or removed' USING ERRCODE = '23001'; END $$""",
        f"""CREATE TRIGGER {table}_stay BEFORE UPDATE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {table}_stay()""",
        f"""CREATE FUNCTION {table}_past() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
IF OLD.id > (SELECT COALESCE(MAX(up_to_id), 0) FROM {forgotten}) THEN
RAISE EXCEPTION '{table} are appended, never removed' USING ERRCODE = '23001';
END IF;
RETURN OLD;
END $$""",  # noqa: S608 - both names are ours
        f"""CREATE TRIGGER {table}_past BEFORE DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_past()""",
    )


def guard_all_but_past(table: FromClause, forgotten: str) -> None:
    """As `models.base.append_only.guard`, but rows up to `up_to_id` of the table `forgotten` may go."""
    name = str(table.description)

    def made(_table: Any, connection: Connection, **_: Any) -> None:
        dialect = connection.dialect.name
        for statement in sqlite(name, forgotten) if dialect == "sqlite" else postgresql(name, forgotten):
            connection.exec_driver_sql(statement)

    def dropped(_table: Any, connection: Connection, **_: Any) -> None:
        if connection.dialect.name == "postgresql":
            for function in ("stay", "past"):
                connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name}_{function}")

    event.listen(table, "after_create", made)
    event.listen(table, "after_drop", dropped)
