"""A file that somebody attaches: what it really is, whether it is whole and does nothing by itself, and the
text in it that a program can read.

By its content, never by its name (I7). Taken are PDF and the three Office forms of ISO/IEC 29500; the old
binary forms are not, because nothing here can look into them. Pictures inside are not looked at, and of a PDF
not even the text: there a person has to look, and is told so.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple
from xml.parsers import expat

from models.base.refusals import Invalid

MOST_BYTES: Final = 10 * 1024 * 1024
PDF: Final = "application/pdf"
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
TYPES: Final = {  # the part without which a file is not of that form → what it is
    "word/document.xml": f"{_OFFICE}wordprocessingml.document",
    "xl/workbook.xml": f"{_OFFICE}spreadsheetml.sheet",
    "ppt/presentation.xml": f"{_OFFICE}presentationml.presentation",
}
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED: Final = "EncryptedPackage".encode("utf-16-le")
_PARTS, _REAL, _CHUNK = 3000, 64 << 20, 1 << 18  # parts, bytes inflated in all
_TEXT: Final = 300_000  # characters that are looked through; a longer file is called unread
_ACTIVE = re.compile(
    r"vbaproject|macrosheets/|activex/|oleobject|attachedtoolbars|\.(?:exe|dll|js|vbs|ps1|bat)$"
)
_CALLS = re.compile(rb'Target="(?:tel|sms):([^"]{1,40})"')
_TIE = re.compile(rb"<(?:\w+:)?Relationship\b[^>]{0,4000}>")
# What a reader would fetch by itself from another machine. A link that is tapped is none, nor is a template
# on the writer's own disk, which nobody else has.
_FETCHES = re.compile(rb'(?i)Type="[^"]*/(?:attachedTemplate|oleObject|frame|subDocument|externalLink)"')
_FROM_FAR = re.compile(rb'(?i)Target="(?:https?:|ftp:|\\\\|file:(?:\\\\|//)[^/])')


class Document(NamedTuple):
    """`text` is what could be read; with `is_read` False there is more that could not (or none)."""

    content_type: str
    text: str
    is_read: bool


def looked_into(data: bytes) -> Document:
    """Raises Invalid: attachment_too_big, attachment_old (doc, xls, ppt), attachment_locked (a password),
    attachment_active (macros, scripts, programs), attachment_broken, attachment_unknown."""
    if len(data) > MOST_BYTES:
        raise Invalid("attachment_too_big", limit=MOST_BYTES >> 20)
    if data.startswith(_OLE):
        raise Invalid("attachment_locked" if _LOCKED in data else "attachment_old")
    if data.startswith(b"%PDF-"):
        _look_into_pdf(data)
        return Document(PDF, "", is_read=False)
    if data.startswith(b"PK\x03\x04"):
        try:
            return _office(data)
        except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, ValueError, NotImplementedError):
            raise Invalid("attachment_broken") from None
    raise Invalid("attachment_unknown")


def _office(data: bytes) -> Document:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        parts = file.infolist()
        names = {one.filename.lower() for one in parts}
        content_type = next((kind for name, kind in TYPES.items() if name in names), None)
        if content_type is None or "[content_types].xml" not in names:
            raise Invalid("attachment_unknown")
        if len(names) != len(parts) or len(parts) > _PARTS:
            raise Invalid("attachment_broken")
        if any(one.flag_bits & 1 for one in parts):
            raise Invalid("attachment_locked")
        if any(_ACTIVE.search(name) for name in names):
            raise Invalid("attachment_active")
        readable = _Readable()
        left = _REAL
        for part in sorted(parts, key=lambda one: "sharedstrings" not in one.filename.lower()):
            content = b"".join(_inflated(file, part, left))
            left -= len(content)
            _look_at(part.filename.lower(), content, readable)
    return Document(content_type, "".join(readable.text), is_read=not readable.is_full)


def _inflated(file: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> Iterator[bytes]:
    with file.open(part) as opened:  # which checks the part's sum when it ends
        while chunk := opened.read(_CHUNK):
            most -= len(chunk)
            if most < 0:
                raise Invalid("attachment_broken")
            yield chunk


def _look_at(name: str, content: bytes, readable: "_Readable") -> None:
    if name.endswith(".xml") and b"macroEnabled" in content:
        raise Invalid("attachment_active")
    if name.endswith(".rels") and any(
        _FETCHES.search(tie) and _FROM_FAR.search(tie) for tie in _TIE.findall(content)
    ):
        raise Invalid("attachment_active")
    for called in _CALLS.findall(content) if name.endswith(".rels") else ():
        readable.add(f"\n{called.decode('utf-8', 'replace')}\n")
    if name.endswith(".xml") and name.startswith(("word/", "xl/", "ppt/")):
        readable.read(content, shared=name.endswith("sharedstrings.xml"))


class _Readable:
    """Text of the parts, a paragraph or a row of cells on a line, | between cells."""

    _WORDS = frozenset({"t", "delText", "v", "instrText", "text"})
    _LINES = frozenset({"p", "row", "si", "br", "cr"})
    _CELLS = frozenset({"c", "tc", "tab"})

    def __init__(self) -> None:
        self.text: list[str] = []
        self.is_full = False
        self._size = 0
        self._shared: list[str] = []

    def read(self, content: bytes, *, shared: bool) -> None:
        """Raises ExpatError for what is no XML, ValueError for one that declares things of its own."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        inside: list[str] = []
        reference = [False]

        def start(tag: str, attributes: dict[str, str]) -> None:
            name = tag.rpartition(" ")[2]
            inside.append(name)
            if name == "c":
                reference[0] = attributes.get("t") == "s"

        def end(_tag: str) -> None:
            name = inside.pop()
            if name in self._LINES:
                self.add("\n")
            elif name in self._CELLS:
                self.add("|")

        def words(said: str) -> None:
            if inside[-1] not in self._WORDS:
                return
            if shared and self._shared:
                self._shared[-1] += said
            elif inside[-1] == "v" and reference[0]:
                number = int(said)
                self.add(self._shared[number] if 0 <= number < len(self._shared) else "")
            else:
                self.add(said)

        def start_shared(tag: str, attributes: dict[str, str]) -> None:
            start(tag, attributes)
            if inside[-1] == "si":
                self._shared.append("")

        def end_shared(_tag: str) -> None:
            inside.pop()

        def doctype(*_: object) -> None:
            raise ValueError("a document type")

        parser.StartElementHandler = start_shared if shared else start
        parser.EndElementHandler = end_shared if shared else end
        parser.CharacterDataHandler = words
        parser.StartDoctypeDeclHandler = doctype
        parser.Parse(content, True)

    def add(self, said: str) -> None:
        if self._size > _TEXT:
            self.is_full = True
            return
        self._size += len(said)
        self.text.append(said)


