"""`hemei demo`: a whole service with a town in it, in one command, gone without a trace afterwards."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from handlers.words import labels
from server import menu, process
from server.config import Config
from server.demo.story import Missing, play
from server.demo.town import furnish
from server.settings import PREFIX
from server.supervisor import Child

READY_SECONDS = 60
STOP_SECONDS = 30
PORT = 8000


class Cannot(click.ClickException):
    """Exit code 1, the reason on stderr."""


def demo(port: int | None, *, story: bool) -> None:
    """Serves until SIGINT or SIGTERM; with `story` plays it, says how it went, and ends."""
    signal.signal(signal.SIGTERM, _end)
    with suppress(_Ended, KeyboardInterrupt), tempfile.TemporaryDirectory(prefix="hemei-demo-") as home:
        words = labels("demo")
        port = port or (_free_port() if story else PORT)
        if not _is_free(port):
            raise Cannot(f"port {port} is taken: choose another with --port")
        click.echo(words["furnishing"], err=True)
        config = furnish(Path(home), port)
        _surrounded_by(config)
        with _serving(port) as child:
            _wait_until_ready(config, child)
            with _working():  # only now, because the platform that is played here is asked at once
                _put_up_menu(config)
                if story:
                    _tell(config)
                    return
                click.echo(words["running"].format(base=config.server.base_url, config=config.path))
                _wait_for_end(child)


def _put_up_menu(config: Config) -> None:
    database = process.begin(config, log=False)
    try:
        menu.put_up(config, database)
    finally:
        database.close()


class _Ended(Exception):  # noqa: N818
    """SIGTERM: the folder and the service go as with Ctrl-C."""


def _end(_number: int, _frame: object) -> None:
    raise _Ended


def _tell(config: Config) -> None:
    try:
        play(config.server.base_url, say=click.echo)
    except Missing as missing:
        raise Cannot(f"the story stopped: {missing}") from None


def _surrounded_by(config: Config) -> None:
    """What we start sees the demo's own configuration, whatever surrounds us."""
    for name in [one for one in os.environ if one.startswith(PREFIX)]:
        del os.environ[name]
    os.environ["HEMEI_CONFIG"] = str(config.path)


@contextmanager
def _serving(port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-P", "-m", "server", "serve", "--bind", f"127.0.0.1:{port}"]
    child = subprocess.Popen(command)  # noqa: S603 - ourselves
    try:
        yield child
    finally:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


@contextmanager
def _working() -> Iterator[None]:
    child = Child("work", ["work"])
    child.start()
    try:
        yield
    finally:
        child.stop()


def _wait_until_ready(config: Config, child: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if child.poll() is not None:
            raise Cannot(f"the service ended with {child.returncode} before it was ready")
        try:
            with urllib.request.urlopen(f"{config.server.base_url}/health/ready", timeout=2):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise Cannot("the service did not become ready")


def _wait_for_end(child: subprocess.Popen[bytes]) -> None:
    """Until somebody ends us, or the service ends by itself."""
    raise Cannot(f"the service ended with {child.wait()}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
