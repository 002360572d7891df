"""The town's version: what a process remembers of the town is good as long as it has not moved."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from sqlalchemy import text

from models.base.orm import session
from models.base.prepared import Prepared

T = TypeVar("T")

_READ = Prepared(text("SELECT version FROM town_version WHERE id = 1"))
_RAISE = text(
    "INSERT INTO town_version (id, version) VALUES (1, :stamp) ON CONFLICT (id) DO UPDATE SET version = "
    "CASE WHEN town_version.version < excluded.version THEN excluded.version "
    "ELSE town_version.version + 1 END"
)
_KEPT = 3  # readers may still see the last version while a writer already sees the next


def raise_version() -> None:
    """Call it in the transaction that changes places, people or duties: everybody looks again.

    On PostgreSQL the row is locked until the transaction ends, so such changes follow one another.
    """
    current = session()
    current.flush()
    current.connection().execute(_RAISE, {"stamp": time.time_ns() // 1000})
    current.info.pop("town", None)


def version() -> int | None:
    """The version that this unit of work sees; None before the first change."""
    found = _READ.first()
    return None if found is None else int(found[0])


class Remembered(Generic[T]):
    """Something built from the town's rows, kept per process and built again when the version moves.

    Costs one query on one row per unit of work; shared by all threads, so what `build` returns must never
    be changed.
    """

    def __init__(self, name: str, build: Callable[[], T]) -> None:
        self._name = name
        self._build = build
        self._kept: dict[int, T] = {}
        self._building = threading.Lock()

    def current(self) -> T:
        """As this unit of work sees the town."""
        seen: dict[str, object] = session().info.setdefault("town", {})
        known = seen.get(self._name)
        if known is not None:
            return known  # type: ignore[return-value]  # stored under our own name below
        moved_to = seen.get("version")
        if not isinstance(moved_to, int):
            found = version()
            if found is None:
                return self._build()
            seen["version"] = moved_to = found
        value = self._kept.get(moved_to)
        if value is None:
            value = self._built(moved_to)
        seen[self._name] = value
        return value

    def _built(self, at: int) -> T:
        """One thread builds, the others wait for it: sixteen pictures of one town help nobody."""
        with self._building:
            value = self._kept.get(at)
            if value is None:
                value = self._build()
                self._kept = {**dict(list(self._kept.items())[1 - _KEPT :]), at: value}
            return value
