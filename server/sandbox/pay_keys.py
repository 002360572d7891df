"""Both sides' keys at WeChat Pay, made at random: the merchant's, and those that prove the platform."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

MERCHANT_FILE, PUBLIC_FILE, PLATFORM_FILE = "apiclient_key.pem", "pub_key.pem", "sandbox_platform_key.pem"
PUBLIC_MODE, CERTIFICATE_MODE = "public_key", "certificate"


def new_key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@dataclass(frozen=True)
class PayAccount:
    """A merchant, with what each side holds. ``mode`` says by what the platform proves itself."""

    mch_id: str
    serial: str  # of the merchant's certificate
    api_v3_key: str
    merchant: RSAPrivateKey
    platform: RSAPrivateKey
    app_ids: tuple[str, ...] = ()
    mode: str = PUBLIC_MODE
    public_key_id: str = "PUB_KEY_ID_0119000001002026010100000000000001"

    @classmethod
    def example(cls, app_ids: tuple[str, ...], mode: str = PUBLIC_MODE) -> PayAccount:
        """Synthetic, with new keys each time."""
        return cls(
            "1900000100",
            secrets.token_hex(20).upper(),
            secrets.token_hex(16),
            new_key(),
            new_key(),
            app_ids,
            mode,
        )

    def write(self, folder: Path) -> dict[str, str]:
        """Puts the key files into ``folder`` and gives the lines of [wechat.pay] but for api_base_url."""
        for name, content in (
            (MERCHANT_FILE, _private(self.merchant)),
            (PLATFORM_FILE, _private(self.platform)),
            (PUBLIC_FILE, _public(self.platform.public_key())),
        ):
            file = folder / name
            file.touch(0o600)
            file.write_bytes(content)
        section = {
            "mch_id": self.mch_id,
            "cert_serial_no": self.serial,
            "private_key_file": MERCHANT_FILE,
            "api_v3_key": self.api_v3_key,
        }
        if self.mode == PUBLIC_MODE:
            section |= {"public_key_id": self.public_key_id, "public_key_file": PUBLIC_FILE}
        return section


def read_key(file: Path) -> RSAPrivateKey:
    """A key that ``PayAccount.write`` left. ValueError when it is none."""
    key = load_pem_private_key(file.read_bytes(), None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError(f"{file} is no RSA key")
    return key


@dataclass(frozen=True)
class PlatformCertificate:
    """A certificate of the platform with its private half."""

    key: RSAPrivateKey
    certificate: x509.Certificate
    serial: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "serial", f"{self.certificate.serial_number:X}")

    @classmethod
    def issue(cls, key: RSAPrivateKey, starts: datetime, days: int = 1825) -> PlatformCertificate:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tenpay.com sandbox")])
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(starts)
            .not_valid_after(starts + timedelta(days=days))
            .sign(key, SHA256())
        )
        return cls(key, made)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


def signature(key: RSAPrivateKey, stamp: str, nonce: str, body: bytes) -> str:
    """Over an answer or a notification."""
    said = f"{stamp}\n{nonce}\n".encode() + body + b"\n"
    return base64.b64encode(key.sign(said, PKCS1v15(), SHA256())).decode()


def seal(api_v3_key: str, plain: bytes, about: str, original_type: str = "") -> dict[str, str]:
    """A ``resource``: encrypted with the APIv3 key."""
    nonce = secrets.token_hex(6)
    ciphertext = AESGCM(api_v3_key.encode()).encrypt(nonce.encode(), plain, about.encode())
    sealed = {
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": base64.b64encode(ciphertext).decode(),
        "associated_data": about,
        "nonce": nonce,
    }
    return ({"original_type": original_type} if original_type else {}) | sealed


def _private(key: RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _public(key: RSAPublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
