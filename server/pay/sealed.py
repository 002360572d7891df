"""What the platform encrypts with the APIv3 key: notifications, and its own certificates."""

import base64
import binascii
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ALGORITHM = "AEAD_AES_256_GCM"


class Broken(Exception):  # noqa: N818
    """It was not sealed with our key, or was changed since."""


def opened(key: bytes, resource: Any) -> bytes:
    """The plain bytes of `{"algorithm", "ciphertext", "nonce", "associated_data"}`. Raises Broken."""
    if not isinstance(resource, dict) or resource.get("algorithm") != ALGORITHM:
        raise Broken("no sealed resource")
    parts = [resource.get("nonce"), resource.get("ciphertext"), resource.get("associated_data") or ""]
    if not all(isinstance(part, str) for part in parts):
        raise Broken("no sealed resource")
    nonce, ciphertext, about = (str(part) for part in parts)
    try:
        sealed = base64.b64decode(ciphertext, validate=True)
        return AESGCM(key).decrypt(nonce.encode(), sealed, about.encode())
    except (binascii.Error, ValueError, InvalidTag):  # ValueError: a nonce of no use, a lone surrogate
        raise Broken("sealed with another key, or changed") from None
