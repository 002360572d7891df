"""`hemei work`: the timetable, the senders and everything else that no visitor waits for."""

import gc
import logging
import signal
import threading
import time
from collections.abc import Callable, Mapping
from queue import SimpleQueue

from server.config import Config
from server.database import Database
from server.runners import Runner, runners

log = logging.getLogger(__name__)

STOP_SECONDS = 25
LONGEST_WAIT = 60.0


def work(config: Config, database: Database) -> bool:
    """Works until SIGTERM or SIGINT; False when something did not end in time."""
    # no Event here, because `set` in a handler would wait for the lock that the interrupted `wait` holds
    asked: SimpleQueue[int] = SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: asked.put(number))
    which = runners(config, database)
    gc.collect()
    gc.freeze()  # because searching what was just loaded again and again costs a sender a fifth of its time
    return run(which, asked.get)


def run(which: Mapping[str, Runner], wait: Callable[[], object]) -> bool:
    """Keeps every runner going until `wait` returns; then waits for all of them."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=_keep, args=(name, runner, stop), name=f"hemei-{name}", daemon=True)
        for name, runner in which.items()
    ]
    for thread in threads:
        thread.start()
    log.info("working: %s", ", ".join(which))
    wait()
    stop.set()
    until = time.monotonic() + STOP_SECONDS
    for thread in threads:
        thread.join(max(until - time.monotonic(), 0))
    late = [thread.name for thread in threads if thread.is_alive()]
    if late:
        log.error("did not end in time: %s", ", ".join(late))
    return not late


def _keep(name: str, runner: Runner, stop: threading.Event) -> None:
    """Starts a runner again when it fails, a little later each time."""
    wait = 1.0
    while not stop.is_set():
        began = time.monotonic()
        try:
            runner.run(stop)
        except Exception:
            log.exception("%s failed; starting it again in %.0f s", name, wait)
        if stop.is_set():
            return
        if time.monotonic() - began > LONGEST_WAIT:
            wait = 1.0
        stop.wait(wait)
        wait = min(wait * 2, LONGEST_WAIT)
