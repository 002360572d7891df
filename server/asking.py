"""One question to a platform while somebody looks at a screen: three seconds, no second try, a breaker."""

import json
import logging
import threading
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import HTTPError

from models.base.clock import now
from models.base.refusals import NotAllowed
from server.breaker import Breaker
from server.tally import count

log = logging.getLogger(__name__)

SECONDS = 3.0
ANSWER_BYTES = 1 << 16


class Asker:
    """One platform, one for each process; thread-safe. `refusal`: the code of what the person is told, who
    may tap again."""

    def __init__(self, platform: str, refusal: str) -> None:
        self._platform = platform
        self._refusal = refusal
        self._pool = urllib3.PoolManager(maxsize=4, retries=False)
        self._breaker = Breaker()
        self._lock = threading.Lock()

    def ask(
        self,
        address: str,
        fields: dict[str, str],
        seconds: float = SECONDS,
        body: dict[str, object] | None = None,
    ) -> dict[str, object]:
        """The platform's answer, whatever it says; `body` is sent as JSON. Raises NotAllowed when there is
        none."""
        said = self._said(address, fields, seconds, body)
        if said is None:
            raise NotAllowed(self._refusal)
        return said

    def _said(
        self, address: str, fields: dict[str, str], seconds: float, body: dict[str, object] | None
    ) -> dict[str, object] | None:
        with self._lock:
            if self._breaker.shut(now()):
                raise NotAllowed(self._refusal)
            self._breaker.trying(now())
        try:
            answer = self._pool.request(
                "GET" if body is None else "POST",
                f"{address}?{urlencode(fields)}",
                json=body,
                timeout=urllib3.Timeout(total=max(seconds, 0.1)),
                redirect=False,
            )
            said = json.loads(answer.data[:ANSWER_BYTES]) if answer.status == 200 else None
        except (HTTPError, OSError, ValueError) as trouble:
            log.warning("page login: %s", type(trouble).__name__)
            said = None
        is_answer = isinstance(said, dict)
        with self._lock:
            if is_answer:
                self._breaker.answered(now())
            else:
                self._breaker.failed(now())
        count("platform_calls", platform=self._platform, result="ok" if is_answer else "uncertain")
        return said if isinstance(said, dict) else None
