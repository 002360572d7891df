"""A refused body is read to its end and thrown away, so that whoever sends it can read why it was refused.

Because a server that answers and hangs up while the client still writes shows it a broken connection and not
the 413 or 403 (RFC 9110, 15.5.14 allows either; people and programs are only helped by the words).
"""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

MOST_BYTES: Final = 32 * 1024 * 1024
MOST_SECONDS: Final = 3.0  # a thread is busy so long: slow senders are cut, not waited for
_PIECE: Final = 256 * 1024

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]


class _Counted:
    """A server's input that knows how much of the body is left. Because not every server ends its input where
    the body ends (PEP 3333 does not ask it to): who reads on there waits for bytes that nobody sends."""

    def __init__(self, body: Any, length: int | None) -> None:
        self._body = body
        self._left = length  # None: sent in chunks, which the server ends by itself

    def read(self, size: int | None = -1) -> bytes:
        return self._of(self._body.read, size)

    def readline(self, size: int | None = -1) -> bytes:
        return self._of(self._body.readline, size)

    def readlines(self, _hint: int = -1) -> list[bytes]:
        return list(self)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def _of(self, read: Callable[..., bytes], size: int | None) -> bytes:
        is_all = size is None or size < 0
        if self._left is None:
            return read() if is_all else read(size)
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        piece = read(wanted) if wanted else b""
        self._left -= len(piece)
        return piece


def _length(environ: Environ) -> int | None:
    said = environ.get("CONTENT_LENGTH") or ""
    if not said.isdecimal():
        return None if "HTTP_TRANSFER_ENCODING" in environ else 0
    return int(said)


class Draining:
    """Around a WSGI application: reads what is left of a body that was answered 4xx, within limits."""

    def __init__(
        self, application: Wsgi, *, most_bytes: int = MOST_BYTES, most_seconds: float = MOST_SECONDS
    ) -> None:
        self._application = application
        self._most_bytes = most_bytes
        self._most_seconds = most_seconds

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        refused = False
        length = _length(environ)

        def start(status: str, *more: Any) -> Any:
            nonlocal refused
            refused = status.startswith("4")
            return start_response(status, *more)

        if length == 0:
            return self._application(environ, start_response)
        body = environ["wsgi.input"] = _Counted(environ["wsgi.input"], length)
        answer = self._application(environ, start)
        if refused:
            self._drain(body)
        return answer

    def _drain(self, body: _Counted) -> None:
        left, until = self._most_bytes, time.monotonic() + self._most_seconds
        while left > 0 and time.monotonic() < until:
            piece = len(body.read(min(_PIECE, left)))
            if not piece:
                return
            left -= piece
