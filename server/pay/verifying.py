"""Is it WeChat Pay who speaks? The same for its answers and its notifications (wechat-pay: 验签).

No key is ever fetched here: what a stranger sends must not make us call anybody.
"""

import base64
import binascii
from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from models.base.clock import now
from server.pay.signing import SCHEME, lines
from server.pay.troubles import Forged

FRESH_SECONDS: Final = 300  # either way, as the platform's own libraries
PROBE: Final = "WECHATPAY/SIGNTEST/"
LONGEST: Final = 1024  # of one header


class Known(Protocol):
    """The platform's keys, each by the serial or id that a Wechatpay-Serial header names."""

    def find(self, serial: str) -> RSAPublicKey | None: ...


class Headers(Protocol):
    """Found whatever the case of their letters."""

    def get(self, name: str, /) -> str | None: ...


class Verifier:
    def __init__(self, known: Known, clock: Callable[[], datetime] = now) -> None:
        self._known = known
        self._clock = clock

    def check(self, headers: Headers, body: bytes) -> None:
        """Returns if the platform signed these very bytes within the last five minutes.

        Raises Forged: "header" for one that is missing or no signature of ours to read, "probe" for what the
        platform itself signs wrongly now and then, to see whether we look.
        """
        stamp = _header(headers, "Wechatpay-Timestamp")
        nonce = _header(headers, "Wechatpay-Nonce")
        serial = _header(headers, "Wechatpay-Serial")
        signature = _header(headers, "Wechatpay-Signature")
        if PROBE in signature:
            raise Forged("probe")
        # May be missing, because nothing hangs on it: there is one scheme, and by that we verify.
        if (headers.get("Wechatpay-Signature-Type") or SCHEME) != SCHEME:
            raise Forged("header")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
            raise Forged("header")
        if abs(int(stamp) - self._clock().timestamp()) > FRESH_SECONDS:
            raise Forged("time")
        try:
            signed = base64.b64decode(signature, validate=True)
        except (binascii.Error, ValueError):
            raise Forged("signature") from None
        key = self._known.find(serial)
        if key is None:
            raise Forged("serial")
        try:
            key.verify(signed, lines(stamp, nonce) + body + b"\n", PKCS1v15(), SHA256())
        except InvalidSignature:
            raise Forged("signature") from None


def _header(headers: Headers, name: str) -> str:
    found = headers.get(name)
    if not found or len(found) > LONGEST:
        raise Forged("header")
    return found
