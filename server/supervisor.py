"""A child process that is started again when it dies, and that ends with us."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

log = logging.getLogger(__name__)

STOP_SECONDS = 25
CALM_SECONDS = 60  # a child that lived so long has recovered: the next wait is short again
LONGEST_WAIT = 30.0


class Child:
    """`python -m server <arguments>`, kept alive by a thread of ours."""

    def __init__(self, name: str, arguments: Sequence[str]) -> None:
        self._name = name
        self._command = [sys.executable, "-P", "-m", "server", *arguments]
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._keep, name=f"hemei-{name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends the child: politely, and when it does not listen, at once."""
        with self._lock:
            self._stopping.set()
            child = self._process
        if child is None:
            return
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        self._thread.join(1)

    def _keep(self) -> None:
        wait = 1.0
        while True:
            with self._lock:
                if self._stopping.is_set():
                    return
                began = time.monotonic()
                # it keeps our process group, and asks the system to end when we do
                self._process = subprocess.Popen(  # noqa: S603 - our own program
                    self._command, env=os.environ | {"HEMEI_PARENT": str(os.getpid())}
                )
            code = self._process.wait()
            if self._stopping.is_set():
                return
            if time.monotonic() - began > CALM_SECONDS:
                wait = 1.0
            log.error("the %s process ended with %d; starting it again in %.0f s", self._name, code, wait)
            self._stopping.wait(wait)
            wait = min(wait * 2, LONGEST_WAIT)
