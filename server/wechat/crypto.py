"""The platforms' callback cipher (消息加解密), the same for service account, mini-program and WeCom.

AES-256-CBC under the 32 bytes that a 43-character EncodingAESKey spells, IV = the first 16 of them;
plaintext = 16 random bytes, 4-byte big-endian length, message, receive id; PKCS#7 with blocks of 32.
Source: 加解密技术方案 (service account, mini-program), 加解密方案说明 (WeCom document 90968).
"""

import binascii
import hashlib
import hmac
import os
import re
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives import ciphers
from cryptography.hazmat.primitives.ciphers import algorithms, modes

_BLOCK: Final = 32
_RANDOM: Final = 16
_HEAD: Final = _RANDOM + 4
_KEY_TEXT: Final = re.compile(r"[A-Za-z0-9+/]{43}")
# One step of padding for every length a pad can have, made once: comparing is cheaper than building.
_PADS: Final = tuple(bytes([size]) * size for size in range(_BLOCK + 1))


class Forged(Exception):  # noqa: N818 - it names what the sender did
    """The bytes were not written by a holder of our keys, or not for us. The reason is for logs only."""


class Key:
    """One EncodingAESKey, ready for use. Opaque outside this module."""

    __slots__ = ("cipher",)

    def __init__(self, encoding_aes_key: str) -> None:
        if not _KEY_TEXT.fullmatch(encoding_aes_key):
            raise ValueError("an EncodingAESKey has 43 letters, digits, + or /")
        raw = binascii.a2b_base64(encoding_aes_key + "=")
        # Kept, because making it costs more than decrypting a message with it.
        self.cipher = ciphers.Cipher(algorithms.AES(raw), modes.CBC(raw[:16]))


@dataclass(frozen=True, slots=True)
class Sealed:
    """What travels: base64 ciphertext and the signature over it, with the signed timestamp and nonce."""

    encrypt: str
    msg_signature: str
    timestamp: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Opened:
    """The message, and the key that opened it: the reply must be sealed with the same one."""

    plain: bytes
    key: Key


def sign(token: str, *parts: str) -> str:
    """Return the lower-case hex SHA-1 of token and parts, sorted as strings and joined.

    Raises Forged where a part has no UTF-8 form (half of a surrogate pair).
    """
    try:
        joined = "".join(sorted((token, *parts))).encode()
    except UnicodeEncodeError:
        raise Forged("signed parts are not text") from None
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()


def same(expected: str, given: str) -> bool:
    """Compare two signatures in constant time, whatever characters the given one holds."""
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass"))


class Cipher:
    """Seals and opens callback bodies for one receive id (app id, corp id, or "" for WeCom's 智能机器人).

    `previous` is the EncodingAESKey before a change: still opened, never chosen for a new message.
    Raises ValueError where a key is not an EncodingAESKey.
    """

    __slots__ = ("_keys", "_receive_id", "_token")

    def __init__(
        self, token: str, encoding_aes_key: str, receive_id: str, previous: str | None = None
    ) -> None:
        self._token = token
        self._receive_id = receive_id.encode()
        self._keys = (Key(encoding_aes_key), Key(previous)) if previous else (Key(encoding_aes_key),)

    def sign(self, *parts: str) -> str:
        """Return the signature of the parts under this cipher's token."""
        return sign(self._token, *parts)

    def seal(self, plain: bytes, timestamp: str, nonce: str, key: Key | None = None) -> Sealed:
        """Encrypt and sign a message, with the current key unless another is given."""
        body = b"".join((os.urandom(_RANDOM), len(plain).to_bytes(4, "big"), plain, self._receive_id))
        encryptor = (key or self._keys[0]).cipher.encryptor()
        sealed = encryptor.update(body + _PADS[_BLOCK - len(body) % _BLOCK]) + encryptor.finalize()
        encrypt = binascii.b2a_base64(sealed, newline=False).decode("ascii")
        return Sealed(encrypt, self.sign(timestamp, nonce, encrypt), timestamp, nonce)

    def open(self, encrypt: str, msg_signature: str, timestamp: str, nonce: str) -> Opened:
        """Check the signature, then decrypt with whichever key fits. Raises Forged, nothing else."""
        if not same(self.sign(timestamp, nonce, encrypt), msg_signature):
            raise Forged("wrong msg_signature")
        try:
            sealed = binascii.a2b_base64(encrypt, strict_mode=True)
        except ValueError:
            raise Forged("not base64") from None
        if not sealed or len(sealed) % _BLOCK:
            raise Forged("not whole blocks")
        for key in self._keys:
            plain = self._read(key, sealed)
            if plain is not None:
                return Opened(plain, key)
        raise Forged("does not decrypt to a message for this receive id")

    def _read(self, key: Key, sealed: bytes) -> bytes | None:
        decryptor = key.cipher.decryptor()
        body = decryptor.update(sealed) + decryptor.finalize()
        pad = body[-1]
        if not 1 <= pad <= _BLOCK or not body.endswith(_PADS[pad]):
            return None
        end = _HEAD + int.from_bytes(body[_RANDOM:_HEAD], "big")
        if end > len(body) - pad or not hmac.compare_digest(body[end:-pad], self._receive_id):
            return None
        return body[_HEAD:end]
