"""What is written to the log: one event, one line, no secret and no person (O1).

Masking works on the finished line, so it holds for every library that logs. Of an exception its type and its
places are written, never its message: that may quote what a resident wrote.
"""

import json
import logging
import re
import secrets
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

from models.base.privacy import MOBILE
from server.config import Config

_request: ContextVar[str] = ContextVar("hemei_request", default="")

_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_QUERY = re.compile(r"(?<=[^\s?])\?[^\s\"'?]*=[^\s\"']*")
_USERINFO = re.compile(r"(?<=://)[^/\s@:]*:[^/\s@]*@")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{16,}={1,2}")
# Long, and no name of ours: a figure among letters, or capitals where no name has them, because of a hundred
# random ids of 22 signs two are without a figure.
_SIGNS = "[A-Za-z0-9_-]"
_FIGURE = rf"(?={_SIGNS}*\d)(?={_SIGNS}*[A-Za-z])"
_CAPITALS = rf"(?={_SIGNS}*[a-z][A-Z][A-Z])|(?={_SIGNS}*[A-Z][a-z][A-Z])"
_LONG = re.compile(rf"(?<!{_SIGNS})(?:{_FIGURE}|{_CAPITALS}){_SIGNS}{{20,}}")
_CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), 127)} | {10: "\\n", 13: "\\r", 9: "\\t"}
_CONTROL |= {0x85: "\\x85", 0x2028: "\\u2028", 0x2029: "\\u2029"}
MASK = "***"


class Masking:
    """Takes out phones, identity numbers, tokens, ids of people, query strings and `known` secrets."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known = sorted({one for one in known if len(one) >= 6}, key=len, reverse=True)

    def __call__(self, line: str) -> str:
        for secret in self._known:
            line = line.replace(secret, MASK)
        line = line.translate(_CONTROL)
        line = _USERINFO.sub(f"{MASK}@", line)
        line = _QUERY.sub(f"?{MASK}", line)
        line = _BASE64.sub(MASK, line)
        line = _LONG.sub(MASK, line)
        line = _IDENTITY.sub(MASK, line)
        return MOBILE.sub(MASK, line)


class Line(logging.Formatter):
    """`plain` reads well in journalctl, `json` in a log store."""

    def __init__(self, form: str, masking: Masking) -> None:
        super().__init__()
        self._json = form == "json"
        self._masking = masking

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            message += f" | {places(record.exc_info[1])}"
        message = self._masking(message)
        request = getattr(record, "request", "") or _request.get()
        if self._json:
            event = {
                "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
                "level": record.levelname.lower(),
                "room": record.name,
                "message": message,
            }
            return json.dumps(event | ({"request": request} if request else {}), ensure_ascii=False)
        mark = f" [{request}]" if request else ""
        return f"{record.levelname:<7} {record.name}{mark} {message}"


def places(error: BaseException) -> str:
    """The types and places of an error and of what caused it, newest first, without what they say."""
    parts: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(parts) < 4:
        frames = traceback.extract_tb(seen.__traceback__)[-4:]
        where = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))
        said = f" ({seen.strerror})" if isinstance(seen, OSError) and seen.strerror else ""
        parts.append(f"{type(seen).__name__}{said} at {where}")
        seen = seen.__cause__ or seen.__context__
    return " | because of ".join(parts)


def set_up(config: Config) -> None:
    """Sends every log line of this process, masked, to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Line(config.log.format, Masking(secrets_of(config))))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(config.log.level.upper())
    for noisy in ("apscheduler", "alembic", "asyncio", "tzlocal"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # because it warns of each connection beyond those that it keeps, which is what a busy hour looks like
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)
    logging.captureWarnings(True)


def secrets_of(settings: Any) -> Iterator[str]:
    """The values of all secret keys."""
    for one in fields(settings):
        value = getattr(settings, one.name)
        if is_dataclass(value):
            yield from secrets_of(value)
        elif one.metadata.get("secret") and isinstance(value, str) and value:
            yield value


def new_request() -> str:
    """A name for the request at hand: stands in each of its lines and in error answers."""
    name = secrets.token_hex(4)
    _request.set(name)
    return name


def current_request() -> str:
    return _request.get()


@contextmanager
def named(name: str) -> Iterator[None]:
    """Lines of a job carry its name."""
    token = _request.set(name)
    try:
        yield
    finally:
        _request.reset(token)
