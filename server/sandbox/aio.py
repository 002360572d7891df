"""The simulator on a loopback port of its own: for tests, benches and the kill journey."""

from __future__ import annotations

import asyncio
import json
import threading
from types import TracebackType
from urllib.parse import unquote

from aiohttp import web

from server.sandbox import control
from server.sandbox.phones import Phones
from server.sandbox.simulator import Simulator

PLATFORMS = {"official", "mini", "work", "pay", "gateway"}


class _Door:
    """Takes requests apart; below the router of a web framework, because benches count microseconds."""

    def __init__(self, phones: Phones) -> None:
        self._phones = phones
        self._simulator = phones.simulator

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.content.read()  # not request.read(), which stops at one mebibyte
        first, _, rest = request.path.lstrip("/").partition("/")
        if first == "control":
            return await self._control(request, unquote(rest), body)
        target = request.raw_path.removeprefix(f"/{first}")
        answer = self._simulator.answer(
            first, request.method, "/" + rest, dict(request.query), body, request.headers, target
        )
        if answer.delay:
            await asyncio.sleep(answer.delay)
        if answer.cut and request.transport is not None:
            request.transport.abort()
        return web.Response(status=answer.status, headers=answer.headers, body=answer.body)

    async def _control(self, request: web.BaseRequest, path: str, body: bytes) -> web.StreamResponse:
        loop = asyncio.get_running_loop()
        status, found = await loop.run_in_executor(
            None, control.dispatch, self._phones, request.method, path, dict(request.query), body
        )
        if isinstance(found, control.File):
            return web.Response(status=status, body=found.content, content_type=found.content_type)
        text = json.dumps(found, ensure_ascii=False)
        return web.Response(status=status, text=text, content_type="application/json")


async def _serve(phones: Phones, port: int, stopping: asyncio.Event, started: threading.Event) -> None:
    server = web.Server(_Door(phones), access_log=None)
    runner = web.ServerRunner(server, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port, backlog=1024)
    await site.start()
    address = runner.addresses[0]
    phones.simulator.base_url = f"http://127.0.0.1:{address[1]}"
    started.set()
    try:
        await stopping.wait()
    finally:
        await runner.cleanup()


def run(phones: Phones, port: int) -> None:
    """Serve in this thread until interrupted; the address is printed once it is open."""

    async def main() -> None:
        started = threading.Event()
        serving = asyncio.create_task(_serve(phones, port, asyncio.Event(), started))
        while not started.is_set() and not serving.done():
            await asyncio.sleep(0.01)
        if started.is_set():
            print(phones.simulator.base_url, flush=True)  # noqa: T201 - the caller reads the port here
        await serving

    asyncio.run(main())


class SimulatorServer:
    """``with SimulatorServer(simulator) as server:`` serves it from a thread of its own.

    ``server.phones`` are the verbs of its phones. ``server.base_url`` is ``http://127.0.0.1:PORT``, the
    platforms are below it as /official, /mini, /work, /pay and /gateway, the control interface as /control/….
    The port is an ephemeral one unless given.
    """

    def __init__(self, simulator: Simulator, port: int = 0, phones: Phones | None = None) -> None:
        self.simulator = simulator
        self.phones = phones or Phones(simulator)
        self._port = port
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._thread: threading.Thread | None = None
        self._failure: BaseException | None = None

    @property
    def base_url(self) -> str:
        return self.simulator.base_url

    def start(self) -> SimulatorServer:
        """Open the port; RuntimeError when it is taken."""
        started = threading.Event()

        def serve() -> None:
            async def main() -> None:
                self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
                await _serve(self.phones, self._port, self._stopping, started)

            try:
                asyncio.run(main())
            except OSError as error:
                self._failure = error
            finally:
                started.set()

        self._thread = threading.Thread(target=serve, name="sandbox", daemon=True)
        self._thread.start()
        started.wait(10)
        if self._failure or not self.base_url:
            raise RuntimeError(f"the sandbox could not open its port: {self._failure}")
        return self

    def stop(self) -> None:
        """Close the port and wait for the thread."""
        if self._loop and self._stopping and self._thread and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(10)
        self.simulator.stop()

    def __enter__(self) -> SimulatorServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
