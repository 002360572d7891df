"""Carries one signed call to WeChat Pay and proves who answers: kept connections, timeouts, no redirect."""

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeVar
from urllib.parse import urlencode, urlsplit

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    SSLError,
    TimeoutError,  # noqa: A004 - urllib3's own; the built-in one is not used here
)
from urllib3.response import BaseHTTPResponse
from urllib3.util import parse_url

from models.base.clock import now
from server.breaker import Breaker
from server.pay import reading
from server.pay.signing import Signer
from server.pay.troubles import Forged, NotSent, Refused, Trouble, Unknown
from server.pay.verifying import Verifier
from server.tally import count

log = logging.getLogger(__name__)
T = TypeVar("T")

CONNECTIONS: Final = 8
ANSWER_BYTES: Final = 1 << 20
FILE_BYTES: Final = 64 << 20
LONGEST_MESSAGE: Final = 200
CONNECT_SECONDS: Final = 3.0
READ_SECONDS: Final = 10.0
PERSON_SECONDS: Final = 3.0  # in all, because somebody looks at a screen
FILE_SECONDS: Final = 120.0  # in all; for the clock
_SIGNED = "Wechatpay-Signature"


class Answer(NamedTuple):
    status: int
    body: bytes


class Wire:
    """All calls go to `base`, whatever an answer says. One breaker for the platform; thread-safe."""

    def __init__(
        self,
        base: str,
        signer: Signer,
        verifier: Verifier,
        *,
        key_id: str = "",
        clock: Callable[[], datetime] = now,
    ) -> None:
        """`base` may carry a path: a relay's, which the platform behind it does not see and we do not sign.
        `key_id`: with which of its keys the platform is to answer, where it has no certificates."""
        self._base = base.rstrip("/")
        self._prefix = urlsplit(self._base).path
        self._signer = signer
        self._verifier = verifier
        self._key_id = key_id
        self._clock = clock
        self._pool = urllib3.PoolManager(maxsize=CONNECTIONS, retries=False)
        self._breaker = Breaker()
        self._lock = threading.Lock()

    def call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        data: dict[str, Any] | None = None,
        *,
        person_waits: bool = False,
    ) -> bytes:
        """The body of a 2xx answer, proved to be the platform's. Raises Refused, Unknown, NotSent, Forged."""
        target = f"{path}?{urlencode(query)}" if query else path
        body = b"" if data is None else _packed(data)
        return self._counted(lambda: self._proved(method, target, body, person_waits=person_waits))

    def unproved(self, path: str) -> tuple[bytes, Mapping[str, str]]:
        """The platform's certificates, which come with what proves them (server/pay/certificates.py)."""
        return self._counted(lambda: self._answered(self._sent("GET", path, b"")))

    def file(self, address: str) -> bytes:
        """What lies at a download address. It carries no signature: who calls compares its hash.

        Of the address only path and query are used, because all calls go to our own base.
        """
        parts = urlsplit(address)
        inside = parts.path.startswith(f"{self._prefix}/")
        path = parts.path.removeprefix(self._prefix) if inside else parts.path
        target = f"{path}?{parts.query}" if parts.query else path
        return self._counted(lambda: self._answered(self._sent("GET", target, b"", longest=FILE_BYTES))[0])

    def _proved(self, method: str, target: str, body: bytes, *, person_waits: bool) -> bytes:
        answer, headers = self._sent(method, target, body, person_waits=person_waits)
        # A no is often unsigned on the real platform; one that claims to be signed must be.
        is_yes = 200 <= answer.status < 300
        if is_yes or (answer.status < 500 and _SIGNED in headers):
            self._verifier.check(headers, answer.body)
        return self._answered((answer, headers))[0]

    @staticmethod
    def _answered(said: tuple[Answer, Mapping[str, str]]) -> tuple[bytes, Mapping[str, str]]:
        """Body and headers of a 2xx answer; raises Refused or Unknown for any other."""
        answer, headers = said
        if 200 <= answer.status < 300:
            return answer.body, headers
        raise _no(answer) if 400 <= answer.status < 500 else Unknown(f"http {answer.status}")

    def _sent(
        self,
        method: str,
        target: str,
        body: bytes,
        *,
        person_waits: bool = False,
        longest: int = ANSWER_BYTES,
    ) -> tuple[Answer, Mapping[str, str]]:
        # As it will stand on the wire, because that is what is signed; without the relay's own path.
        sent = parse_url(self._base + target).request_uri.removeprefix(self._prefix)
        headers = {
            "Authorization": self._signer.authorization(method, sent, body),
            "Accept": "application/json",
            "User-Agent": "hemei",
        }
        if body:
            headers["Content-Type"] = "application/json"
        if self._key_id:
            headers["Wechatpay-Serial"] = self._key_id
        total = PERSON_SECONDS if person_waits else None
        until = time.monotonic() + (PERSON_SECONDS if person_waits else FILE_SECONDS)
        try:
            response = self._pool.request(
                method,
                self._base + target,
                body=body or None,
                headers=headers,
                timeout=urllib3.Timeout(total=total, connect=CONNECT_SECONDS, read=READ_SECONDS),
                redirect=False,
                retries=False,
                preload_content=False,
                decode_content=False,
            )
        except (NewConnectionError, ConnectTimeoutError, SSLError) as trouble:
            raise NotSent("network") from trouble
        except TimeoutError as trouble:
            raise Unknown("timeout") from trouble
        except (HTTPError, OSError) as trouble:
            raise Unknown("cut") from trouble
        return Answer(response.status, _read(response, longest, until)), response.headers

    def _counted(self, ask: Callable[[], T]) -> T:
        self._begin()
        try:
            found = ask()
        except Trouble as trouble:
            with self._lock:
                if isinstance(trouble, Refused):
                    self._breaker.answered(self._clock())
                else:
                    self._breaker.failed(self._clock())
            count("platform_calls", platform="pay", result=_result(trouble))
            # a no is an answer: whoever asked knows what to do about it
            level = logging.INFO if isinstance(trouble, Refused) else logging.WARNING
            log.log(level, "WeChat Pay: %s", trouble.reason)
            raise
        with self._lock:
            self._breaker.answered(self._clock())
        count("platform_calls", platform="pay", result="ok")
        return found

    def _begin(self) -> None:
        """Raises NotSent while the platform is left alone; of those who come then, one tries."""
        at = self._clock()
        with self._lock:
            if self._breaker.shut(at):
                raise NotSent("resting")
            self._breaker.trying(at)


