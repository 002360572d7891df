"""The service's side of photo_process.py: asks, waits some seconds at the most, believes nothing it hears."""

import atexit
import json
import os
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any, Final

from models.base.refusals import Invalid, Unavailable

# Said again here and not imported, because the program's own module loads the decoders.
_BEGUN, _DONE, _TOO_BIG, _NO_ROOM = b".", b"D", b"B", b"N"
_WAIT: Final = 8.0  # seconds; the process ends itself before
_MOST_ANSWER: Final = 8 << 20
_CHUNK: Final = 1 << 18
_ROOT: Final = str(Path(__file__).parents[2])
_PROGRAM: Final = """
import sys
sys.path.insert(0, sys.argv[1])
from models.media import photo_process
photo_process.main()
"""
_KEPT: Final = ("LD_LIBRARY_PATH", "PATH")  # of the environment, in which secrets may stand


class NoPhoto(Invalid):
    """Not one of the forms that we take, or broken (RFC 9110, 15.5.16)."""

    status = 415


class _Gone(Exception):  # noqa: N818 - heard here only
    """The process had ended before it took the order."""


class Sandbox:
    """One process for each service, started with the first photo; one photo at a time, because the memory of
    one is what a small machine can spare."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        atexit.register(self.stop)
        os.register_at_fork(after_in_child=self._forget)

    def ask(self, verb: str, data: bytes, **facts: Any) -> bytes:
        """The picture. Raises Invalid: photo_too_big; NoPhoto: photo_unusable (broken, hostile, out of time);
        Unavailable when no process can be had."""
        order = json.dumps({"verb": verb, **facts}).encode() + b"\n"
        with self._lock:
            for _try in range(2):
                try:
                    answer = self._asked(order, data)
                except _Gone:
                    self._end()
                    continue
                return _believed(answer)
        raise Unavailable("photos cannot be looked at now")

    def stop(self) -> None:
        with self._lock:
            self._end()

    def _asked(self, order: bytes, data: bytes) -> bytes:
        """Raises _Gone while nothing has been lost."""
        ours, theirs = socket.socketpair()
        with ours:
            ours.settimeout(_WAIT)
            try:
                with theirs:
                    socket.send_fds(self._running(), [b"."], [theirs.fileno()])
                begun = ours.recv(1)
            except OSError:
                raise _Gone from None
            if begun != _BEGUN:
                raise _Gone
            try:
                ours.sendall(order)
                ours.sendall(data)
                ours.shutdown(socket.SHUT_WR)
            except BrokenPipeError:
                pass  # it answered or died before it had read all
            except TimeoutError:
                return self._lost()
            try:
                return _all_of(ours)
            except TimeoutError:
                return self._lost()
            except ConnectionError:
                return b""

    def _lost(self) -> bytes:
        """It does not answer and did not end itself."""
        self._end()
        return b""

    def _running(self) -> socket.socket:
        if self._line is None or self._process is None or self._process.poll() is not None:
            self._end()
            self._line, theirs = socket.socketpair()
            self._line.settimeout(_WAIT)
            with theirs:
                # -I: neither the caller's directory nor its environment has a say in what is imported.
                self._process = subprocess.Popen(  # noqa: S603 - our own program
                    [sys.executable, "-I", "-c", _PROGRAM, _ROOT],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd="/",
                    env={name: os.environ[name] for name in _KEPT if name in os.environ},
                )
        return self._line

    def _end(self) -> None:
        if self._line is not None:
            self._line.close()
        if self._process is not None:
            self._process.kill()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_WAIT)
        self._line = self._process = None

    def _forget(self) -> None:
        """In a copy of the service: the process belongs to the other."""
        self._lock = Lock()
        if self._process is not None:
            self._process.returncode = 0  # nobody here waits for it
        if self._line is not None:
            self._line.close()
        self._line = self._process = None


def _all_of(line: socket.socket) -> bytes:
    parts, size = [], 0
    while part := line.recv(_CHUNK):
        size += len(part)
        if size > _MOST_ANSWER:
            return b""
        parts.append(part)
    return b"".join(parts)


def _believed(answer: bytes) -> bytes:
    if answer == _NO_ROOM:
        raise Unavailable("no process for a photo")
    if answer == _TOO_BIG:
        raise Invalid("photo_too_big")
    picture = answer[1:]
    if answer[:1] != _DONE or not is_bare(picture):
        raise NoPhoto("photo_unusable")
    return picture


_SEGMENTS: Final = {0xE0, 0xDB, 0xC0, 0xC4}  # JFIF, quantisation, baseline frame, Huffman
_JFIF: Final = 16


def is_bare(data: bytes) -> bool:
    """Whether it is a JPEG of pixels and nothing else, as ours are: no comment, no EXIF, nothing behind its
    end (ITU-T T.81, annex B)."""
    if data[:2] != b"\xff\xd8":
        return False
    at = 2
    while data[at : at + 1] == b"\xff" and at + 4 <= len(data):
        kind, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        at += 2 + length
        if kind == 0xDA:
            return _ends_with_the_scan(data, at)
        if kind not in _SEGMENTS or (kind == 0xE0 and length != _JFIF):
            return False
    return False


def _ends_with_the_scan(data: bytes, at: int) -> bool:
    while (at := data.find(b"\xff", at)) >= 0:
        if data[at + 1 : at + 2] != b"\x00":
            return data[at:] == b"\xff\xd9"
        at += 2
    return False
