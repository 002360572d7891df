"""Files on their way here in pieces, in a folder of their own beside those that are whole."""

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

from models.media.files import NoRoom

_NAME = re.compile(r"[A-Za-z0-9_-]{22}")


class Parts:
    """Below the folder of [storage] dir; made when first needed. Names are the uploads' public ids."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "parts"

    def put(self, name: str, offset: int, data: bytes) -> None:
        """Writes a piece where it belongs, the same for a copy of it. Raises NoRoom."""
        try:
            self._folder.mkdir(0o700, parents=True, exist_ok=True)
            handle = os.open(self._path(name), os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                left, at = memoryview(data), offset
                while left:
                    done = os.pwrite(handle, left, at)
                    left, at = left[done:], at + done
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as trouble:
            raise NoRoom("no_room_for_files") from trouble

    def whole(self, name: str, size: int) -> bytes | None:
        """All of it; None when not all of it is there."""
        try:
            data = self._path(name).read_bytes()
        except OSError:
            return None
        return data[:size] if len(data) >= size else None

    def drop(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def older_than(self, seconds: float) -> Iterator[str]:
        before = time.time() - seconds
        for file in self._folder.glob("*"):
            if _NAME.fullmatch(file.name) and file.stat().st_mtime < before:
                yield file.name

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError("no name of ours")
        return self._folder / name
