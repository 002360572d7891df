"""One backup file: readable head, then AES-256-GCM chunks, then a SHA-256 over all of it.

    line 1   HEMEI-BACKUP 1
    line 2   JSON: made_at, schema, backend, key (eight bytes that tell a wrong key from a broken file)
    chunks   length (4 bytes, big endian; top bit: the last one) · ciphertext with its tag
    end      SHA-256 of everything before it

A chunk's nonce is its number; head, number and "last" are authenticated with it, so chunks cannot be swapped,
left out or taken from another file. The key is fresh for every file: HKDF over the operator's key and a salt.
"""

import hashlib
import hmac
import io
import json
import os
import struct
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"HEMEI-BACKUP 1\n"
CHUNK = 1 << 20
_LAST = 1 << 31
_HEAD_BYTES = 4096


class BadBackup(Exception):  # noqa: N818 - said to the operator as it stands
    """The file is no backup, is broken, or was made with another key."""


class Writer(io.RawIOBase):
    """Takes plain bytes, writes the file; nothing is whole before `close`."""

    def __init__(self, file: IO[bytes], master: bytes, about: dict[str, Any]) -> None:
        self._file = file
        self._sum = hashlib.sha256()
        salt = os.urandom(16)
        key = _derived(master, salt)
        head = about | {"salt": salt.hex(), "key": _key_mark(key)}
        self._head = json.dumps(head, sort_keys=True).encode() + b"\n"
        self._cipher = AESGCM(key)
        self._number = 0
        self._held = bytearray()
        self._put(MAGIC + self._head)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        while len(self._held) > CHUNK:
            self._seal(bytes(self._held[:CHUNK]), last=False)
            del self._held[:CHUNK]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._seal(bytes(self._held), last=True)
            self._file.write(self._sum.digest())
        super().close()

    def _seal(self, plain: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number), plain, _bound(self._head, self._number, last))
        self._put(struct.pack(">I", len(sealed) | (_LAST if last else 0)) + sealed)
        self._number += 1

    def _put(self, data: bytes) -> None:
        self._sum.update(data)
        self._file.write(data)


class Reader(io.RawIOBase):
    """Gives the plain bytes back; raises BadBackup at the first thing that is not right."""

    def __init__(self, file: IO[bytes], master: bytes) -> None:
        self._file = file
        self.about, self._head = _read_head(file)
        key = _derived(master, bytes.fromhex(self.about["salt"]))
        if not hmac.compare_digest(_key_mark(key), str(self.about["key"])):
            raise BadBackup("the backup was made with another key: see [backup] key and [server] secret_key")
        self._cipher = AESGCM(key)
        self._number = 0
        self._held = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        while not self._held and not self._ended:
            self._held = self._next()
        part = self._held[: len(into)]
        into[: len(part)] = part
        self._held = self._held[len(part) :]
        return len(part)

    def _next(self) -> bytes:
        size = self._exactly(4)
        number = struct.unpack(">I", size)[0]
        last = bool(number & _LAST)
        length = number & ~_LAST
        if not 16 <= length <= CHUNK + 16:
            raise BadBackup("the backup is broken")
        sealed = self._exactly(length)
        try:
            bound = _bound(self._head, self._number, last)
            plain = self._cipher.decrypt(_nonce(self._number), sealed, bound)
        except InvalidTag:
            raise BadBackup("the backup is broken or was changed") from None
        self._number += 1
        self._ended = last
        return plain

    def _exactly(self, count: int) -> bytes:
        data = self._file.read(count)
        if len(data) != count:
            raise BadBackup("the backup ends early")
        return data


def verify(path: Path, master: bytes) -> dict[str, Any]:
    """Reads the whole file, checks its sum and every chunk; gives its head."""
    total = hashlib.sha256()
    with path.open("rb") as file:
        left = path.stat().st_size - 32
        while left > 0 and (data := file.read(min(left, CHUNK))):
            total.update(data)
            left -= len(data)
        said = file.read(32)
        file.seek(0)
        if file.read(len(MAGIC)) == MAGIC and said != total.digest():
            raise BadBackup("the backup is broken: its checksum is another one")
        file.seek(0)
        reader = Reader(file, master)
        while reader.read(CHUNK):
            pass
        return reader.about


def _read_head(file: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    if file.read(len(MAGIC)) != MAGIC:
        raise BadBackup("this is no backup of hemei")
    head = file.readline(_HEAD_BYTES)
    try:
        about = json.loads(head)
        bytes.fromhex(about["salt"])
        return about, head
    except (ValueError, KeyError, TypeError):
        raise BadBackup("the backup is broken: its head cannot be read") from None


def _derived(master: bytes, salt: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"hemei/backup").derive(master)


def _key_mark(key: bytes) -> str:
    return hmac.new(key, b"which key", hashlib.sha256).hexdigest()[:16]


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _bound(head: bytes, number: int, last: bool) -> bytes:
    return head + number.to_bytes(8, "big") + (b"last" if last else b"more")
