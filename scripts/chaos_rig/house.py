"""hemei as it runs in a town: `hemei serve`, two `hemei work`, a database. Killed here, and started again."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from databases import free_port

from chaos_rig.warm import Warm, finished
from models.base import privacy
from models.town import parse, take
from models.town.workbook import Workbook
from server import migrations
from server.config import Config, load
from server.database import Database
from server.sandbox.accounts import Accounts

ACCOUNTS = Accounts.example()
TEMPLATES = {  # every letter to a resident goes by a channel that recognises a repetition
    "case_accepted": "official-accepted",
    "case_finished": "official-finished",
    "case_closed_default": "official-notice",
}
SECRET = "a rig's own key, thrown away with its folder"
READY_SECONDS = 60.0
SENDER_STARTS, WARM_SENDER_STARTS = 2.5, 1.0
WARM_WORKER_STARTS = 4.0  # then the one before it goes; it has nothing to load
WEB, WORK, PARENT = "web worker", "work process", "serve and all its workers"


class House:
    """The processes over one configuration. `watch` starts again whatever of them died; `warm` begins them
    with their modules loaded."""

    def __init__(
        self, folder: Path, config: Config, *, senders: int = 2, watch: bool = True, warm: bool = False
    ) -> None:
        self.config = config
        self.folder = folder
        self._warm = warm
        self.database = Database(config.database.url, pool_size=4)
        self.port = int(config.server.base_url.rpartition(":")[2])
        self.url = config.server.base_url
        self.killed: Counter[str] = Counter()
        self.last_kill = 0.0
        self._commands = {"serve": ["serve", "--bind", f"127.0.0.1:{self.port}"]}
        self._commands |= {f"work {n}": ["work"] for n in range(senders)}
        self.processes: dict[str, subprocess.Popen[bytes] | Warm] = {}
        self.started: dict[str, float] = {}
        self._stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True) if watch else None

    def start(self, *names: str) -> "House":
        """All of them, or those named, in this order; returns when the web service is ready."""
        for name in names or self._commands:
            self._begin(name)
        if "serve" in self.processes:
            self.wait_until_ready()
        if self._watcher is not None and not self._watcher.is_alive():
            self._watcher.start()
        return self

    def _begin(self, name: str) -> None:
        self.started[name] = time.monotonic()
        arguments, log = self._commands[name], self.folder / f"{name.replace(' ', '-')}.log"
        env = {k: v for k, v in os.environ.items() if not k.startswith("HEMEI")}
        env["HEMEI_CONFIG"] = str(self.config.path)
        if self._warm:
            self.processes[name] = Warm(
                arguments, cwd=self.folder, env=env, log=log, start_seconds=WARM_WORKER_STARTS
            )
            return
        with log.open("ab") as stream:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-P", "-m", "server", *arguments],
                cwd=self.folder,
                env=env,
                stdout=stream,
                stderr=stream,
            )

    def _watch(self) -> None:
        while not self._stopping.wait(0.05):
            for name, process in list(self.processes.items()):
                if process.poll() is not None and not self._stopping.is_set():
                    self._begin(name)

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> None:
        until = time.monotonic() + seconds
        while not self.is_ready():
            if time.monotonic() > until:
                raise RuntimeError(f"the service is not ready; see {self.folder}")
            time.sleep(0.05)

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health/ready", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def web_workers(self) -> list[int]:
        return children(self.processes["serve"].pid)

    def works(self) -> list[subprocess.Popen[bytes] | Warm]:
        return [process for name, process in self.processes.items() if name.startswith("work")]

    def kill(self, role: str, dice: Random) -> bool:
        """SIGKILL to one of our own processes in this role; False when none is alive just now."""
        serve = self.processes["serve"]
        if role == WEB:
            found = self.web_workers()
        elif role == WORK:
            # because one that is still starting holds no letter
            ripe = time.monotonic() - (WARM_SENDER_STARTS if self._warm else SENDER_STARTS)
            works = [(name, self.processes[name]) for name in self.started if name.startswith("work")]
            found = [one.pid for name, one in works if self.started[name] < ripe and one.poll() is None]
        else:
            found = [serve.pid] if serve.poll() is None else []
        if not found:
            return False
        try:
            os.kill(dice.choice(sorted(found)), signal.SIGKILL)
        except ProcessLookupError:
            return False
        self.killed[role] += 1
        self.last_kill = time.monotonic()
        return True

    def strays(self, seconds: float = 20.0) -> list[int]:
        """Processes of ours whose parent was killed and that are there all the same, after so long."""
        until = time.monotonic() + seconds
        while (
            found := [pid for pid in children(1) if _folder(pid) == self.folder.resolve()]
        ) and time.monotonic() < until:
            time.sleep(0.5)
        return found

    def stop(self) -> dict[str, tuple[int, float]]:
        """SIGTERM to all at once; gives exit code and seconds of each."""
        self._stopping.set()
        if self._watcher is not None and self._watcher.is_alive():
            self._watcher.join()
        began = time.monotonic()
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        found = {}
        for name, process in self.processes.items():
            try:
                process.wait(max(35 - (time.monotonic() - began), 0.1))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            found[name] = (process.returncode, time.monotonic() - began)
        self.database.close()
        return found

    def log(self) -> str:
        return "".join(file.read_text(errors="replace") for file in sorted(self.folder.glob("*.log")))

    def command(self, *arguments: str) -> Iterator[dict[str, Any]]:
        """What `hemei … --json` says, line by line."""
        done = self._done(*arguments, "--json")
        done.check_returncode()
        return (json.loads(line) for line in done.stdout.splitlines())

    def ends(self, *arguments: str) -> int:
        """The exit code of `hemei …`."""
        return self._done(*arguments).returncode

    def _done(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        env = os.environ | {"HEMEI_CONFIG": str(self.config.path)}
        if self._warm:
            return finished(arguments, cwd=self.folder, env=env)
        return subprocess.run(
            [sys.executable, "-P", "-m", "server", *arguments],
            env=env,
            cwd=self.folder,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )


def children(parent: int) -> list[int]:
    """Pids of the living child processes of a process that we started."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            state, mother = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
        except (OSError, ValueError):
            continue
        if int(mother) == parent and state != "Z":
            found.append(int(folder.name))
    return found


