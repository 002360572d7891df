"""A notification: proved, unsealed, read. Nobody is called meanwhile, whatever somebody sends."""

import logging
from collections.abc import Callable

from handlers.pay.door import Pushed, Untrue
from models.base.refusals import Unavailable
from models.pay.said import Returned, Trade
from server import logs, tally
from server.pay import reading, sealed
from server.pay.office import Office
from server.pay.troubles import Forged
from server.pay.verifying import Headers

log = logging.getLogger(__name__)

LONGEST_KEY = 64
PROBE = "probe"


class Opener:
    """Called with headers and the raw body."""

    def __init__(self, office: Office) -> None:
        self._verifier = office.verifier
        self._api_key = office.api_key

    def __call__(self, headers: Headers, body: bytes) -> Pushed:
        """Raises Untrue."""
        try:
            self._verifier.check(headers, body)
        except Forged as forged:
            raise Untrue(401, forged.reason) from None
        try:
            said = reading.table(body)
            key = reading.text(said, "id", LONGEST_KEY)
            event = reading.text(said, "event_type", LONGEST_KEY)
            plain = reading.table(sealed.opened(self._api_key, said.get("resource")))
            return Pushed(key, event, _read(event, plain))
        except sealed.Broken:
            raise Untrue(400, "unsealed") from None
        except reading.Unreadable as field:
            log.warning("a notification of WeChat Pay cannot be read: %s", field)
            raise Untrue(400, "malformed") from None


def _read(event: str, plain: dict[str, object]) -> Trade | Returned:
    if event.startswith("TRANSACTION."):
        return reading.trade(plain)
    if event.startswith("REFUND."):
        return reading.returned(plain)
    raise reading.Unreadable("event_type")


def quiet_for_probes(alarm: Callable[[str], object]) -> Callable[[str], None]:
    """The platform's own probes are counted, and alarm nobody."""

    def refused(reason: str) -> None:
        if reason == PROBE:
            tally.count("refused_callbacks", reason="pay_probe")
        else:
            alarm(reason)

    return refused


def say_failed(trouble: Exception) -> None:
    """A database that is busy is no error of ours; anything else is, and stands in /metrics."""
    if isinstance(trouble, Unavailable):
        log.warning("a notification of WeChat Pay was put off: %s", logs.places(trouble))
        return
    tally.count("errors")
    log.error("a notification of WeChat Pay was not taken: %s", logs.places(trouble))
