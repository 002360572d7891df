"""Temporary media: three days, then gone; one store per platform."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from server.sandbox.accounts import Limits
from server.sandbox.wire import Answer, Call, Refused, ok

SIZES = {  # bytes, and the platform's code for a wrong size
    "image": (10 << 20, 40009),
    "voice": (2 << 20, 40010),
    "video": (10 << 20, 40011),
    "thumb": (64 << 10, 40012),
    "file": (20 << 20, 40006),
}
TYPES = {
    b"\xff\xd8": "image/jpeg",
    b"\x89P": "image/png",
    b"GI": "image/gif",
    b"#!": "audio/amr",
    b"%P": "application/pdf",
    b"PK": "application/zip",
}


@dataclass
class Medium:
    id: str
    kind: str
    name: str
    content: bytes
    content_type: str
    created_at: float


class MediaStore:
    """What users sent and what hemei uploaded, by media_id."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._media: dict[str, Medium] = {}

    def add(self, kind: str, content: bytes, now: float, name: str = "") -> Medium:
        medium = Medium(
            secrets.token_urlsafe(48),
            kind,
            name or f"{kind}.bin",
            content,
            TYPES.get(content[:2], "application/octet-stream"),
            now,
        )
        self._media[medium.id] = medium
        return medium

    def find(self, media_id: object, now: float) -> Medium:
        """A medium that still lives; 40007 otherwise."""
        medium = self._media.get(media_id) if isinstance(media_id, str) else None
        if medium is None or now - medium.created_at > self._limits.media_life:
            raise Refused(40007, "invalid media_id")
        return medium

    def get(self, call: Call) -> Answer:
        """``media/get``: the file itself (residents here send no videos, which would come as an address)."""
        medium = self.find(call.query.get("media_id", ""), call.at)
        call.key = medium.id
        headers = {
            "Content-Type": medium.content_type,
            "Content-Disposition": f'attachment; filename="{medium.name}"',
        }
        return Answer(headers=headers, body=medium.content)

    def upload(self, call: Call, kinds: tuple[str, ...]) -> dict[str, object]:
        """``media/upload``: the first file of a multipart body."""
        kind = call.query.get("type", "")
        if kind not in kinds:
            raise Refused(40004, "invalid media type")
        name, content = first_file(call)
        call.shown = {"type": kind, "filename": name, "bytes": len(content)}
        most, code = SIZES[kind]
        if not content or len(content) > most or (kind == "file" and len(content) <= 5):
            raise Refused(code, f"invalid {kind} size")
        medium = self.add(kind, content, call.at, name)
        return {"type": kind, "media_id": medium.id, "created_at": int(call.at)}

    def upload_work(self, call: Call, kinds: tuple[str, ...]) -> dict[str, object]:
        """The same in WeCom's shape: errcode in front, ``created_at`` as text."""
        stored = self.upload(call, kinds)
        return ok(**stored | {"created_at": str(stored["created_at"])})


def first_file(call: Call) -> tuple[str, bytes]:
    """Name and bytes of the first file in a multipart/form-data body; 41005 when there is none."""
    content_type = next((v for k, v in call.headers.items() if k.lower() == "content-type"), "")
    found = re.search(r'boundary="?([^";]+)"?', content_type)
    if found:
        for part in call.body.split(b"--" + found.group(1).encode()):
            head, gap, content = part.partition(b"\r\n\r\n")
            name = re.search(rb'filename="([^"]*)"', head)
            if gap and name:
                return name.group(1).decode("utf-8", "replace"), content.removesuffix(b"\r\n")
    raise Refused(41005, "media data missing")
