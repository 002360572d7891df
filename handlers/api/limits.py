"""How often each act may be done, so that one program that runs wild costs the others nothing.

What changes something is counted in the database, by person, for all processes together; what only looks is
counted in this process's memory, because a write for each look would cost more than the look.
"""

import threading
import time
from collections import OrderedDict
from datetime import timedelta

from models.account.guessing import Limit

LOGINS = Limit("api_login", 300, timedelta(milliseconds=200))  # by address: a whole estate may share one
PHONES = Limit("api_phone", 5, timedelta(minutes=10))  # each costs money
HOMES = Limit("api_home", 5, timedelta(minutes=20))  # whoever tries rooms gets nowhere (A9)
REPORTS = Limit("api_report", 10, timedelta(minutes=3))
WORDS = Limit("api_words", 20, timedelta(minutes=1))  # what somebody says about a case
TAPS = Limit("api_tap", 60, timedelta(seconds=10))  # nods, reads, settings
PIECES = Limit("api_piece", 600, timedelta(milliseconds=500))  # of uploads
ORDERS = Limit("api_order", 10, timedelta(minutes=1))
WORK = Limit("api_work", 120, timedelta(seconds=5))  # what somebody on duty does
LOOKS = Limit("api_look", 240, timedelta(milliseconds=500))
# By address: a picture is loaded without a token, and a carrier has a whole town behind a few addresses.
PHOTOS = Limit("api_photo", 3000, timedelta(milliseconds=10))
GUESSES = Limit("api_guess", 60, timedelta(seconds=5))  # codes and places looked up

_MOST = 50_000


class Buckets:
    """As models/account/guessing.py, for what is only looked at: in memory, the latest so many."""

    def __init__(self, most: int = _MOST) -> None:
        self._free: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._most = most
        self._lock = threading.Lock()

    def pay(self, limit: Limit, subject: str) -> int:
        """0 when it may be done, else in how many seconds it may."""
        at, price = time.monotonic(), limit.every.total_seconds()
        key = (limit.name, subject)
        with self._lock:
            free = max(self._free.pop(key, at), at) + price
            wait = free - at - limit.burst * price
            self._free[key] = free if wait <= 0 else free - price
            while len(self._free) > self._most:
                self._free.popitem(last=False)
        return 0 if wait <= 0 else max(1, int(wait) + 1)
