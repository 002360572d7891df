"""What the board last said, kept for a minute in the memory of the process, ready to be sent.

A board is the same for everybody, so it is put together once a minute and not for each of the people who
stand before it. Whoever finds it too old puts it together; the others read the old one meanwhile.
"""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import NamedTuple

from models.base.clock import now
from models.board.board import Board

LASTS = timedelta(minutes=1)
MOST = 400  # boards: all of a city's, else each visitor would have one put together
MOST_PAGES = 40  # of one board: its page, who answers, and the screen for each door that it hangs behind


class Kept(NamedTuple):
    """A page, packed as nearly every browser takes it."""

    packed: bytes
    etag: str

    @property
    def plain(self) -> bytes:
        return gzip.decompress(self.packed)


class _Entry:
    def __init__(self, board: Board, at: datetime) -> None:
        self.board, self.at = board, at
        self.pages: OrderedDict[str, Kept] = OrderedDict()


class Store:
    """`read` puts a board together by what an address names. Raises what it raises."""

    def __init__(self, read: Callable[[str], Board]) -> None:
        self._read = read
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._building: dict[str, Lock] = {}
        self._lock = Lock()

    def page(self, said: str, name: str, made: Callable[[Board], str]) -> Kept:
        """The page `name` of a board, as `made` writes it from it."""
        entry = self._entry(said)
        with self._lock:
            found = entry.pages.get(name)
        if found is None:
            found = _kept(made(entry.board))
            with self._lock:
                entry.pages[name] = found
                if len(entry.pages) > MOST_PAGES:
                    entry.pages.popitem(last=False)
        return found

    def board(self, said: str) -> Board:
        return self._entry(said).board

    def _entry(self, said: str) -> _Entry:
        at = now()
        with self._lock:
            found = self._entries.get(said)
            if found is not None and found.at <= at < found.at + LASTS:
                self._entries.move_to_end(said)
                return found
            building = self._building.setdefault(said, Lock())
        if not building.acquire(blocking=found is None):
            assert found is not None
            return found
        try:
            with self._lock:
                newer = self._entries.get(said)
            if newer is not None and newer is not found:
                return newer  # somebody else has put it together while we waited
            return self._remember(said, _Entry(self._read(said), at))
        finally:
            building.release()
            with self._lock:
                self._building.pop(said, None)

    def _remember(self, said: str, entry: _Entry) -> _Entry:
        with self._lock:
            self._entries[said] = entry
            self._entries.move_to_end(said)
            if len(self._entries) > MOST:
                self._entries.popitem(last=False)
        return entry


def _kept(text: str) -> Kept:
    body = text.encode()
    packed = gzip.compress(body, compresslevel=6, mtime=0)
    return Kept(packed, hashlib.sha256(body).hexdigest()[:32])
