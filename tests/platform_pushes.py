"""Pushes as the platform sends them, and the recorded payloads to put into them."""

import hashlib
import tomllib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.ciphers import Cipher as Block
from cryptography.hazmat.primitives.ciphers import algorithms, modes

from server.wechat.crypto import Cipher

PAYLOADS = Path(__file__).parent / "payloads"
VECTORS = tomllib.loads((PAYLOADS / "vectors.toml").read_text(encoding="utf-8"))
RECORDED = sorted(path for path in PAYLOADS.rglob("*") if path.suffix in {".xml", ".json"})

TOKEN = "pamtest"
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OLD_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
RECEIVE_ID = "wxb11529c136998cb6"


def payload(name: str) -> bytes:
    return (PAYLOADS / name).read_bytes()


def sha1(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def raw_seal(key: str, block: bytes) -> str:
    """Encrypt bytes just as they are: for contents that no honest platform would build."""
    secret = b64decode(key + "=")
    encryptor = Block(algorithms.AES(secret), modes.CBC(secret[:16])).encryptor()
    return b64encode(encryptor.update(block) + encryptor.finalize()).decode()


def wrap(encrypt: str, form: str = "xml") -> bytes:
    """The outer envelope of a safe-mode push."""
    if form == "json":
        return f'{{"ToUserName":"gh_97417a04a28d","Encrypt":"{encrypt}"}}'.encode()
    return (
        "<xml><ToUserName><![CDATA[gh_97417a04a28d]]></ToUserName>"
        f"<Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>"
    ).encode()


@dataclass
class Push:
    """One POST: the query's parameters and the body."""

    query: dict[str, str]
    body: bytes

    @property
    def query_string(self) -> str:
        return urlencode(self.query)


def plain_push(body: bytes, timestamp: int | str, nonce: str = "486452656", token: str = TOKEN) -> Push:
    stamp = str(timestamp)
    return Push(
        {"signature": sha1(token, stamp, nonce), "timestamp": stamp, "nonce": nonce, "openid": "o1"}, body
    )


def safe_push(
    plain: bytes,
    timestamp: int | str,
    nonce: str = "415670741",
    *,
    form: str = "xml",
    cipher: Cipher | None = None,
    encrypt: str | None = None,
) -> Push:
    """A sealed push. With `encrypt` that text is signed and sent instead of an encryption of `plain`."""
    stamp = str(timestamp)
    cipher = cipher or Cipher(TOKEN, KEY, RECEIVE_ID)
    text = encrypt if encrypt is not None else cipher.seal(plain, stamp, nonce).encrypt
    query = {
        "signature": cipher.sign(stamp, nonce),
        "timestamp": stamp,
        "nonce": nonce,
        "openid": "o1",
        "encrypt_type": "aes",
        "msg_signature": cipher.sign(stamp, nonce, text),
    }
    return Push(query, wrap(text, form))


def xml(**fields: Any) -> bytes:
    """A text message's XML with some fields replaced; None leaves a field out."""
    whole: dict[str, Any] = {
        "ToUserName": "gh_97417a04a28d",
        "FromUserName": "o9AgO5Kd5ggOC-bXrbNODIiE3bGY",
        "CreateTime": 1714112445,
        "MsgType": "text",
        "Content": "3号楼2单元灯不亮!",
        "MsgId": 24544543210001234,
        **fields,
    }
    inside = "".join(
        f"<{name}>{value}</{name}>" if isinstance(value, int) else f"<{name}><![CDATA[{value}]]></{name}>"
        for name, value in whole.items()
        if value is not None
    )
    return f"<xml>{inside}</xml>".encode()
