"""What is asked of the database meanwhile, by SQLAlchemy and by what is prepared past it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import event

from models.base import prepared
from server.database import Database

_run = prepared._Driver.run


@contextmanager
def statements(db: Database) -> Iterator[list[str]]:
    """Filled while it lasts, in order; BEGIN is none."""
    asked: list[str] = []

    def listen(*said: Any) -> None:
        if said[2] != "BEGIN":
            asked.append(said[2])

    def noted(driver: prepared._Driver, text: str, parameters: Any, **more: Any) -> Any:
        asked.append(text)
        return _run(driver, text, parameters, **more)

    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        with patch.object(prepared._Driver, "run", noted):
            yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
