"""How far a database is: the revision it has, and the one that this hemei wants.

Every process that serves or works asks this, so it is read without Alembic, which takes 8 MiB of each.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import sqlalchemy as sa

from models.base.refusals import Unavailable
from server.database import throwaway_engine

HAVE = sa.text("SELECT version_num FROM alembic_version")


class NewerSchema(Exception):  # noqa: N818 - said to the operator as it stands
    """The database was migrated by a newer hemei; this one would not understand it."""


@dataclass(frozen=True)
class SchemaState:
    """`have` and `want` are revisions; `have` is None in an empty database."""

    have: str | None
    want: str
    known: bool = True

    @property
    def current(self) -> bool:
        return self.have == self.want

    def __str__(self) -> str:
        if self.current:
            return "the schema is current"
        if self.have is None:
            return "the database is empty: run hemei db upgrade"
        if not self.known:
            return "the database belongs to a newer version of hemei: upgrade hemei"
        return "the schema is behind: run hemei db upgrade"


@cache
def head() -> str:
    """The newest revision that this hemei knows."""
    return max(known())


@cache
def known() -> frozenset[str]:
    """All revisions: the files are named by them, and they follow on each other (0001, 0002 …)."""
    folder = files("models").joinpath("migrations", "versions")
    return frozenset(file.name[:4] for file in folder.iterdir() if file.name[:4].isdecimal())


def check(url: str) -> SchemaState:
    """How far the database is. Raises Unavailable when it does not answer."""
    made = sa.make_url(url)
    if made.get_backend_name() == "sqlite" and not Path(str(made.database)).exists():
        return SchemaState(None, head())  # because looking at it would make it
    engine = throwaway_engine(made)
    try:
        with engine.connect() as connection:
            return state_of(connection)
    except sa.exc.OperationalError as trouble:
        raise Unavailable(str(trouble.orig)) from trouble
    finally:
        engine.dispose()


def state_of(connection: sa.Connection) -> SchemaState:
    have = None
    if sa.inspect(connection).has_table("alembic_version"):
        have = connection.execute(HAVE).scalar()
    return SchemaState(have, head(), have is None or have in known())
