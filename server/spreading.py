"""Notices become letters, a few hundred in each transaction, so that nobody who writes beside it waits."""

import logging
import threading

from models.base.quarantine import in_quarantine
from models.base.refusals import Unavailable
from models.notice.telling import tell_some
from server.config import Config
from server.database import Database

log = logging.getLogger(__name__)

LOOKS_EVERY = 0.5  # seconds


class Spreader:
    """Any number may run: a notice is worked on by one of them at a time."""

    def __init__(self, config: Config, database: Database) -> None:
        self._rules = config.rules
        self._database = database

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                moved = self._database.write(self._some)
            except Unavailable as trouble:
                log.warning("put off: %s", trouble)
                moved = False
            if not moved:
                stop.wait(LOOKS_EVERY)

    def _some(self) -> bool:
        return not in_quarantine() and tell_some(
            must_be_checked=self._rules.content_check, second_above=self._rules.second_person_above
        )
