"""A load on loopback: ready-made HTTP requests over kept connections, every answer timed."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Taken:
    """What came of a run. Seconds are those of each answered request."""

    wall: float
    seconds: list[float] = field(default_factory=list)
    bad: int = 0

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.wall

    def percentile(self, share: float) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else float("nan")


class _Answer(asyncio.Protocol):
    """Reads one answer at a time; enough HTTP for servers that say how long their answer is."""

    def __init__(self) -> None:
        self._buffer = b""
        self.done: asyncio.Future[bool] | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, _trouble: Exception | None) -> None:
        if self.done is not None and not self.done.done():
            self.done.set_result(False)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        lower = head.lower()
        at = lower.find(b"content-length:")
        length = int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(body) < length:
            return
        self._buffer = body[length:]
        if self.done is not None and not self.done.done():
            self.done.set_result(head[9:12] in (b"200", b"204"))


async def _ask(
    loop: asyncio.AbstractEventLoop, line: _Answer, request: bytes, taken: Taken, since: float
) -> None:
    assert line.transport is not None
    line.done = loop.create_future()
    line.transport.write(request)
    if await line.done:
        taken.seconds.append(time.perf_counter() - since)
    else:
        taken.bad += 1


async def _flat_out(port: int, requests: Sequence[bytes], connections: int) -> Taken:
    loop = asyncio.get_running_loop()
    taken = Taken(0.0)
    waiting = iter(requests)

    async def one() -> None:
        _, line = await loop.create_connection(_Answer, "127.0.0.1", port)
        for request in waiting:
            await _ask(loop, line, request, taken, time.perf_counter())
        assert line.transport is not None
        line.transport.close()

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(connections)))
    taken.wall = time.perf_counter() - began
    return taken


async def _paced(port: int, requests: Sequence[bytes], per_second: float, connections: int) -> Taken:
    """Each request leaves at its time whether or not the last is answered; lateness counts as waiting."""
    loop = asyncio.get_running_loop()
    taken = Taken(0.0)
    free: asyncio.Queue[_Answer] = asyncio.Queue()
    for _ in range(connections):
        _, line = await loop.create_connection(_Answer, "127.0.0.1", port)
        free.put_nowait(line)

    async def one(request: bytes, due: float) -> None:
        line = await free.get()
        await _ask(loop, line, request, taken, due)
        free.put_nowait(line)

    began = time.perf_counter()
    tasks = []
    for place, request in enumerate(requests):
        due = began + place / per_second
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        tasks.append(asyncio.create_task(one(request, due)))
    await asyncio.gather(*tasks)
    taken.wall = time.perf_counter() - began
    while not free.empty():
        line = free.get_nowait()
        assert line.transport is not None
        line.transport.close()
    return taken


def flat_out(port: int, requests: Sequence[bytes], connections: int = 32) -> Taken:
    """As fast as the server answers."""
    return asyncio.run(_flat_out(port, requests, connections))


def paced(port: int, requests: Sequence[bytes], per_second: float, connections: int = 64) -> Taken:
    """So many a second, evenly."""
    return asyncio.run(_paced(port, requests, per_second, connections))
