"""Runs beside a service and makes pictures of what people sent, each in a process of its own.

The service hands over one end of a socket for every photo (on standard input, unix(7) SCM_RIGHTS). This
process reads none of them: it forks, and the child gives up all it could do harm with (confined.py) before
the first byte. It ends when the service is gone or asks for nothing for a while. It knows no settings and no
database.
"""

import contextlib
import json
import os
import signal
import socket
from typing import Final

from models.media import confined, pixels

IDLE_SECONDS: Final = 600.0
BEGUN: Final = b"."  # said before the first byte is read: nothing of it was lost with an earlier process
DONE, TOO_BIG, UNUSABLE, NO_ROOM = b"D", b"B", b"U", b"N"
_CHUNK = 1 << 18


def main() -> None:
    # These are for the service, which ends this process by letting go of the socket.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pixels.warm_up()
    with socket.socket(fileno=0) as service:
        service.settimeout(IDLE_SECONDS)
        while True:
            try:
                _byte, handles, _flags, _address = socket.recv_fds(service, 1, 1)
            except TimeoutError:
                return
            if not handles:
                return
            _one(handles[0])


def _one(handle: int) -> None:
    try:
        with contextlib.suppress(BrokenPipeError):
            os.write(handle, BEGUN)
        try:
            child = os.fork()
        except OSError:
            os.write(handle, NO_ROOM)
            return
        if child == 0:
            _in_the_child(handle)
    finally:
        os.close(handle)
    os.waitpid(child, 0)


def _in_the_child(handle: int) -> None:
    """Never returns."""
    try:
        os.close(0)
        confined.die_with_parent()
        confined.confine()
        _write(handle, _answer(_read(handle)))
    finally:
        os._exit(0)


def _answer(said: bytes) -> bytes:
    head, _, data = said.partition(b"\n")
    try:
        order = json.loads(head)
        if order["verb"] == "rebuilt":
            return DONE + pixels.rebuilt(data)
        if order["verb"] == "preview":
            return DONE + pixels.preview(data)
        return DONE + pixels.blackened(data, order["boxes"])
    except (pixels.TooBig, *pixels.BOMBS, MemoryError):
        return TOO_BIG
    except Exception:  # noqa: BLE001 - decoders raise whatever a hostile file leads them to
        return UNUSABLE


def _read(handle: int) -> bytes:
    parts = []
    while part := os.read(handle, _CHUNK):
        parts.append(part)
    return b"".join(parts)


def _write(handle: int, answer: bytes) -> None:
    left = memoryview(answer)
    while left:
        left = left[os.write(handle, left) :]
