"""Figures of months are counted again where that takes longer than somebody waits for a page."""

import time

from models.base.clock import now
from models.indicator import keeping
from models.indicator.sealing import counted
from server.config import Config
from server.database import Database

LONGEST = 240.0  # seconds; the next slot goes on


def figure_again(_config: Config, database: Database) -> None:
    """Counts outside of any writing: a city takes seconds, and nobody's message waits for it."""
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        with database.read():
            what = keeping.due()
            if what is None:
                return
            at = now()
            found = counted(what.period, what.community_id)
        database.write(keeping.keep, what, found, at)
