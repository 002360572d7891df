"""Processes of hemei that begin with every module loaded, because to load them takes longer than most of what
small tests of such processes do. What is played at full size begins cold, as an operator's processes do.
"""

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from multiprocessing.connection import wait
from pathlib import Path

from server import cli

loaded = multiprocessing.get_context("forkserver")
loaded.set_forkserver_preload(
    [
        *(module for module, _ in cli.COMMANDS.values()),
        "server.app",
        "server.serving",
        "server.work",
        "server.demo.run",
        "server.sandbox.aio",
        "scripts.chaos_rig.read",
    ]
)
PATIENCE = 120  # seconds for one command
HEMEI, SANDBOX = "server", "server.sandbox"


class Warm:
    """`hemei <arguments>` as a process of its own; has what is used of subprocess.Popen. `program` may be the
    simulator instead."""

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        cwd: Path,
        env: dict[str, str],
        log: Path,
        program: str = HEMEI,
        start_seconds: float | None = None,
    ) -> None:
        streams = [Path(os.devnull), log, log]
        told = (program, tuple(arguments), cwd, env, streams, start_seconds)
        self._process = loaded.Process(target=_run, args=told)
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


def finished(
    arguments: Sequence[str], *, cwd: Path, env: dict[str, str], stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """What `hemei <arguments>` came to."""
    with tempfile.TemporaryDirectory(prefix="hemei-command-") as folder:
        streams = [Path(folder) / name for name in ("stdin", "stdout", "stderr")]
        streams[0].write_text(stdin, encoding="utf-8")
        process = loaded.Process(target=_run, args=(HEMEI, tuple(arguments), cwd, env, streams))
        process.start()
        process.join(PATIENCE)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(tuple(arguments), PATIENCE)
        said, complained = (stream.read_text(encoding="utf-8") for stream in streams[1:])
        return subprocess.CompletedProcess(arguments, process.exitcode, said, complained)


def _run(
    program: str,
    arguments: tuple[str, ...],
    cwd: Path,
    env: dict[str, str],
    streams: list[Path],
    start_seconds: float | None = None,
) -> None:
    begin(cwd, env, streams)
    if program == HEMEI:
        if start_seconds is not None:
            from server import serving  # here, because whoever only starts others need not load it

            serving.START_SECONDS = start_seconds
        cli.main(list(arguments))
        return
    sys.argv[1:] = arguments
    runpy.run_module(program, run_name="__main__")


def begin(cwd: Path, env: dict[str, str], streams: Sequence[Path]) -> None:
    """Makes this process one of its own: its folder, its environment, its three streams."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    for number, stream in enumerate(streams):
        os.dup2(os.open(stream, os.O_RDWR | os.O_CREAT | os.O_APPEND), number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    # its own processes are made as those of `hemei serve` are
    multiprocessing.set_start_method("fork", force=True)
