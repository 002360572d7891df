"""A refused body is read to its end and thrown away, so that whoever sends it can read why it was refused.

Because a server that answers and hangs up while the client still writes shows it a broken connection and not
the 413 or 403 (RFC 9110, 15.5.14 allows either; people and programs are only helped by the words).
"""

import time
from collections.abc import Callable, Iterable
from typing import Any, Final

MOST_BYTES: Final = 32 * 1024 * 1024
MOST_SECONDS: Final = 3.0  # a thread is busy so long: slow senders are cut, not waited for
_PIECE: Final = 256 * 1024

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]


def _has_body(environ: Environ) -> bool:
    """Without one, some servers' input waits for what never comes."""
    return environ.get("CONTENT_LENGTH") not in (None, "", "0") or "HTTP_TRANSFER_ENCODING" in environ


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

        def start(status: str, *more: Any) -> Any:
            nonlocal refused
            refused = status.startswith("4")
            return start_response(status, *more)

        answer = self._application(environ, start)
        if refused and _has_body(environ):
            self._drain(environ["wsgi.input"])
        return answer

    def _drain(self, body: Any) -> None:
        left, until = self._most_bytes, time.monotonic() + self._most_seconds
        while left > 0 and time.monotonic() < until:
            piece = len(body.read(min(_PIECE, left)))
            if not piece:
                return
            left -= piece
