"""WeChat Pay as the simulator plays it: behind a port, with key files, for a hemei under test."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from settings_files import configuration
from werkzeug.serving import make_server
from werkzeug.wsgi import get_input_stream

from server.config import Config
from server.sandbox.accounts import Accounts, Limits
from server.sandbox.aio import SimulatorServer
from server.sandbox.pay import Pay
from server.sandbox.pay_keys import PUBLIC_MODE
from server.sandbox.simulator import Simulator


@functools.cache
def _paying() -> Accounts:
    """One pair of keys for all tests of a process, because making them takes a moment."""
    return Accounts.example().paying()


def accounts(mode: str = PUBLIC_MODE) -> Accounts:
    made = _paying()
    assert made.pay is not None
    return replace(made, pay=replace(made.pay, mode=mode))


class PayDesk:
    """`config(db)` is a hemei's configuration; `pay` the platform's own knowledge."""

    def __init__(self, server: SimulatorServer, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.simulator = server.simulator
        assert self.simulator.pay is not None
        self.pay: Pay = self.simulator.pay

    def config(self, url: str | None = None, base_url: str = "http://127.0.0.1:8000", **more: Any) -> Config:
        """Service account, mini-program, WeCom and WeChat Pay at the simulator."""
        sections = self.simulator.accounts.settings(self.server.base_url, self.folder)
        named = {f"wechat_{name}": values for name, values in sections.items()}
        named["server"] = {"base_url": base_url}
        for name, values in more.items():
            named[name] = named.get(name, {}) | values
        return configuration(self.folder, url, **named)

    def fault(self, kind: str, path: str = "*", **more: Any) -> None:
        self.simulator.fault(kind, platform="pay", path=path, **more)


@contextmanager
def pay_desk(
    folder: Path, mode: str = PUBLIC_MODE, clock: Callable[[], float] = time.time, **limits: Any
) -> Iterator[PayDesk]:
    """The platform until the block ends. `clock` gives seconds since 1970."""
    simulator = Simulator(accounts(mode), Limits(**limits), clock)
    with SimulatorServer(simulator) as server:
        yield PayDesk(server, folder)


class Listening:
    """hemei behind a port, from the moment on when its application is known: `hear(create_app(…))`."""

    def __init__(self) -> None:
        self._server = make_server("127.0.0.1", 0, None, threaded=True)
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def hear(self, app: Any) -> None:
        def bounded(environ: dict[str, Any], start_response: Any) -> Any:
            # because this server's input, unlike granian's, does not end where the body does
            environ["wsgi.input"] = get_input_stream(environ)
            return app(environ, start_response)

        self._server.app = bounded
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self) -> Listening:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
