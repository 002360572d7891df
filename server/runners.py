"""What `hemei work` runs beside each other, each in a thread of its own."""

import threading
from typing import Protocol

from handlers.wechat.afterwards import Afterwards
from server.checking import Checks
from server.config import Config
from server.confirming import Confirmations
from server.database import Database
from server.delivery import Delivery
from server.fetching import Fetcher
from server.groups import Groups
from server.spreading import Spreader
from server.tally import Flusher
from server.timetable import Timetable


class Runner(Protocol):
    def run(self, stop: threading.Event) -> None:
        """Works until `stop` is set, then finishes what is under way and returns within seconds."""


def runners(config: Config, database: Database) -> dict[str, Runner]:
    return {
        "timetable": Timetable(config, database),
        "letters": Delivery(config, database),
        "notices": Spreader(config, database),
        "checks": Checks(config, database),
        "confirmations": Confirmations(config, database),
        "groups": Groups(config, database),
        "photos": Fetcher(config, database),
        "events": Afterwards(database),
        "tally": Flusher(database, working=True),
    }
