"""A child does not outlive its parent: otherwise a killed web service would leave workers on its port."""

import ctypes
import os
import signal
import sys
import threading
import time

_PR_SET_PDEATHSIG = 1
_LOOKS_EVERY = 1.0  # seconds
GRACE = 10.0  # for what is under way


def tie_to_parent(parent: int, grace: float = GRACE) -> None:
    """Asks Linux to end this process when `parent` (its pid) ends, at the latest after `grace` seconds;
    elsewhere nothing happens."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    watch = threading.Thread(target=_watch, args=(parent, grace), name="hemei-lifeline", daemon=True)
    watch.start()


def _watch(parent: int, grace: float) -> None:
    """Because whoever is still starting up may lose a SIGTERM, and would then hold the port for ever."""
    while os.getppid() == parent:
        time.sleep(_LOOKS_EVERY)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(grace)
    os.kill(os.getpid(), signal.SIGKILL)
