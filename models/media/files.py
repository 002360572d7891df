"""Where photos, voices and attachments lie: files with names of our own making in one folder, kept before
their row is.

They show homes and people, so nobody else on the machine reads them.
"""

import logging
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from models.base.refusals import Refused
from models.media.documents import PDF, TYPES

log = logging.getLogger(__name__)

_OFFICE = dict(zip(TYPES.values(), ("docx", "xlsx", "pptx"), strict=True))
SUFFIXES = {
    "image/jpeg": "jpg", "audio/amr": "amr", "audio/mpeg": "mp3", "video/mp4": "mp4", PDF: "pdf", **_OFFICE,
}  # fmt: skip
_SMALL = ".small.jpg"  # a picture's preview lies beside it
_NAME = re.compile(rf"[0-9a-f]{{2}}/[0-9a-f]{{32}}\.(?:{'|'.join(SUFFIXES.values())})")


class NoRoom(Refused):
    """The disk takes no more files."""

    status = 503


class Files:
    """The folder of [storage] dir; made when first needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, data: bytes, content_type: str) -> str:
        """Writes the bytes to the disk for good and returns the file's name, relative to the folder. Raises
        NoRoom."""
        name = secrets.token_hex(16)
        relative = f"{name[:2]}/{name}.{SUFFIXES[content_type]}"
        _write(self._folder, relative, data)
        return relative

    def keep_small(self, relative: str, data: bytes) -> None:
        """The preview of a picture that is kept already. Raises NoRoom."""
        _write(self._folder, _small(relative), data)

    def small(self, relative: str) -> Path | None:
        """The preview; the picture itself where none was made."""
        file = self.path(relative)
        small = self._folder / _small(relative)
        return small if file is not None and small.is_file() else file

    def path(self, relative: str) -> Path | None:
        """The file of this name, or None when it is not one of ours or not there."""
        if not _NAME.fullmatch(relative):
            return None
        file = self._folder / relative
        return file if file.is_file() else None

    def drop(self, names: Iterable[str]) -> None:
        """Removes files whose row was never written, with their previews."""
        for name in names:
            if _NAME.fullmatch(name):
                (self._folder / _small(name)).unlink(missing_ok=True)
                (self._folder / name).unlink(missing_ok=True)

    def older_than(self, seconds: float) -> Iterator[str]:
        """Names of the files that have been there for so long, previews left out."""
        before = time.time() - seconds
        for file in self._folder.glob("??/*"):
            name = f"{file.parent.name}/{file.name}"
            if _NAME.fullmatch(name) and file.stat().st_mtime < before:
                yield name


def _small(relative: str) -> str:
    return relative.rpartition(".")[0] + _SMALL


def _write(root: Path, relative: str, data: bytes) -> None:
    """For good, or not at all: a full disk leaves no half of it."""
    file = root / relative
    try:
        for folder in (root, file.parent):
            folder.mkdir(0o700, parents=True, exist_ok=True)
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        _sync_folder(file.parent)
    except OSError as trouble:
        log.error("a file could not be kept: %s", trouble.strerror)
        with suppress(OSError):
            file.unlink(missing_ok=True)
        raise NoRoom("no_room_for_files") from trouble


def _sync_folder(folder: Path) -> None:
    """The name itself must survive a power cut too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
