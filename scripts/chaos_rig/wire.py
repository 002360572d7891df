"""The line between hemei and the platforms, in a process of its own: it carries calls, late if told so, or
does what lines and platforms do on their bad days.

    well    carried          refuse  nobody listens       hole   taken, never answered   reset  cut by a reset
    tls     a TLS alert      html    502 with a page      short  carried, the JSON of the answer ends early
    huge    10 MB of answer  slow    answered after 60 s
"""

import asyncio
import json
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

MODES = ("refuse", "hole", "reset", "tls", "html", "short", "huge", "slow")
SLOW_SECONDS = 60
_HTML = b"<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"
_ALERT = bytes.fromhex("15030300020228")  # fatal, handshake failure
_LINGER = struct.pack("ii", 1, 0)


class _Wire:
    def __init__(self, port: int, host: str, to: int) -> None:
        self._port, self._host, self._to = port, host, to
        self._mode, self._late = "well", 0.0
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.StreamWriter] = set()
        self._called: list[float] = []  # moments of calls that hemei made
        self._carried: list[float] = []  # moments of sends that were answered well

    async def run(self) -> None:
        await self._listen()
        print("ready", flush=True)
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            verb, *rest = line.split()
            if verb == "mode":
                await self._turn(rest[0])
            elif verb == "late":
                self._late = float(rest[0])
            print(json.dumps({"called": self._called, "carried": self._carried}), flush=True)
            self._called, self._carried = [], []

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port, backlog=1024)

    async def _turn(self, mode: str) -> None:
        """What hangs is let go, because a line that comes back does not bring old answers."""
        self._mode = mode
        if self._server is not None:
            self._server.close()
            self._server = None
        for line in list(self._lines):
            _abort(line)
        if mode != "refuse":
            await self._listen()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._lines.add(writer)
        beyond: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        try:
            while True:
                head, body = await _message(reader)
                if self._mode in ("well", "short") and beyond is None:
                    beyond = await asyncio.open_connection(self._host, self._to)
                self._called.append(time.time())
                await self._answer(head, body, writer, beyond)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._lines.discard(writer)
            _abort(writer)
            if beyond is not None:
                beyond[1].close()

    async def _answer(self, head: bytes, body: bytes, writer: asyncio.StreamWriter, beyond: Any) -> None:
        mode = self._mode
        if mode in ("well", "short"):
            beyond[1].write(head + body)
            status, answer = await _message(beyond[0])
            await asyncio.sleep(self._late)
            if mode == "well":
                if b"/send" in head.split(b"\r\n", 1)[0]:
                    self._carried.append(time.time())
                writer.write(status + answer)
            else:
                writer.write(_http(b"200 OK", answer[: len(answer) // 2]))
        elif mode == "html":
            writer.write(_http(b"502 Bad Gateway", _HTML))
        elif mode == "huge":
            writer.write(_http(b"200 OK", b'{"errcode":0,"errmsg":"' + b"k" * 10_000_000 + b'"}'))
        elif mode == "tls":
            writer.write(_ALERT)
            await writer.drain()
            raise ConnectionResetError
        elif mode == "reset":
            raise ConnectionResetError
        else:
            await asyncio.sleep(SLOW_SECONDS if mode == "slow" else 3600)
            raise ConnectionResetError
        await writer.drain()


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Head and body of a request or an answer that says how long it is."""
    head = await reader.readuntil(b"\r\n\r\n")
    at = head.lower().find(b"content-length:")
    length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    return head, await reader.readexactly(length)


def _http(status: bytes, body: bytes) -> bytes:
    return b"HTTP/1.1 %b\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%b" % (
        status,
        len(body),
        body,
    )


def _abort(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    if connection is not None and connection.fileno() >= 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
    writer.transport.abort()


class Wire:
    """The journey's end of it."""

    def __init__(self, url: str, child: "subprocess.Popen[str]") -> None:
        self.url = url
        self._child = child
        self.called: list[float] = []
        self.carried: list[float] = []

    def turn(self, mode: str) -> None:
        self._say(f"mode {mode}")

    def late(self, seconds: float) -> None:
        self._say(f"late {seconds}")

    def read(self) -> None:
        """Takes in the moments of calls and of answered sends until now."""
        self._say("read")

    def _say(self, line: str) -> None:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(f"{line}\n")
        self._child.stdin.flush()
        found = json.loads(self._child.stdout.readline())
        self.called += found["called"]
        self.carried += found["carried"]


@contextmanager
def wire(to: str) -> Iterator[Wire]:
    """A line on a free port to the platform at `to`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    host, _, beyond = to.removeprefix("http://").partition(":")
    child = subprocess.Popen(
        [sys.executable, "-P", __file__, str(port), host, beyond],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout is not None
        if child.stdout.readline().strip() != "ready":
            raise RuntimeError("the line did not open")
        yield Wire(f"http://127.0.0.1:{port}", child)
    finally:
        child.kill()
        child.wait(10)
        for end in (child.stdin, child.stdout):
            if end is not None:
                end.close()


if __name__ == "__main__":
    asyncio.run(_Wire(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])).run())
