"""The platform's keys by the serial that a header names, and where certificates come from.

Certificates are fetched by the clock alone: never in a request, never because a stranger sent something more
often than once in ten minutes, in all processes together.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding

from models.base.clock import now
from models.pay import certificates
from models.pay.certificates import Held
from server.database import Database
from server.pay import reading, sealed
from server.pay.keys import serial_of
from server.pay.troubles import Forged
from server.pay.verifying import Verifier
from server.pay.wire import Wire
from server.tally import count

log = logging.getLogger(__name__)

PATH = "/v3/certificates"
READ_AGAIN = 2.0  # seconds; so often at most an unknown serial makes us read the database


class PlatformKeys:
    """The public key from the merchant console, and the certificates that the clock has fetched."""

    def __init__(
        self, database: Database, own: Mapping[str, RSAPublicKey], clock: Callable[[], datetime] = now
    ) -> None:
        self._database = database
        self._own = own
        self._clock = clock
        self._fetched: dict[str, tuple[RSAPublicKey, Held]] = {}
        self._read_at: float | None = None
        self._lock = threading.Lock()

    def find(self, serial: str) -> RSAPublicKey | None:
        """None for one that we have not: it is counted, and the clock looks whether the platform has it."""
        own = self._own.get(serial)
        if own is not None:
            return own
        found = self._valid(serial)
        if found is None and self._read():
            found = self._valid(serial)
        if found is None:
            count(certificates.UNKNOWN)
        return found

    def _valid(self, serial: str) -> RSAPublicKey | None:
        key, held = self._fetched.get(serial, (None, None))
        at = self._clock()
        return key if held is not None and held.starts_at <= at < held.ends_at else None

    def _read(self) -> bool:
        with self._lock:
            moment = time.monotonic()
            if self._read_at is not None and moment - self._read_at < READ_AGAIN:
                return False
            self._read_at = moment
        with self._database.read():
            rows = certificates.holding(self._clock())
        self._fetched = {row.serial: (_key(row.pem), row) for row in rows}
        return True


def look(
    database: Database, wire: Wire, api_key: bytes, *, is_needed: bool, clock: Callable[[], datetime] = now
) -> bool:
    """Fetches the platform's certificates if it is time; says whether it asked. Raises what calls raise."""
    if not database.write(certificates.take_look, clock(), is_needed=is_needed):
        return False
    found = fetched(wire, api_key, clock)
    database.write(certificates.keep, found, clock())
    log.info("WeChat Pay has %d certificates", len(found))
    return True


def fetched(wire: Wire, api_key: bytes, clock: Callable[[], datetime] = now) -> list[Held]:
    """Those that the platform has. Raises what calls raise."""
    body, headers = wire.unproved(PATH)
    found = _opened(body, api_key)
    # Sealed with a key that only the platform has; that the answer was also signed by one of them shows that
    # nobody plays us an old one.
    Verifier(_These({held.serial: _key(held.pem) for held in found}), clock).check(headers, body)
    return found


class _These:
    def __init__(self, keys: Mapping[str, RSAPublicKey]) -> None:
        self._keys = keys

    def find(self, serial: str) -> RSAPublicKey | None:
        return self._keys.get(serial)


def _opened(body: bytes, api_key: bytes) -> list[Held]:
    """Raises Forged."""
    try:
        rows = reading.table(body).get("data")
        if not isinstance(rows, list):
            raise reading.Unreadable("data")
        return [
            _held(sealed.opened(api_key, row.get("encrypt_certificate") if isinstance(row, dict) else None))
            for row in rows
        ]
    except (reading.Unreadable, sealed.Broken, ValueError) as trouble:
        raise Forged(f"certificates: {trouble}") from None


def _held(pem: bytes) -> Held:
    certificate = x509.load_pem_x509_certificate(pem)
    return Held(
        serial_of(certificate),
        certificate.public_bytes(Encoding.PEM).decode(),
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
    )


def _key(pem: str) -> RSAPublicKey:
    """Raises ValueError for a key of another kind."""
    key = x509.load_pem_x509_certificate(pem.encode()).public_key()
    if not isinstance(key, RSAPublicKey):
        raise ValueError("no RSA key")
    return key
