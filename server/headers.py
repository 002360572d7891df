"""What every answer says beside its body, whoever made it: a page, a picture, a refusal, a callback (I13).

Views may say more or something stricter; what they do not say is added here. The list is that of
ASVS 5.0, V3.4.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import urlsplit

from werkzeug.sansio.utils import host_is_trusted

from server.config import Config

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]

# PUT, PATCH and DELETE are for programs; TRACE and whatever a scanner makes up are nobody's
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
HTML: Final = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'self'"
)
OTHER: Final = (
    "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
PDF: Final = "frame-ancestors 'self'"  # because a browser shows it by a page of its own, which needs more
ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer, because then browsers would send no Origin with our own forms either.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "
        "microphone=(), midi=(), payment=(), usb=()"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FRESH: Final = {"Cache-Control": "no-store", "Vary": "Cookie"}  # what is no page's business to keep
YEAR: Final = 31_536_000


class Headers:
    """Around the whole application. A foreign Host is answered 400 and an unknown method 405 before anything
    looks at the rest."""

    def __init__(self, application: Wsgi, config: Config) -> None:
        self._application = application
        self._hosts = hosts(config)
        self._always = dict(ALWAYS)
        if config.server.base_url.startswith("https:"):
            self._always["Strict-Transport-Security"] = f"max-age={YEAR}; includeSubDomains"

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        def start(status: str, given: list[tuple[str, str]], *more: Any) -> Any:
            return start_response(status, [*given, *self._missing(status, given)], *more)

        if environ["REQUEST_METHOD"] not in METHODS:
            return _refused(start, "405 Method Not Allowed", [("Allow", ", ".join(sorted(METHODS)))])
        if not host_is_trusted(environ.get("HTTP_HOST"), self._hosts):
            return _refused(start, "400 Bad Request", [])
        return self._application(environ, start)

    def _missing(self, status: str, given: list[tuple[str, str]]) -> list[tuple[str, str]]:
        have = {name.lower(): value for name, value in given}
        wanted = dict(self._always)
        if not status.startswith("304"):  # which would change what the browser keeps
            wanted["Content-Security-Policy"] = _policy(have.get("content-type", ""))
            if "cache-control" not in have:
                wanted |= FRESH
        return [pair for pair in wanted.items() if pair[0].lower() not in have]


def hosts(config: Config) -> list[str]:
    """Links and cookies are never made for a stranger's name."""
    own = urlsplit(config.server.base_url).hostname or "localhost"
    return [own, "localhost", "127.0.0.1", "[::1]"]


def _policy(content_type: str) -> str:
    kind = content_type.partition(";")[0].strip()
    return {"text/html": HTML, "application/pdf": PDF}.get(kind, OTHER)


def _refused(start: Any, status: str, more: list[tuple[str, str]]) -> Iterable[bytes]:
    body = status.encode()
    start(status, [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))), *more])
    return [body]
