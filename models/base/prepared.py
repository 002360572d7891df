"""Statements of the busiest path, compiled once for each database and then handed to its driver as text.

Building and compiling a statement costs SQLAlchemy several times what SQLite needs to run it, and every
message runs ten. What is prepared is an ordinary Core statement, so it is still checked against the tables.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import CursorResult, Dialect, Executable, Insert, Table
from sqlalchemy.sql.compiler import SQLCompiler

from models.base.session import session

_Ready = tuple[str, Callable[[dict[str, Any]], Any]]


class Prepared:
    """One statement with named parameters. Rows come as the driver gives them: JSON of SQLite is text."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._ready: dict[str, _Ready] = {}

    def __call__(self, **values: Any) -> CursorResult[Any]:
        connection = session().connection()
        dialect = connection.dialect
        ready = self._ready.get(dialect.name)
        if ready is None:
            compiled = self._statement.compile(dialect=dialect)  # type: ignore[attr-defined]
            ready = self._ready[dialect.name] = (str(compiled), _binder(compiled, {}))
        found: CursorResult[Any] = connection.exec_driver_sql(ready[0], ready[1](values))
        return found


_inserts: dict[tuple[Table, str, tuple[str, ...]], tuple[_Ready, bool]] = {}


def insert(table: Table, values: dict[str, Any]) -> int:
    """Inserts one row, with the defaults of columns that are not named, and returns its id (0 for none)."""
    connection = session().connection()
    key = (table, connection.dialect.name, tuple(values))
    known = _inserts.get(key)
    if known is None:
        known = _inserts[key] = _compiled_insert(table, connection.dialect, values)
    (text, bind), returns = known
    result = connection.exec_driver_sql(text, bind(values))
    if returns:
        return int(result.scalar_one())
    if connection.dialect.name != "sqlite":  # psycopg knows no last row: the id was given, or there is none
        return int(values.get("id") or 0)
    return int(result.lastrowid or 0)


def _compiled_insert(table: Table, dialect: Dialect, values: dict[str, Any]) -> tuple[_Ready, bool]:
    statement: Insert = table.insert()
    compiled = statement.compile(dialect=dialect, column_keys=list(values))
    assert isinstance(compiled, SQLCompiler)
    defaults = {column.key: column.default for column in compiled.insert_prefetch}
    ready = (str(compiled), _binder(compiled, defaults))
    return ready, bool(compiled.implicit_returning)


def _binder(compiled: Any, defaults: dict[str, Any]) -> Callable[[dict[str, Any]], Any]:
    """Makes the driver's parameters from ours, in its order or by its names."""
    processors: dict[str, Callable[[Any], Any]] = dict(compiled._bind_processors)
    fixed = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
    made = [(name, default.arg) for name, default in defaults.items() if default.is_callable]
    fixed |= {name: default.arg for name, default in defaults.items() if not default.is_callable}

    def complete(values: dict[str, Any]) -> dict[str, Any]:
        return {**fixed, **{name: make(None) for name, make in made}, **values}

    names = compiled.positiontup if compiled.positional else compiled.binds
    plan = [(name, processors.get(name)) for name in names]
    if compiled.positional:

        def in_order(values: dict[str, Any]) -> tuple[Any, ...]:
            given = complete(values)
            return tuple([given[name] if process is None else process(given[name]) for name, process in plan])

        return in_order

    def by_name(values: dict[str, Any]) -> dict[str, Any]:
        given = complete(values)
        return {name: given[name] if process is None else process(given[name]) for name, process in plan}

    return by_name
