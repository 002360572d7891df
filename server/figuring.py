"""Figures of months are counted again where that takes longer than somebody waits for a page."""

import logging
import threading
import time
from functools import partial

from models.base.clock import now
from models.base.refusals import Unavailable
from models.indicator import keeping
from models.indicator.sealing import counted
from server import logs
from server.config import Config
from server.database import Database

log = logging.getLogger(__name__)

LONGEST = 240.0  # seconds; the next slot goes on
BREATH = 0.02  # seconds of every few hundred cases, for the senders of the same process

_counting = threading.Lock()


def figure_again(_config: Config, database: Database) -> None:
    """Goes on beside the timetable, in a thread that nobody waits for: a city takes longer than a process has
    to end in, and what is broken off has written nothing."""
    threading.Thread(target=figure, args=[database], name="figures", daemon=True).start()


def figure(database: Database) -> None:
    """Counts what is due, outside of any writing: nobody's message waits for it."""
    if not _counting.acquire(blocking=False):
        return
    try:
        until = time.monotonic() + LONGEST
        while time.monotonic() < until and _one(database):
            pass
    except Unavailable as trouble:
        log.warning("put off: %s", logs.places(trouble))
    except Exception:
        log.exception("failed")
    finally:
        _counting.release()


def _one(database: Database) -> bool:
    with database.read():
        what = keeping.due()
        if what is None:
            return False
        at = now()
        found = counted(*what, breathe=partial(time.sleep, BREATH))
    database.write(keeping.keep, what, found, at)
    return True
