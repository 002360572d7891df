"""Refused pushes: each is counted, and a burst of them is an alarm in the log."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from models.base.clock import now

log = logging.getLogger(__name__)


class RefusalAlarm:
    """Call it with the reason of every refused push; many within a short time are logged as one error.

    After an alarm it counts from zero again, so a flood does not flood the log. One per process.
    """

    def __init__(
        self,
        count: Callable[[str], object] = lambda reason: None,
        *,
        limit: int = 20,
        within: timedelta = timedelta(minutes=5),
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._count = count
        self._within = within
        self._clock = clock
        self._recent: deque[datetime] = deque(maxlen=limit)
        self._lock = threading.Lock()

    def __call__(self, reason: str) -> None:
        self._count(reason)
        moment = self._clock()
        with self._lock:
            self._recent.append(moment)
            full = len(self._recent) == self._recent.maxlen
            if not full or moment - self._recent[0] > self._within:
                return
            self._recent.clear()
        log.error(
            "%d callbacks refused within %d s, the last one because: %s",
            self._recent.maxlen,
            self._within.total_seconds(),
            reason,
        )