_NAME_IN_SIGNS = re.compile(rb"/(?:[0-9A-Za-z]{0,20}#[0-9A-Fa-f]{2}){1,20}[0-9A-Za-z]{0,20}")
_NAME_SIGN = re.compile(rb"#([0-9A-Fa-f]{2})")
_DOES = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|ImportData|SubmitForm)\b")
_DOES_IN_SHORT = re.compile(rb"/(?:JS|XFA)\b")
_STREAM = re.compile(rb"(?<!end)stream\r?\n")


def _look_into_pdf(data: bytes) -> None:
    """Names of actions also stand in packed streams of objects (ISO 32000-1, 7.5.7). A short name is looked
    for outside of the other streams only, because a large picture holds it by chance."""
    if b"%%EOF" not in data[-2048:]:
        raise Invalid("attachment_broken")
    if re.search(rb"/Encrypt\b", data):
        raise Invalid("attachment_locked")
    whole = _plain(data)
    objects = (_between_streams(whole), *map(_plain, _packed_objects(data)))
    if _DOES.search(whole) or any(_DOES.search(one) or _DOES_IN_SHORT.search(one) for one in objects):
        raise Invalid("attachment_active")


def _between_streams(data: bytes) -> bytes:
    parts, at = [], 0
    while found := _STREAM.search(data, at):
        begins = data[max(0, found.start() - 16) : found.start()].rstrip().endswith(b">>")
        end = data.find(b"endstream", found.end()) if begins else found.end()
        if end < 0:
            raise Invalid("attachment_broken")
        parts.append(data[at : found.start()])
        at = end
    return b" ".join((*parts, data[at:]))


def _plain(part: bytes) -> bytes:
    """A name may be written with its signs as numbers: /J#53 is /JS."""
    return _NAME_IN_SIGNS.sub(
        lambda name: _NAME_SIGN.sub(lambda found: bytes([int(found[1], 16)]), name[0]), part
    )


def _packed_objects(data: bytes) -> Iterator[bytes]:
    left = _REAL
    for found in _STREAM.finditer(data):
        head = data[max(0, found.start() - 400) : found.start()]
        if b"/ObjStm" not in _plain(head[head.rfind(b" obj") :]):
            continue
        try:
            unpacked = zlib.decompressobj().decompress(memoryview(data)[found.end() :], left)
        except zlib.error:
            raise Invalid("attachment_broken") from None
        left -= len(unpacked)
        if left <= 0:
            raise Invalid("attachment_broken")
        yield unpacked
