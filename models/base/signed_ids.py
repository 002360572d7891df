"""Ids for the world: opaque, made for one table each, and impossible to make up (A10).

A row's own number is masked and carries 128 bits of HMAC-SHA256, so an id says neither how many rows there
are nor which comes next. It is the same whenever it is made, and kept nowhere.
"""

import base64
import binascii
import hashlib
import hmac
import struct

from models.base.privacy import derived

LENGTH = 32  # characters: 24 bytes
_NUMBER = struct.Struct(">Q")
_MAC = 16


def signed_id(table: str, number: int) -> str:
    """32 characters, safe in addresses."""
    raw = _NUMBER.pack(number)
    mac = _mac(table, raw)
    return base64.urlsafe_b64encode(mac + _masked(table, mac, raw)).decode()


def number_of(table: str, text: str) -> int | None:
    """The row behind an id of this table; None for whatever we did not make for it."""
    if len(text) != LENGTH or not text.isascii():
        return None
    try:
        raw = base64.b64decode(text, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    mac, number = raw[:_MAC], _masked(table, raw[:_MAC], raw[_MAC:])
    return _NUMBER.unpack(number)[0] if hmac.compare_digest(mac, _mac(table, number)) else None


def _mac(table: str, raw: bytes) -> bytes:
    return hmac.new(derived("public_id"), table.encode() + b"/" + raw, hashlib.sha256).digest()[:_MAC]


def _masked(table: str, mac: bytes, raw: bytes) -> bytes:
    """The number under a pad that hangs on its own signature, and back again."""
    pad = hmac.new(derived("public_id/mask"), table.encode() + b"/" + mac, hashlib.sha256).digest()
    return bytes(a ^ b for a, b in zip(raw, pad, strict=False))
