"""Counts of this process, added to those of all processes every few seconds (models/base/tallies.py).

Counting is a dictionary in memory, so it costs nothing on the way of a message; a process that is killed
loses what it counted since it last came by.
"""

import logging
import threading
from collections import Counter
from functools import lru_cache

from models.base import tallies
from models.base.refusals import Unavailable
from server.database import Database

log = logging.getLogger(__name__)

EVERY_SECONDS = 10
WORKING = "work_rounds"  # a process that runs the timetable and the senders was here

_pending: Counter[tuple[str, str]] = Counter()
_lock = threading.Lock()


def count(name: str, by: int = 1, **labels: str) -> None:
    """`count("platform_calls", platform="work", result="ok")`; names are those of server/health.py."""
    key = _key(name, *labels.items())
    with _lock:
        _pending[key] += by


@lru_cache
def _key(name: str, *labels: tuple[str, str]) -> tuple[str, str]:
    return name, ",".join(f"{label}={value}" for label, value in sorted(labels))


def flush(database: Database) -> None:
    """Adds what was counted; keeps it when the database does not take it now."""
    with _lock:
        counts = dict(_pending)
        _pending.clear()
    if not counts:
        return
    try:
        database.write(tallies.add, counts)
    except Unavailable:
        with _lock:
            _pending.update(counts)


class Flusher:
    """Comes by every few seconds until stopped; `working` says to all that a `work` process lives."""

    def __init__(self, database: Database, *, working: bool = False) -> None:
        self._database = database
        self._working = working

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            if self._working:
                count(WORKING)
            try:
                flush(self._database)
            except Exception:
                log.exception("counts were not kept")
            stop.wait(EVERY_SECONDS)
        flush(self._database)
