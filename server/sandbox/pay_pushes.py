"""Notifications of WeChat Pay: sealed, signed, sent, and sent again by the documented intervals."""

from __future__ import annotations

import heapq
import http.client
import itertools
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 5.0  # seconds until the platform calls it a failure
LOOKS_EVERY = 0.02
SENDERS = 8
PROBE = "WECHATPAY/SIGNTEST/"


@dataclass
class Push:
    """One notification over all its tries. ``answers`` are the HTTP statuses, 0 for none at all."""

    id: str
    event: str
    about: str
    url: str
    body: bytes
    answers: list[int] = field(default_factory=list)
    over: bool = False

    @property
    def heard(self) -> bool:
        return bool(self.answers) and self.answers[-1] in (200, 204)


class Pushes:
    """Sends what is due by the simulator's clock, so that a test lets hours pass in no time.

    ``headers_for`` signs a body; ``dropped`` says whether this try gets lost on the way.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        pauses: Callable[[], list[float]],
        headers_for: Callable[[bytes], dict[str, str]],
        dropped: Callable[[Push], bool],
    ) -> None:
        self._clock, self._pauses = clock, pauses
        self._headers_for, self._dropped = headers_for, dropped
        self.sent: list[Push] = []
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()
        self._pool: ThreadPoolExecutor | None = None
        self._under_way = 0

    def send(self, push: Push) -> None:
        self.sent.append(push)
        self.at(self._clock(), lambda: self._try(push))

    def at(self, moment: float, errand: Callable[[], None]) -> None:
        """Do something when the clock has come to ``moment``."""
        with self._lock:
            heapq.heappush(self._due, (moment, next(self._order), errand))
            if self._thread is None:
                self._pool = ThreadPoolExecutor(SENDERS, "sandbox-pay")
                self._thread = threading.Thread(target=self._run, name="sandbox-pay", daemon=True)
                self._thread.start()

    def probe(self, url: str) -> int:
        """A notification with a deliberately wrong signature; the status of the answer, 0 for none."""
        body = json.dumps({"id": secrets.token_hex(8), "resource": {}}).encode()
        headers = self._headers_for(body)
        headers["Wechatpay-Signature"] = PROBE + headers["Wechatpay-Signature"][len(PROBE) :]
        return _post(url, body, headers)

    def idle(self, seconds: float = 10.0) -> bool:
        """Wait until nothing is due any more by the clock as it stands; False when that takes longer."""
        waited = threading.Event()
        for _ in range(int(seconds / LOOKS_EVERY)):
            with self._lock:
                later = self._due[0][0] > self._clock() if self._due else True
                if later and not self._under_way:
                    return True
            waited.wait(LOOKS_EVERY)
        return False

    def stop(self) -> None:
        self._ended.set()
        if self._thread:
            self._thread.join(5)
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self) -> None:
        while not self._ended.wait(LOOKS_EVERY):
            for errand in self._taken():
                assert self._pool is not None
                self._pool.submit(self._done, errand)

    def _taken(self) -> Iterator[Callable[[], None]]:
        while True:
            with self._lock:
                if not self._due or self._due[0][0] > self._clock():
                    return
                errand = heapq.heappop(self._due)[2]
                self._under_way += 1
            yield errand

    def _done(self, errand: Callable[[], None]) -> None:
        try:
            errand()
        finally:
            with self._lock:
                self._under_way -= 1

    def _try(self, push: Push) -> None:
        if self._dropped(push):
            push.answers.append(0)
        else:
            push.answers.append(_post(push.url, push.body, self._headers_for(push.body)))
        pauses = self._pauses()
        tried = len(push.answers)
        if push.heard or tried > len(pauses):
            push.over = True
            return
        self.at(self._clock() + pauses[tried - 1], lambda: self._try(push))


def as_json(push: Push) -> dict[str, Any]:
    return {
        "id": push.id,
        "event": push.event,
        "about": push.about,
        "answers": push.answers,
        "over": push.over,
    }


def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=PATIENCE)
    try:
        connection.request("POST", parts.path, body, headers | {"Content-Type": "application/json"})
        response = connection.getresponse()
        response.read()
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
    return response.status
