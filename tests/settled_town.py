"""A town in which something has happened already: furnished once for the tests of a module, and each of them
begins with a copy of its file."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from settings_files import KEY

from models.base import privacy
from server.database import Database

T = TypeVar("T")


@dataclass(frozen=True)
class Settled(Generic[T]):
    """Stands for its file where a path is wanted, as `db` wants its template."""

    file: Path
    facts: T  # of whoever furnished it

    def __fspath__(self) -> str:
        return str(self.file)


def settled(template: Path, folder: Path, furnish: Callable[[Database], T]) -> Settled[T]:
    privacy.use_key(KEY)
    file = folder / "settled.db"
    shutil.copyfile(template, file)
    database = Database(f"sqlite:///{file}")
    try:
        return Settled(file, furnish(database))
    finally:
        database.close()
