"""A child does not outlive its parent: otherwise a killed web service would leave workers on its port."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def tie_to_parent(parent: int, by: signal.Signals = signal.SIGTERM) -> None:
    """Asks Linux to end this process by that signal when `parent` (its pid) ends; elsewhere nothing
    happens."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, by)
    if os.getppid() != parent:  # it ended while we asked
        os.kill(os.getpid(), by)
