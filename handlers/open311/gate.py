"""Who asks, and how often: a key is paid for by its quota, whoever has none by the address it comes from."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from flask import request

from handlers.database import Database
from handlers.open311.errors import trouble
from models.partner import keys, quota
from models.partner.keys import Holder

BURST, PER_SECOND = 60, 2.0  # of one address without a key, in each process
REPORTS, REPORTS_PER_SECOND = 30, 1.0  # of one key, in each process, beside its quota
MOST = 10_000  # addresses that are remembered
LONGEST = 100  # signs of a key


class Buckets:
    """So many at once, and then so many in a second. The memory of this process: it keeps machines from being
    worn out and is no right of anybody's. Thread-safe."""

    def __init__(self, burst: int, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst, self._per_second, self._clock = burst, per_second, clock
        self._free: OrderedDict[str, tuple[float, float]] = OrderedDict()  # left, when it was reckoned
        self._lock = threading.Lock()

    def take(self, whose: str) -> int:
        """0 when it may be, else in how many seconds it may be."""
        with self._lock:
            at = self._clock()
            left, since = self._free.pop(whose, (float(self._burst), at))
            left = min(float(self._burst), left + (at - since) * self._per_second)
            wait = 0 if left >= 1 else max(1, round((1 - left) / self._per_second))
            self._free[whose] = (left if wait else left - 1, at)
            while len(self._free) > MOST:
                self._free.popitem(last=False)
            return wait


class Gate:
    """One for each process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._readers, self._senders = Buckets(BURST, PER_SECOND), Buckets(REPORTS, REPORTS_PER_SECOND)

    def reader(self) -> Holder | None:
        """Whose key came with the request; None for nobody's. Raises Trouble."""
        said = _key_said()
        if said:
            return self._holder(said)
        wait = self._readers.take(request.remote_addr or "")
        if wait:
            raise trouble(429, "too_fast", retry_after=wait)
        return None

    def sender(self) -> Holder:
        """Who may report. Raises Trouble."""
        said = _key_said()
        if not said:
            raise trouble(403, "key_missing")
        holder = self._holder(said)
        if not holder.may("report"):
            raise trouble(403, "key_reads_only")
        wait = self._senders.take(str(holder.key_id))
        if wait:
            raise trouble(429, "too_fast", retry_after=wait)
        return holder

    def _holder(self, said: str) -> Holder:
        with self._database.read():
            holder = keys.holder_of(said) if len(said) <= LONGEST else None
        if holder is None:
            wait = self._readers.take(request.remote_addr or "")
            raise trouble(429, "too_fast", retry_after=wait) if wait else trouble(403, "key_wrong")
        wait = self._database.write(quota.spend, holder)
        if wait:
            raise trouble(429, "quota_spent", retry_after=wait, quota=holder.daily_quota)
        return holder


def _key_said() -> str:
    """In the form, or where somebody only reads in the address, as the specification has it; a header keeps
    it out of logs."""
    said = request.headers.get("X-Api-Key") or request.form.get("api_key") or request.args.get("api_key")
    return said or ""
