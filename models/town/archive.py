"""Looks into a workbook's zip before any parser does: size, parts, ratio, lies, DTD, macros, links (T16).

An .xlsx comes from outside, so nothing that it says about itself is believed. Everything is inflated once
with a running limit and nothing is kept.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from models.town.problems import refused

FILE_LIMIT = 32 << 20
REAL_LIMIT = 80 << 20  # a city's workbook holds 40 MiB
PARTS = 500
DIRECTORY_LIMIT = 256 << 10
RATIO = 100
RATIO_FROM = 1 << 20  # small parts compress as they like
ROWS = 200_000
_CHUNK = 1 << 18
_OVERLAP = 64

_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_LONG_END = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_LONG = 0xFFFFFFFF
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MIB = 1 << 20

# Columns behind Z and rows from 200 000 on: parsers lay out everything between A1 and the farthest cell.
_FAR_COLUMN = re.compile(rb' r="[A-Za-z]{2,}[0-9]')
_FAR_ROW = re.compile(rb' r="[A-Za-z]?(?:[2-9][0-9]{5}|[0-9]{7,})"')
_DOCTYPES = tuple(
    word.encode(encoding)
    for word in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("ascii", "utf-16-le", "utf-16-be")
)
_EXTERNAL = ("xl/externallinks/", "xl/connections.xml", "xl/querytables/", "xl/embeddings/", "xl/activex/")
_MACROS = ("xl/macrosheets/", "xl/vbaproject")


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    method: int
    crc: int
    packed: int
    size: int
    start: int


def check(data: bytes) -> None:
    """Raises WorkbookRefused unless `data` is an .xlsx that may be parsed."""
    if len(data) > FILE_LIMIT:
        raise refused("too_big", size=f"{len(data) / _MIB:.0f} MiB", limit=f"{FILE_LIMIT // _MIB} MiB")
    if data.startswith(_OLE):
        raise refused("encrypted" if _holds_encryption(data) else "old_xls")
    if not data.startswith(b"PK"):
        raise refused("not_xlsx")
    parts = list(_parts(data))
    names = {part.name.lower() for part in parts}
    if len(names) != len(parts):
        raise refused("bomb")
    if "[content_types].xml" not in names or "xl/workbook.xml" not in names:
        raise refused("not_xlsx")
    for name in names:
        if name.startswith(_MACROS):
            raise refused("macros")
        if name.startswith(_EXTERNAL):
            raise refused("external")
    total = sum(part.size for part in parts)
    if total > REAL_LIMIT:
        raise refused("too_big", size=f"{total / _MIB:.0f} MiB", limit=f"{REAL_LIMIT // _MIB} MiB")
    for part in parts:
        if part.size > RATIO_FROM and part.size > part.packed * RATIO:
            raise refused("bomb")
    for part in parts:
        _look_through(part, data)


def _holds_encryption(data: bytes) -> bool:
    return "EncryptedPackage".encode("utf-16-le") in data


def _parts(data: bytes) -> Iterator[_Part]:
    """The central directory, bounded before it is walked."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if at < 0 or at + _END.size > len(data):
        raise refused("truncated")
    _, disk, first_disk, here, count, size, offset, comment = _END.unpack_from(data, at)
    if disk or first_disk or here != count or at + _END.size + comment != len(data):
        raise refused("truncated")
    if count > PARTS or size > DIRECTORY_LIMIT:
        raise refused("too_many_parts", limit=PARTS)
    end = _end_of_directory(data, at, (count, size, offset))
    if offset + size != end:
        raise refused("truncated")
    for _ in range(count):
        if offset + _ENTRY.size > end:
            raise refused("truncated")
        fields = _ENTRY.unpack_from(data, offset)
        sign, _, _, flags, method, _, _, crc, packed, real, named, extra, noted, _, _, _, local = fields
        if sign != b"PK\x01\x02":
            raise refused("truncated")
        if flags & 1:
            raise refused("encrypted")
        if method not in (0, 8):
            raise refused("not_xlsx")
        behind_name = offset + _ENTRY.size + named
        raw = data[offset + _ENTRY.size : behind_name]
        real, packed, local = _long_sizes(data[behind_name : behind_name + extra], real, packed, local)
        start = _start(data, local, raw)
        if start + packed > end:
            raise refused("truncated")
        yield _Part(
            raw.decode("utf-8", "replace").replace("\\", "/").lstrip("/"), method, crc, packed, real, start
        )
        offset = behind_name + extra + noted
    if offset != end:
        raise refused("truncated")


