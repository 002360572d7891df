"""Where photos and voices lie: files with names of our own making in one folder, kept before their row is.

They show homes and people, so nobody else on the machine reads them.
"""

import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

SUFFIXES = {"image/jpeg": "jpg", "audio/amr": "amr", "audio/mpeg": "mp3", "video/mp4": "mp4"}
_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}\.(?:jpg|amr|mp3|mp4)")


class Files:
    """The folder of [storage] dir; made when first needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, data: bytes, content_type: str) -> str:
        """Writes the bytes to the disk for good and returns the file's name, relative to the folder."""
        name = secrets.token_hex(16)
        relative = f"{name[:2]}/{name}.{SUFFIXES[content_type]}"
        file = self._folder / relative
        for folder in (self._folder, file.parent):
            folder.mkdir(0o700, parents=True, exist_ok=True)
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        _sync_folder(file.parent)
        return relative

    def path(self, relative: str) -> Path | None:
        """The file of this name, or None when it is not one of ours or not there."""
        if not _NAME.fullmatch(relative):
            return None
        file = self._folder / relative
        return file if file.is_file() else None

    def drop(self, names: Iterable[str]) -> None:
        """Removes files whose row was never written."""
        for name in names:
            file = self.path(name)
            if file is not None:
                file.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """The name itself must survive a power cut too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
