"""Statements of the busiest path, compiled once for each database and then handed to its driver as text.

Building and compiling a statement costs SQLAlchemy several times what SQLite needs to run it, and every
message runs ten. What is prepared is an ordinary Core statement, so it is still checked against the tables.
"""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Connection, Dialect, Executable, Insert, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

from models.base.session import session

_Ready = tuple[str, Callable[[dict[str, Any]], Any]]


class _Driver:
    """The driver's own connection beneath the session, in the same transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.dialect = connection.dialect
        self.name = connection.dialect.name
        self._plain: Any = connection.connection.driver_connection

    def run(self, text: str, parameters: Any, *, many: bool = False) -> Any:
        """The driver's cursor. Its errors are raised as SQLAlchemy's, as everybody above expects them."""
        cursor = self._plain.cursor()
        try:
            (cursor.executemany if many else cursor.execute)(text, parameters)
            return cursor
        except self.dialect.loaded_dbapi.Error as trouble:
            lost = self.dialect.is_disconnect(trouble, self._plain, None)
            if lost:
                self.connection.invalidate(trouble)
            raise DBAPIError.instance(
                text,
                None,
                trouble,
                self.dialect.loaded_dbapi.Error,
                hide_parameters=True,
                connection_invalidated=lost,
                dialect=self.dialect,
            ) from trouble


def _driver() -> _Driver:
    kept = session().info
    driver: _Driver | None = kept.get("driver")
    if driver is None or driver.connection.closed:  # its transaction is over: a new one has a new connection
        driver = kept["driver"] = _Driver(session().connection())
    return driver


class Prepared:
    """One statement with named parameters. Rows come as the driver gives them: JSON of SQLite is text."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._ready: dict[str, _Ready] = {}

    def __call__(self, **values: Any) -> Any:
        """Runs it; gives the driver's cursor."""
        driver = _driver()
        text, bind = self._for(driver)
        return driver.run(text, bind(values))

    def many(self, rows: Iterable[dict[str, Any]]) -> int:
        """Runs it once for each row; how many rows of the table were touched in all."""
        driver = _driver()
        text, bind = self._for(driver)
        return int(driver.run(text, [bind(row) for row in rows], many=True).rowcount)

    def _for(self, driver: _Driver) -> _Ready:
        ready = self._ready.get(driver.name)
        if ready is None:
            compiled = self._statement.compile(dialect=driver.dialect)  # type: ignore[attr-defined]
            ready = self._ready[driver.name] = (str(compiled), _binder(compiled, {}))
        return ready

    def first(self, **values: Any) -> tuple[Any, ...] | None:
        """Its first row."""
        rows = self(**values).fetchall()
        return rows[0] if rows else None


_inserts: dict[tuple[Table, str, tuple[str, ...]], tuple[_Ready, bool]] = {}


def insert(table: Table, values: dict[str, Any]) -> int:
    """Inserts one row, with the defaults of columns that are not named, and returns its id (0 for none)."""
    driver = _driver()
    key = (table, driver.name, tuple(values))
    known = _inserts.get(key)
    if known is None:
        known = _inserts[key] = _compiled_insert(table, driver.dialect, values)
    (text, bind), returns = known
    cursor = driver.run(text, bind(values))
    if returns:
        return int(cursor.fetchone()[0])
    if driver.name != "sqlite":  # psycopg knows no last row: the id was given, or there is none
        return int(values.get("id") or 0)
    return int(cursor.lastrowid or 0)


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
