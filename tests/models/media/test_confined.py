"""Whoever holds the bytes of a stranger can do nothing but count and answer."""

import signal
import subprocess
import sys

import pytest

from models.media import confined

PROGRAM = """
import os, signal, socket, sys
from models.media import confined
confined.A_LITTLE_LESS = 0.3
confined.confine()
try:
    {work}
except BaseException as trouble:
    os.write(1, type(trouble).__name__.encode())
else:
    os.write(1, b"done")
os._exit(0)
"""


def confined_program(work: str) -> str | int:
    """What `work` did in a confined process: "done", the error's name, or the signal that ended it."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.replace("{work}", work)], capture_output=True, check=False
    )
    assert not done.stderr
    return done.stdout.decode() or -done.returncode


@pytest.mark.parametrize(
    "work",
    ["open('/etc/hosts')", "open('/dev/null', 'w')", "socket.socket()", "os.listdir('/')", "os.pipe()"],
)
def test_no_file_and_no_socket_is_opened_anywhere(work: str) -> None:
    assert confined_program(work) in ("PermissionError", "OSError")


@pytest.mark.parametrize(
    "work",
    [
        "os.fork()",
        "os.kill(os.getppid(), 0)",
        "os.execv('/bin/true', ['true'])",
        "os.unlink('/nowhere')",
        "signal.setitimer(signal.ITIMER_PROF, 0)",  # its own end put off
        "signal.signal(signal.SIGPROF, signal.SIG_IGN)",
    ],
)
def test_the_kernel_refuses_every_other_call(work: str) -> None:
    refused = confined_program(work) in ("PermissionError", "itimer_error")
    assert refused or confined.platform_name() not in ("x86_64", "aarch64")  # where there is no filter


def test_memory_beyond_the_limit_is_not_given() -> None:
    assert confined_program("bytearray(confined.MEMORY)") == "MemoryError"
    assert confined_program("bytes(5 << 20)[::-1]") == "done"


def test_whoever_counts_for_ever_is_ended() -> None:
    assert confined_program("while True: pass") == signal.SIGPROF
