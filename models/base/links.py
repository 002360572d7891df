"""Personal links: a path that says who opens what, and that nobody else can make up.

The token names a person and a thing and carries 128 bits of HMAC-SHA256 (A10). It is the same whenever it is
made, because a letter that is sent again must read the same. What it opens is decided when it is opened: the
person's rights then, not when the letter was written.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from typing import NamedTuple

from models.base.privacy import derived

# fees: the money of a person's own homes, without a key
# books: the open books of an estate (its key), where the person may ask about a line
# pay: one bill (its key), for whoever shall pay it; what it opens names no home and nobody (P6)
KINDS = {"case": 1, "desk": 2, "notice": 3, "fees": 4, "pay": 5, "books": 6}
_NAMES = {value: name for name, value in KINDS.items()}
_BODY = struct.Struct(">BIQ")
_MAC = 16


class Link(NamedTuple):
    kind: str
    person_id: int
    key: int


def personal_path(kind: str, person_id: int, key: int = 0) -> str:
    """`p/<40 characters>`, relative to the base address."""
    body = _BODY.pack(KINDS[kind], person_id, key)
    return "p/" + base64.urlsafe_b64encode(body + _mac(body)).decode().rstrip("=")


def opened(token: str) -> Link | None:
    """Whom and what a token names, or None when it is not one of ours."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    body, mac = raw[: _BODY.size], raw[_BODY.size :]
    if len(raw) != _BODY.size + _MAC or not hmac.compare_digest(mac, _mac(body)):
        return None
    kind, person_id, key = _BODY.unpack(body)
    return Link(_NAMES[kind], person_id, key) if kind in _NAMES else None


def _mac(body: bytes) -> bytes:
    return hmac.new(derived("link"), body, hashlib.sha256).digest()[:_MAC]
