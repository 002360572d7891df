"""The merchant's private key and the platform's public key, from the files that the merchant console gives.

A certificate's serial number is what WeChat calls it: upper-case hexadecimal.
"""

from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

LEAST_BITS = 2048
API_KEY_BYTES = 32  # AES-256


class BadKey(Exception):  # noqa: N818 - said to the operator as it stands
    """A key that cannot be used; the sentence names the file and never what it holds."""


def private_key(file: Path) -> RSAPrivateKey:
    """apiclient_key.pem. Raises BadKey."""
    try:
        key = _looked_through(_read(file))
    except (ValueError, TypeError):
        raise BadKey(f"{file} is no private key in PEM without a password") from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < LEAST_BITS:
        raise BadKey(f"{file} is no RSA key of {LEAST_BITS} bits")
    return key


def public_key(file: Path) -> RSAPublicKey:
    """pub_key.pem, the platform's own. Raises BadKey."""
    try:
        key = load_pem_public_key(_read(file))
    except ValueError:
        raise BadKey(f"{file} is no public key in PEM") from None
    if not isinstance(key, RSAPublicKey) or key.key_size < LEAST_BITS:
        raise BadKey(f"{file} is no RSA key of {LEAST_BITS} bits")
    return key


def api_key(text: str) -> bytes:
    """The APIv3 key. Raises BadKey."""
    key = text.encode()
    if len(key) != API_KEY_BYTES:
        raise BadKey(f"api_v3_key has {len(key)} characters instead of {API_KEY_BYTES}")
    return key


def serial_of(certificate: x509.Certificate) -> str:
    return f"{certificate.serial_number:X}"


@lru_cache(maxsize=4)
def _looked_through(said: bytes) -> PrivateKeyTypes:
    """Once for what a file holds, because to prove that a key is one takes the processor 30 ms."""
    return load_pem_private_key(said, password=None)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as trouble:
        raise BadKey(f"{file} cannot be read: {trouble.strerror}") from None
