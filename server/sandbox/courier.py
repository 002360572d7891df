"""Events that follow a call after a moment (a template message's outcome): sent from their own thread."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable


class Courier:
    """Runs errands one after the other; the thread starts with the first and ends with ``stop``."""

    def __init__(self) -> None:
        self._errands: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._open = 0
        self._changed = threading.Condition()

    def send(self, errand: Callable[[], object]) -> None:
        with self._changed:
            self._open += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="sandbox-courier", daemon=True)
                self._thread.start()
        self._errands.put(errand)

    def idle(self, seconds: float = 10.0) -> bool:
        """Wait until every errand is done; False when that takes longer."""
        with self._changed:
            return self._changed.wait_for(lambda: self._open == 0, seconds)

    def stop(self) -> None:
        """End the thread after the errands given so far."""
        if self._thread:
            self._errands.put(None)
            self._thread.join(20)
            self._thread = None

    def _run(self) -> None:
        while (errand := self._errands.get()) is not None:
            try:
                errand()
            finally:
                with self._changed:
                    self._open -= 1
                    self._changed.notify_all()