def _folder(pid: int) -> Path | None:
    """Where the process stands; all of a house stand in its folder."""
    try:
        return Path(os.readlink(f"/proc/{pid}/cwd"))
    except OSError:
        return None


def resident_kib(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    return 0


def configure(folder: Path, url: str, platform: str, **more: dict[str, Any]) -> Config:
    """A configuration file against the simulator at `platform`; `more` are sections."""
    wechat = ACCOUNTS.settings(platform)
    wechat["official"]["templates"] = TEMPLATES
    sections: dict[str, dict[str, Any]] = {
        "server": {"base_url": f"http://127.0.0.1:{free_port()}", "secret_key": SECRET},
        "database": {"url": url},
        "storage": {"dir": "files"},
        "log": {"level": "warning"},
        **{f"wechat.{name}": values for name, values in wechat.items()},
    }
    for name, values in more.items():
        section = sections.setdefault(name.replace("wechat_", "wechat."), {})
        section.update(values)
    text = "\n".join(
        f"[{name}]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in values.items())
        for name, values in sections.items()
    )
    file = folder / "config.toml"
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")
    return load(file, env={})


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


def furnish(config: Config, town: Workbook) -> None:
    """The schema and the town."""
    migrations.upgrade(config.database.url)
    privacy.use_key(config.server.secret_key)
    database = Database(config.database.url)
    try:
        database.write(take, parse(town))
    finally:
        database.close()


@contextmanager
def house(
    folder: Path,
    url: str,
    platform: str,
    town: Workbook,
    *,
    senders: int = 2,
    watch: bool = True,
    warm: bool = False,
    start: Callable[[House], object] | None = None,
    **more: dict[str, Any],
) -> Iterator[House]:
    """A furnished, running house; gone at the end, its folder too."""
    folder.mkdir(parents=True, exist_ok=True)
    config = configure(folder, url, platform, **more)
    furnish(config, town)
    made = House(folder, config, senders=senders, watch=watch, warm=warm)
    try:
        if start is None:
            made.start()
        else:
            start(made)
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)
