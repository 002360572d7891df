"""Whose parent was killed goes too, whatever it was doing."""

import os
import signal
import subprocess
import sys
import time

import pytest

CHILD = """
import os, signal, sys, time
from server.lifeline import tie_to_parent
if sys.argv[1] == "deaf":
    signal.signal(signal.SIGTERM, lambda *_: None)
tie_to_parent(int(sys.argv[2]), signal.SIGKILL if sys.argv[1] == "deaf" else signal.SIGTERM)
print(os.getpid(), flush=True)
time.sleep(60)
"""
PARENT = """
import os, subprocess, sys, time
subprocess.Popen([sys.executable, "-c", sys.argv[1], sys.argv[2], str(os.getpid())])
time.sleep(60)
"""


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("child", ["listening", "deaf"])
def test_it_does_not_outlive_its_parent_even_where_it_lost_the_signal(child: str) -> None:
    """As a web worker loses it that is still starting up."""
    parent = subprocess.Popen([sys.executable, "-c", PARENT, CHILD, child], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait(10)
    until = time.monotonic() + 20
    while is_alive(pid) and time.monotonic() < until:
        time.sleep(0.05)
    parent.stdout.close()
    assert not is_alive(pid)
