"""The platforms' entrance: GET and POST /wechat/official, /wechat/mini and /wechat/work.

A push is checked in the order of what each check costs: query, age, size, signature, and only then is
anything decrypted or parsed. With an EncodingAESKey the outer envelope has to be read before its signature
can be checked; that is all that unauthenticated bytes ever reach, and nothing but Encrypt is taken from it.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final, NamedTuple
from urllib.parse import unquote_plus

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from handlers.wechat.answer import Answer
from handlers.wechat.message import Channel, Message
from models.base.clock import now
from server import logs
from server.wechat import envelope, reply, syntax
from server.wechat.alarm import RefusalAlarm
from server.wechat.channel import ChannelConfig
from server.wechat.crypto import Cipher, Forged, Key, same, sign

log = logging.getLogger(__name__)

BODY_BYTES: Final = 64 * 1024
QUERY_BYTES: Final = 4 * 1024
RETRY_SECONDS: Final = 2

Receive = Callable[[Message], Answer]
Query = Mapping[str, str]
Environ = dict[str, Any]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]


class _Reply(NamedTuple):
    """What goes back, before any framework: its Response alone costs a quarter of an acknowledgement."""

    status: int
    body: bytes
    headers: list[tuple[str, str]]

    def send(self, start_response: Any) -> Iterable[bytes]:
        reason = HTTPStatus(self.status).phrase
        length = ("Content-Length", str(len(self.body)))
        start_response(f"{self.status} {reason}", [*self.headers, length])
        return [self.body]


class _Refusal(Exception):  # noqa: N818
    """A push that is answered with a 4xx. `reason` is one word for the metric, `hint` for the log reader."""

    def __init__(self, status: int, reason: str, hint: str) -> None:
        super().__init__(hint)
        self.status = status
        self.reason = reason
        self.hint = hint


class _Entrance:
    """The callback address of one channel."""

    def __init__(
        self,
        channel: Channel,
        config: ChannelConfig,
        receive: Receive,
        max_age_seconds: int,
        clock: Callable[[], datetime],
        on_refused: Callable[[str], object],
    ) -> None:
        self._channel = channel
        self._token = config.token
        self._cipher = (
            Cipher(config.token, config.encoding_aes_key, config.receive_id, config.encoding_aes_key_previous)
            if config.encoding_aes_key
            else None
        )
        self._receive = receive
        self._max_age = max_age_seconds
        self._clock = clock
        self._on_refused = on_refused

    def __call__(self) -> Response:
        """As a view of Flask."""
        reply = self.answer(request.environ)
        return Response(reply.body, reply.status, reply.headers)

    def answer(self, environ: Environ) -> _Reply:
        try:
            seconds = int(self._clock().timestamp())
            query = self._query(environ, seconds)
            if environ["REQUEST_METHOD"] == "POST":
                return self._push(environ, query, seconds)
            return self._text(200, self._url_check(query))
        except _Refusal as refusal:
            self._on_refused(refusal.reason)
            log.info("%s callback refused: %s (%s)", self._channel, refusal.reason, refusal.hint)
            return self._text(refusal.status, refusal.hint)

    def _query(self, environ: Environ, seconds: int) -> Query:
        """The query's parameters, with a timestamp that is a number and not too far from the clock."""
        raw: str = environ.get("QUERY_STRING", "")
        if len(raw) > QUERY_BYTES:
            raise _Refusal(414, "query", f"query is longer than {QUERY_BYTES} bytes")
        query: dict[str, str] = {}
        for part in raw.split("&"):
            name, _, value = part.partition("=")
            if name in query:
                raise _Refusal(400, "query", "a parameter is given twice")
            query[name] = unquote_plus(value) if "%" in value or "+" in value else value
        stamp = query.get("timestamp", "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
            raise _Refusal(403, "signature", "no timestamp")
        if self._max_age and abs(int(stamp) - seconds) > self._max_age:
            raise _Refusal(403, "age", f"timestamp is more than {self._max_age} s off; is the clock right?")
        return query

    def _url_check(self, query: Query) -> bytes:
        """The echo that the console asks for when the address is entered there."""
        if self._channel == "work" and self._cipher:
            return self._open(self._cipher, query.get("echostr", ""), query)[0]
        self._check_query(query)
        return query.get("echostr", "").encode("utf-8", "replace")

    def _push(self, environ: Environ, query: Query, seconds: int) -> _Reply:
        if self._cipher is None:
            self._check_query(query)
        body = self._body(environ)
        try:
            form, fields = syntax.read(body)
            key = None
            if self._cipher:
                encrypt = fields.get("Encrypt")
                if not isinstance(encrypt, str):
                    raise _Refusal(403, "unsealed", "an EncodingAESKey is set, but the body is not encrypted")
                plain, key = self._open(self._cipher, encrypt, query)
                form, fields = syntax.read(plain)
            elif "Encrypt" in fields and "MsgType" not in fields:
                raise _Refusal(403, "sealed", "the body is encrypted, but no EncodingAESKey is set")
            message = envelope.message(self._channel, fields)
        except syntax.Malformed as problem:
            raise _Refusal(400, "malformed", str(problem)) from None
        return self._answer(message, form, key, query.get("nonce", ""), seconds)

    def _answer(
        self, message: Message, form: syntax.Form, key: Key | None, nonce: str, seconds: int
    ) -> _Reply:
        try:
            answer = self._receive(message)
            said = reply.plain(answer, message, form, seconds)
            if not said:
                return self._text(200, reply.acknowledgement(message))
            if self._cipher and key:
                said = reply.seal(said, form, self._cipher, key, nonce, seconds)
        except Exception as error:  # noqa: BLE001 - whatever it was, the platform must send this push again
            log.error("%s callback failed: %s", self._channel, logs.places(error))
            later = self._text(503, "try again")
            later.headers.append(("Retry-After", str(RETRY_SECONDS)))
            return later
        kind = "application/json" if form == "json" else "text/xml; charset=utf-8"
        return _Reply(200, said, [("Content-Type", kind)])

    @staticmethod
    def _body(environ: Environ) -> bytes:
        try:
            return get_input_stream(environ, max_content_length=BODY_BYTES).read()
        except RequestEntityTooLarge:
            raise _Refusal(413, "size", f"body is larger than {BODY_BYTES} bytes") from None
        except BadRequest:
            raise _Refusal(400, "malformed", "body ends early") from None

    def _check_query(self, query: Query) -> None:
        """Plain mode: token, timestamp and nonce are signed. The body is not: use an EncodingAESKey."""
        try:
            expected = sign(self._token, query["timestamp"], query.get("nonce", ""))
        except Forged as problem:
            raise _Refusal(403, "signature", str(problem)) from None
        if not same(expected, query.get("signature", "")):
            raise _Refusal(403, "signature", "wrong signature")

    def _open(self, cipher: Cipher, encrypt: str, query: Query) -> tuple[bytes, Key]:
        try:
            opened = cipher.open(
                encrypt, query.get("msg_signature", ""), query["timestamp"], query.get("nonce", "")
            )
        except Forged as problem:
            raise _Refusal(403, "signature", str(problem)) from None
        return opened.plain, opened.key

    @staticmethod
    def _text(status: int, body: str | bytes) -> _Reply:
        # nosniff, because the URL check repeats what the caller sent
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff")]
        return _Reply(status, body.encode() if isinstance(body, str) else body, headers)


class Entrances(Blueprint):
    """The callback addresses, as routes and by their paths."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.entrances: dict[str, _Entrance] = {}


class Shortcut:
    """Around a Flask application: pushes go straight to their entrance.

    Because Flask's dispatch costs more than everything that a push needs, and of what it offers, a push uses
    nothing. The routes stay registered, so that the table of doors is whole.
    """

    def __init__(self, application: Wsgi, doors: Entrances) -> None:
        self._application = application
        self._entrances = doors.entrances

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        entrance = self._entrances.get(environ.get("PATH_INFO", ""))
        if entrance is None or environ.get("REQUEST_METHOD") not in ("GET", "POST"):
            return self._application(environ, start_response)
        return entrance.answer(environ).send(start_response)


def blueprint(
    channels: Mapping[Channel, ChannelConfig],
    receive: Receive,
    *,
    max_age_seconds: int = 600,
    clock: Callable[[], datetime] = now,
    on_refused: Callable[[str], object] | None = None,
) -> Entrances:
    """Make the callback addresses of the given channels; those of the others answer 404.

    receive          called once for every authentic push, copies included; must have committed what it
                     accepts before it returns. Whatever it raises is answered 503: the platform retries.
    max_age_seconds  how far a push's timestamp may be from the clock, either way; 0 switches this off
    on_refused       called with one word for every refused request: signature, age, query, size,
                     malformed, unsealed, sealed. Default: RefusalAlarm

    Raises ValueError where an EncodingAESKey is not one.
    """
    refused = on_refused or RefusalAlarm()
    made = Entrances("wechat", __name__)
    for channel, config in channels.items():
        entrance = _Entrance(channel, config, receive, max_age_seconds, clock, refused)
        made.entrances[f"/wechat/{channel}"] = entrance
        made.add_url_rule(f"/wechat/{channel}", channel, entrance, methods=["GET", "POST"])
    return made
