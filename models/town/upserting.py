"""Many rows at once: insert what is new, update what differs, leave the rest alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.engine import Row

from models.base.orm import Base, session


@dataclass(slots=True)
class Tally:
    """What became of a sheet's rows."""

    rows: int = 0
    added: set[Any] = field(default_factory=set)  # keys
    changed: set[Any] = field(default_factory=set)  # keys; may hold some of the added

    def as_dict(self) -> dict[str, int]:
        added, changed = len(self.added), len(self.changed - self.added)
        return {"added": added, "changed": changed, "same": self.rows - added - changed}


def rows_of(model: type[Base], *where: Any) -> Sequence[Row[Any]]:
    return session().connection().execute(select(_table(model)).where(*where)).all()


def insert(model: type[Base], rows: list[dict[str, Any]]) -> None:
    if rows:
        session().connection().execute(_table(model).insert(), rows)


def change(model: type[Base], rows: list[dict[str, Any]]) -> None:
    """Each row names its `id` and the columns to set; all rows the same ones."""
    if not rows:
        return
    table = _table(model)
    columns = [column for column in rows[0] if column != "id"]
    statement = (
        update(table)
        .where(table.c.id == bindparam("of_id"))
        .values({table.c[column]: bindparam(f"new_{column}") for column in columns})
    )
    session().connection().execute(
        statement,
        [{"of_id": row["id"], **{f"new_{column}": row[column] for column in columns}} for row in rows],
    )


def upsert(
    model: type[Base], wanted: Mapping[Any, dict[str, Any]], current: Mapping[Any, Row[Any]], tally: Tally
) -> None:
    """`wanted` and `current` by the same keys. Columns that `wanted` does not name keep what they hold."""
    new, changed = [], []
    for key, values in wanted.items():
        row = current.get(key)
        if row is None:
            new.append(values)
            tally.added.add(key)
        elif any(getattr(row, column) != value for column, value in values.items()):
            changed.append({"id": row.id, **values})
            tally.changed.add(key)
    tally.rows += len(wanted)
    insert(model, new)
    change(model, changed)


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table