def _end_of_directory(data: bytes, at: int, said: tuple[int, int, int]) -> int:
    """Where the directory must end: before its long form (zip64) if there is one, which must say the same.

    Java libraries write the long form although nothing in the file is long.
    """
    if at < _LOCATOR.size or data[at - _LOCATOR.size : at - 16] != b"PK\x06\x07":
        return at
    long_at = _LOCATOR.unpack_from(data, at - _LOCATOR.size)[2]
    if long_at + _LONG_END.size != at - _LOCATOR.size:
        raise refused("truncated")
    sign, _, _, _, _, _, here, count, size, offset = _LONG_END.unpack_from(data, long_at)
    if sign != b"PK\x06\x06" or here != count or (count, size, offset) != said:
        raise refused("too_many_parts", limit=PARTS)
    return int(long_at)


def _long_sizes(extra: bytes, real: int, packed: int, local: int) -> tuple[int, int, int]:
    """Sizes and place of a part, from the long form where the short one says so (0xFFFFFFFF)."""
    short = [real, packed, local]
    if _LONG not in short:
        return real, packed, local
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            long = [value for (value,) in struct.iter_unpack("<Q", extra[at + 4 : at + 4 + length // 8 * 8])]
            for place, value in enumerate(short):
                if value == _LONG and long:
                    short[place] = long.pop(0)
            break
        at += 4 + length
    return short[0], short[1], short[2]


def _start(data: bytes, local: int, name: bytes) -> int:
    """Where a part's bytes begin; its own header must name it as the directory does."""
    if local + _LOCAL.size > len(data):
        raise refused("truncated")
    fields = _LOCAL.unpack_from(data, local)
    named, extra = fields[-2], fields[-1]
    begin = local + _LOCAL.size
    if fields[0] != b"PK\x03\x04" or data[begin : begin + named] != name:
        raise refused("truncated")
    return begin + int(named) + int(extra)


def _look_through(part: _Part, data: bytes) -> None:
    """Inflates one part and looks at what it really holds."""
    is_xml = part.name.lower().endswith((".xml", ".rels", ".vml"))
    size, crc, tail = 0, 0, b""
    for chunk in _inflated(part, data):
        if not size and chunk[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise refused("not_xlsx")
        size += len(chunk)
        crc = zlib.crc32(chunk, crc)
        if size > part.size:
            raise refused("bomb")
        if is_xml:
            _look_at(part, tail + chunk)
            tail = chunk[-_OVERLAP:]
    if size != part.size:
        raise refused("bomb")
    if crc != part.crc:
        raise refused("truncated")


def _look_at(part: _Part, text: bytes) -> None:
    if any(word in text for word in _DOCTYPES):
        raise refused("doctype")
    if b"macroEnabled" in text:
        raise refused("macros")
    if _FAR_COLUMN.search(text):
        raise refused("too_wide")
    if _FAR_ROW.search(text):
        raise refused("too_long", limit=ROWS)


def _inflated(part: _Part, data: bytes) -> Iterator[bytes]:
    view = memoryview(data)[part.start : part.start + part.packed]
    if part.method == 0:
        for at in range(0, len(view), _CHUNK):
            yield bytes(view[at : at + _CHUNK])
        return
    unpacker = zlib.decompressobj(-15)
    try:
        for at in range(0, len(view), _CHUNK):
            rest = bytes(view[at : at + _CHUNK])
            while rest:
                chunk = unpacker.decompress(rest, _CHUNK)
                rest = unpacker.unconsumed_tail
                if chunk:
                    yield chunk
        while not unpacker.eof:
            chunk = unpacker.decompress(b"", _CHUNK) or unpacker.flush(_CHUNK)
            if not chunk:
                break
            yield chunk
    except zlib.error:
        raise refused("truncated") from None
    if not unpacker.eof:
        raise refused("truncated")
