"""Journeys in this very process: what is asked is the application, not the way to it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from settings_files import KEY

from models.base import privacy
from server import migrations
from server.database import Database


class Inside:
    """Of `many` things made or asked, by chance from `seed`. `folder` and the database are its own."""

    def __init__(self, folder: Path, url: str, many: int, seed: int) -> None:
        self.folder, self.url, self.many, self.seed = folder, url, many, seed

    @contextmanager
    def database(self) -> Iterator[Database]:
        """At the current schema, and empty."""
        self.folder.mkdir(exist_ok=True)
        privacy.use_key(KEY)
        migrations.upgrade(self.url)
        database = Database(self.url)
        try:
            yield database
        finally:
            database.close()


class Spent:
    """Processor time from here on, in words."""

    def __init__(self) -> None:
        self._began = time.process_time()

    def __str__(self) -> str:
        return f"{time.process_time() - self._began:.0f} s of processor time"