def _packed(data: dict[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _read(response: BaseHTTPResponse, longest: int, until: float) -> bytes:
    """The whole body, or Unknown when it is too long or does not end in time."""
    parts: list[bytes] = []
    size = 0
    try:
        for part in response.stream(1 << 16, decode_content=False):
            parts.append(part)
            size += len(part)
            if size > longest:
                raise Unknown("garbage")
            if time.monotonic() > until:
                raise Unknown("timeout")
    except TimeoutError as trouble:
        raise Unknown("timeout") from trouble
    except (HTTPError, OSError) as trouble:
        raise Unknown("cut") from trouble
    finally:
        if response.length_remaining == 0 or not response.connection:
            response.release_conn()
        else:
            response.close()
    return b"".join(parts)


def _no(answer: Answer) -> Trouble:
    """`{"code", "message"}` of a 4xx; what has no code is nobody's answer that we know."""
    try:
        said = reading.table(answer.body)
        code = reading.text(said, "code")
    except reading.Unreadable:
        return Unknown(f"http {answer.status}")
    message = "".join(sign for sign in str(said.get("message") or "") if sign.isprintable())
    return Refused(answer.status, code, message[:LONGEST_MESSAGE])


def _result(trouble: Trouble) -> str:
    kinds: dict[type[Trouble], str] = {Refused: "refused", NotSent: "transient", Forged: "forged"}
    return kinds.get(type(trouble), "uncertain")
