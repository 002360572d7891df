"""What came with a request, as its route's types want it; what does not fit says which field and why."""

import re
from typing import Any

import msgspec
from flask import request

from handlers.api.errors import TooLarge, WrongType, not_there, wrong
from handlers.api.routes import Route

MOST_JSON = 64 * 1024
_PATH = re.compile(r" - at `\$([^`]*)`$")
_NAMED = re.compile(r"field `([^`]+)`")
# What no keyboard writes, and PostgreSQL keeps some of it not at all; ends of lines and tabs are fine.
_STRANGE = re.compile("[\ud800-\udfff\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def given(route: Route) -> Any:
    """Body or query in the route's type. Raises Refused: bad_json, bad_field, wrong_type, too_large."""
    if route.raw or route.takes is None:
        return None
    if route.method == "GET":
        return _fitted(_query(), route.takes, strict=False)
    if request.mimetype != "application/json":
        raise WrongType("wrong_type")
    try:
        said = msgspec.json.decode(_body(MOST_JSON))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise wrong("bad_json", "") from None
    return _fitted(said, route.takes, strict=True)


def received() -> None:
    """Waits until the body is here; `given` reads it then without waiting. Raises TooLarge."""
    _body(MOST_JSON, keep=True)


def bytes_of(most: int) -> bytes:
    """The raw body. Raises TooLarge."""
    if request.mimetype not in ("application/octet-stream", ""):
        raise WrongType("wrong_type")
    return _body(most)


def offset() -> int:
    """Where in its file the body begins. Raises Invalid."""
    said = request.headers.get("Upload-Offset", "")
    if not said.isascii() or not said.isdecimal() or len(said) > 12:
        raise wrong("bad_field", "Upload-Offset")
    return int(said)


def plain_args(args: dict[str, Any]) -> dict[str, str]:
    """The parts of the path; one that nobody could have been given is not there. Raises NotFound."""
    found = {name: str(value) for name, value in args.items()}
    if any(_STRANGE.search(value) or len(value) > 100 for value in found.values()):
        raise not_there()
    return found


def _body(most: int, *, keep: bool = False) -> bytes:
    if (request.content_length or 0) > most:
        raise TooLarge("too_large")
    request.max_content_length = most + 1  # because a body in chunks is cut there, and not refused
    data = request.get_data(cache=keep)
    if len(data) > most:
        raise TooLarge("too_large")
    return data


def _query() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, values in request.args.lists():
        if len(values) > 1:
            raise wrong("bad_field", name)
        found[name] = values[0]
    return found


def _fitted(said: Any, kind: Any, *, strict: bool) -> Any:
    _all_plain(said, "")
    try:
        return msgspec.convert(said, kind, strict=strict)
    except msgspec.ValidationError as trouble:
        raise wrong("bad_field", field_in(str(trouble))) from None


def field_in(trouble: str) -> str:
    """`photos.0` of what msgspec says is wrong "- at `$.photos[0]`"."""
    at = _PATH.search(trouble)
    path = at[1].replace("[", ".").replace("]", "").lstrip(".") if at else ""
    named = _NAMED.search(trouble)
    return ".".join(filter(None, (path, named[1] if named else "")))


def _all_plain(said: Any, path: str) -> None:
    """Raises Invalid for characters that nobody types."""
    if isinstance(said, str):
        if _STRANGE.search(said):
            raise wrong("bad_text", path)
    elif isinstance(said, dict):
        for name, value in said.items():
            _all_plain(name, path)
            _all_plain(value, f"{path}.{name}".lstrip("."))
    elif isinstance(said, list):
        for number, value in enumerate(said):
            _all_plain(value, f"{path}.{number}".lstrip("."))
