"""Runs hemei as an operator does: another process, its own folder, nothing inherited."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from chaos_rig.warm import Warm, finished
from databases import free_port

HEMEI = Path(sys.executable).with_name("hemei")


def surroundings(**more: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("HEMEI")} | more


def hemei(
    *arguments: str, cwd: Path, stdin: str | None = None, **env: str
) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end. It is a process of its own, but one that begins with every module loaded: to
    load them takes ten times as long as what most commands do."""
    return finished(arguments, cwd=cwd, env=surroundings(**env), stdin=stdin or "")


class Service:
    """`hemei serve` on a free port; its modules are loaded before, unless it shall begin cold."""

    def __init__(self, cwd: Path, *options: str, cold: bool = False, **env: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = cwd / f"serve-{self.port}.log"
        command = ["serve", "--bind", f"127.0.0.1:{self.port}", *options]
        self.process: subprocess.Popen[bytes] | Warm
        if not cold:
            self.process = Warm(command, cwd=cwd, env=surroundings(**env), log=self.log)
            return
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [str(HEMEI), *command], cwd=cwd, env=surroundings(**env), stdout=log, stderr=log
            )

    def get(self, path: str, timeout: float = 5) -> tuple[int, str]:
        """Status and body; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=timeout) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()
        except OSError:
            return 0, ""

    def wait_until_ready(self) -> "Service":
        wait_for(lambda: self.process.poll() is not None or self.get("/health/ready")[0] == 200)
        assert self.process.poll() is None, self.log.read_text()
        return self

    def children(self, word: str = "") -> list[int]:
        """Pids of our child processes whose command line holds `word`."""
        return children(self.process.pid, word)

    def stop(self) -> float:
        """SIGTERM; gives how long it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(35)
        return time.monotonic() - began


@contextmanager
def serving(cwd: Path, *options: str, cold: bool = False, **env: str) -> Iterator[Service]:
    service = Service(cwd, *options, cold=cold, **env)
    try:
        yield service.wait_until_ready()
    finally:
        if service.process.poll() is None:
            service.stop()


def wait_for(true: Callable[[], object], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not come true in time"
        time.sleep(0.05)


def children(pid: int, word: str = "") -> list[int]:
    """Pids of the child processes of `pid` whose command line holds `word`."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            line = (folder / "cmdline").read_text().replace("\0", " ")
        except (OSError, ValueError, IndexError):
            continue
        if parent == pid and word in line:
            found.append(int(folder.name))
    return found


def family(pid: int) -> list[int]:
    """`pid` and all that stem from it."""
    return [pid, *(one for child in children(pid) for one in family(child))]


def is_alive(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
