"""Personal data at rest and on show: sealed with AES-256-GCM, found by a keyed hash, masked by default.

Keys are derived from [server] secret_key, one per purpose (HKDF-SHA256), and never stored. What is sealed is
bound to the place where it stands, so that a ciphertext moved to another row does not open (X08).
"""

import base64
import hashlib
import hmac
import os
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12
_keys: dict[str, bytes] = {}
_master: bytes = b""


def use_key(secret: str) -> None:
    """Called once when a process starts; everything below fails without it."""
    global _master
    _master = secret.encode()
    _keys.clear()


def derived(purpose: str) -> bytes:
    """A 32-byte key for one purpose."""
    if not _master:
        raise RuntimeError("privacy.use_key() was not called")
    key = _keys.get(purpose)
    if key is None:
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"hemei/{purpose}".encode()).derive(_master)
        _keys[purpose] = key
    return key


def seal(value: str, where: str) -> str:
    """`where` names table, column and row, e.g. "people.phone/<public id>"."""
    nonce = os.urandom(NONCE)
    sealed = AESGCM(derived("field")).encrypt(nonce, value.encode(), where.encode())
    return base64.b64encode(nonce + sealed).decode()


def unseal(sealed: str, where: str) -> str | None:
    """None when the key or the place is another one."""
    raw = base64.b64decode(sealed)
    try:
        return AESGCM(derived("field")).decrypt(raw[:NONCE], raw[NONCE:], where.encode()).decode()
    except InvalidTag:
        return None


def seal_bytes(value: bytes, where: str) -> bytes:
    """As `seal`, of a file."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(derived("field")).encrypt(nonce, value, where.encode())


def unseal_bytes(sealed: bytes, where: str) -> bytes | None:
    try:
        return AESGCM(derived("field")).decrypt(sealed[:NONCE], sealed[NONCE:], where.encode())
    except InvalidTag:
        return None


def blind(value: str, kind: str) -> str:
    """A keyed hash to look a phone or code up by, without being able to read it."""
    return hmac.new(derived(f"blind/{kind}"), value.encode(), hashlib.sha256).hexdigest()


def masked_phone(phone: str) -> str:
    """138****5678"""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "*" * len(phone)


def masked_name(name: str) -> str:
    """张**"""
    return name[:1] + "*" * max(len(name) - 1, 1)


def masked_email(email: str) -> str:
    """z***@example.cn"""
    name, _, host = email.partition("@")
    return f"{name[:1]}***@{host}"


#: A mobile number as people write it: in groups of 3, 4 and 4 or in one, with the country's code or without.
MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1\d{2})[- ]?\d{4}[- ]?(\d{4})(?!\d)")


def phone_in(text: str) -> str:
    """The first mobile number in it, 11 digits, or ""."""
    found = MOBILE.search(text)
    return "" if found is None else "".join(filter(str.isdecimal, found[0]))[-11:]


def without_phones(text: str) -> str:
    """The same text with mobile numbers masked."""
    return MOBILE.sub(r"\1****\2", text)
