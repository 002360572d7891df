"""POST /pay/notify and POST /pay/refund-notify: somebody paid, or got money back.

Answered 204 only after what was heard is committed, because a notification that was answered does not come
again; everything else is 4xx or 5xx, upon which the platform repeats it (15 times within a day). Both
addresses take both kinds: what it is stands in the notification.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from flask import Blueprint, Response, json, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from models.pay.hearing import heard, refund_heard
from models.pay.said import Returned, Trade

T = TypeVar("T")

BODY_BYTES: Final = 64 * 1024
RETRY_SECONDS: Final = 2


class Untrue(Exception):  # noqa: N818
    """Not the platform's word, or none that can be read. `reason` is one word for the metric."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class Pushed(NamedTuple):
    """A notification whose signature was proved and whose words were read. `key` is the platform's own."""

    key: str
    event: str
    said: Trade | Returned


class Database(Protocol):
    def write(self, work: Callable[..., T], *args: Any, **kwargs: Any) -> T: ...


def blueprint(
    database: Database,
    opened: Callable[[Headers, bytes], Pushed],
    on_refused: Callable[[str], object],
    on_failed: Callable[[Exception], object],
) -> Blueprint:
    """`opened` verifies and reads, and raises Untrue; `on_refused` is told the reason of every refusal,
    `on_failed` of what was no fault of the sender's."""
    made = Blueprint("pay", __name__)

    @made.post("/pay/notify")
    @made.post("/pay/refund-notify")
    def notify() -> Response:
        try:
            pushed = opened(request.headers, _body())
            database.write(_hear, pushed)
        except Untrue as refusal:
            on_refused(refusal.reason)
            return _failed(refusal.status, refusal.reason)
        except Exception as trouble:  # noqa: BLE001 - whatever it was, the platform must send this again
            on_failed(trouble)
            later = _failed(503, "later")
            later.headers["Retry-After"] = str(RETRY_SECONDS)
            return later
        return Response(status=204)

    return made


def _hear(pushed: Pushed) -> None:
    if isinstance(pushed.said, Trade):
        heard(pushed.said, key=pushed.key, event=pushed.event)
    else:
        refund_heard(pushed.said, key=pushed.key, event=pushed.event)


def _body() -> bytes:
    """The bytes as they came, because they are what was signed."""
    try:
        return get_input_stream(request.environ, max_content_length=BODY_BYTES).read()
    except RequestEntityTooLarge:
        raise Untrue(413, "size") from None
    except BadRequest:
        raise Untrue(400, "malformed") from None


def _failed(status: int, reason: str) -> Response:
    said = json.dumps({"code": "FAIL", "message": reason})
    return Response(said, status, content_type="application/json")
