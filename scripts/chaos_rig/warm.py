"""Processes of hemei that begin with every module loaded, because to load them takes longer than most of what
small tests of such processes do. What is played at full size begins cold, as an operator's processes do.
"""

import multiprocessing
import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from multiprocessing.connection import wait
from pathlib import Path

from server import cli

loaded = multiprocessing.get_context("forkserver")
loaded.set_forkserver_preload(
    [*(module for module, _ in cli.COMMANDS.values()), "server.app", "server.work", "scripts.chaos_rig.read"]
)


class Warm:
    """`hemei <arguments>` as a process of its own; has what is used of subprocess.Popen."""

    def __init__(self, arguments: Sequence[str], *, cwd: Path, env: dict[str, str], log: Path) -> None:
        self._process = loaded.Process(target=_run, args=(tuple(arguments), cwd, env, log))
        self._lock = threading.Lock()  # the exit code can be read from the server once
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        return self.poll()

    def poll(self) -> int | None:
        with self._lock:
            return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        wait([self._process.sentinel], timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired("hemei", timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _run(arguments: tuple[str, ...], cwd: Path, env: dict[str, str], log: Path) -> None:
    begin(cwd, env, [Path(os.devnull), log, log])
    cli.main(list(arguments))


def begin(cwd: Path, env: dict[str, str], streams: Sequence[Path]) -> None:
    """Makes this process one of its own: its folder, its environment, its three streams."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    for number, stream in enumerate(streams):
        os.dup2(os.open(stream, os.O_RDWR | os.O_CREAT | os.O_APPEND), number)
    # its own processes are made as those of `hemei serve` are
    multiprocessing.set_start_method("fork", force=True)
