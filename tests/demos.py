"""`hemei demo` that begins with every module loaded, its service and its senders too: most of what a demo
costs is loading. Those that begin cold are in tests/journeys/test_story.py."""

import multiprocessing
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

from chaos_rig.warm import PATIENCE, begin, loaded
from commands import surroundings

from server import cli
from server.demo import run, story

_forks = multiprocessing.get_context("fork")


class Demo:
    """Runs in `folder`, where what it says and what it complains of are files."""

    def __init__(self, folder: Path, *options: str, patience: float = story.PATIENCE) -> None:
        self.said, self.complained = folder / "said", folder / "complained"
        self.said.touch()
        streams = [Path(os.devnull), self.said, self.complained]
        self._process = loaded.Process(
            target=_play, args=(folder, surroundings(), streams, patience, options)
        )
        self._process.start()

    def wait_until_it_says(self, words: str) -> None:
        until = time.monotonic() + PATIENCE
        while words not in self.said.read_text(encoding="utf-8"):
            assert self._process.exitcode is None, self.complained.read_text(encoding="utf-8")
            assert time.monotonic() < until, words
            time.sleep(0.05)

    def end(self) -> tuple[int, str, str]:
        """When it ends by itself: the exit code, what it said, what it complained of."""
        self._process.join(PATIENCE)
        if self._process.exitcode is None:
            self._process.kill()
            raise subprocess.TimeoutExpired("hemei demo", PATIENCE)
        said, complained = (one.read_text(encoding="utf-8") for one in (self.said, self.complained))
        return self._process.exitcode, said, complained

    def stop(self) -> None:
        """SIGTERM."""
        self._process.terminate()
        self.end()


def _play(
    folder: Path, env: dict[str, str], streams: list[Path], patience: float, options: tuple[str, ...]
) -> None:
    begin(folder, env, streams)
    story.PATIENCE = patience
    run.subprocess = SimpleNamespace(Popen=_Forked, TimeoutExpired=subprocess.TimeoutExpired)  # type: ignore
    run.Child = _Beside  # type: ignore[misc,assignment]
    cli.main(["demo", *options])


class _Forked:
    """What is used of subprocess.Popen, for `python -P -m server …`."""

    def __init__(self, command: list[str]) -> None:
        self._process = _forks.Process(target=_command, args=(command[4:],))
        self._process.start()

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("hemei", timeout or 0)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        os.kill(self._process.pid or os.getpid(), number)

    def kill(self) -> None:
        self._process.kill()


def _command(arguments: list[str]) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # the demo's own would only end what the demo began
    signal.signal(signal.SIGINT, signal.default_int_handler)
    cli.main(arguments)


class _Beside:
    """What is used of supervisor.Child; forks at once, because a thread would do so amid what others do."""

    def __init__(self, _name: str, arguments: list[str]) -> None:
        self._arguments = arguments
        self.stop: Callable[[], None]

    def start(self) -> None:
        os.environ["HEMEI_PARENT"] = str(os.getpid())
        child = _Forked(["", "", "", "", *self._arguments])

        def stop() -> None:
            child.send_signal(signal.SIGTERM)
            child.wait(run.STOP_SECONDS)

        self.stop = stop
