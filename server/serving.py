"""`hemei serve`: the application behind granian, in the foreground, until SIGTERM or SIGINT.

Why granian, and why one worker with SQLite: docs/decisions. Requests under way are finished before a worker
goes (R3); new ones wait in the listening socket, which belongs to the parent.
"""

import gc
import logging
import os
import resource
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

from flask import Flask
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from server import logs, process, tally
from server.config import Config
from server.lifeline import tie_to_parent
from server.supervisor import Child

log = logging.getLogger(__name__)

CONNECTIONS = 2048  # of a worker at once; a browser keeps its own open for half a minute
OPEN_FILES = 2 * CONNECTIONS  # the usual 1 024 would be fewer than that
STOP_SECONDS = 20  # then what is still under way is cut, so that we end within 30
START_SECONDS = 10.0  # so long a new worker has to load before the old one goes: it takes two, busy more
PARENT = "HEMEI_PARENT"
FIRST_WAIT, LONGEST_WAIT = 0.1, 10.0  # until workers that died in a row are started again
CALM_SECONDS = 20  # workers that lived so long have recovered
_QUIET: dict[str, Any] = {
    "formatters": {},
    "handlers": {},
    "loggers": {"_granian": {"handlers": [], "propagate": True}},
}


def application() -> Flask:
    """Builds the application in a worker process; the configuration comes through the environment."""
    # by a signal that nothing can lose, because it would hold the port for ever
    tie_to_parent(int(os.environ.get(PARENT, os.getppid())), signal.SIGKILL)
    # here and not above, because whoever looks after the workers would hold all of the house as well
    from server.app import create_app

    config = process.inherited()
    database = process.begin(config, grouped=True)
    app = create_app(config, database)
    process.warm(database)
    gc.collect()
    gc.freeze()  # because a full collection walks all that was just loaded, 50 ms in which nobody is answered
    threading.Thread(
        target=tally.Flusher(database).run, args=(threading.Event(),), name="hemei-tally", daemon=True
    ).start()
    return app


def serve(config: Config, bind: str, *, work: bool = False) -> None:
    """Serves until a signal comes. With `work` the timetable and the senders run beside it."""
    host, _, port = bind.rpartition(":")
    logs.set_up(config)
    os.environ.update(process.hand_over(config) | {PARENT: str(os.getpid())})
    _allow_open_files()
    log.info("serving at http://%s with %d workers", bind, workers(config))
    beside = Child("work", ["work"]) if work else None
    if beside:
        beside.start()
    # because a worker begins with its parent's handlers, which would only note that a signal came: the parent
    # would wait for it until it has to kill it. Until it has its own it answers nobody and may go at once
    os.register_at_fork(after_in_child=_ends_by_signals)
    stopped = threading.Event()
    wait = FIRST_WAIT
    try:
        while not stopped.is_set():
            began = time.monotonic()
            _run(config, host.strip("[]"), int(port), stopped)
            if not stopped.is_set():  # its workers died again and again within seconds
                wait = FIRST_WAIT if time.monotonic() - began > CALM_SECONDS else min(wait * 2, LONGEST_WAIT)
                log.error("the web workers ended; starting them again in %.1f s", wait)
                stopped.wait(wait)
    finally:
        if beside:
            beside.stop()


def _run(config: Config, host: str, port: int, stopped: threading.Event) -> None:
    server = Server(
        "server.serving:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers(config),
        blocking_threads=config.server.threads,
        backlog=CONNECTIONS,
        # because granian counts connections and not requests: 64 idle browsers kept everybody else out
        backpressure=CONNECTIONS,
        respawn_failed_workers=True,
        respawn_interval=START_SECONDS,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.error,
        log_dictconfig=_QUIET,
        websockets=False,
    )
    before: Callable[..., None] = server.signal_handler_interrupt

    def interrupt(number: int, frame: FrameType | None) -> None:
        stopped.set()
        before(number, frame)

    server.signal_handler_interrupt = interrupt  # type: ignore[method-assign]
    with suppress(SystemExit):  # that is how granian says that it gives up
        # our own loader, because granian's puts the caller's folder before our packages
        server.serve(target_loader=application, wrap_loader=False)


def _ends_by_signals() -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)


def _allow_open_files() -> None:
    """For this process and its workers, as far as the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def workers(config: Config) -> int:
    """One with SQLite, because one writing process with grouped commits beats several that wait in line."""
    if config.server.workers:
        return config.server.workers
    return 1 if config.database.url.startswith("sqlite") else max(os.cpu_count() or 1, 1)
