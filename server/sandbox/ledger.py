"""The ledger: every call of every platform, in order, with its answer. Tests and people read it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any


@dataclass(slots=True)
class Entry:
    """One call. ``accepted`` means that the platform said yes and meant it or had meant it before:
    a ``duplicate`` is accepted, has no second effect, and so has what was ``dropped`` for a stated reason.
    ``fault`` names the scripted fault that bent the answer; ``unknown`` marks a path that no page describes.
    """

    number: int
    at: float
    platform: str
    method: str
    path: str
    who: str
    query: dict[str, str]
    body: Any
    status: int
    answer: Any
    accepted: bool
    duplicate: bool
    dropped: str
    key: str
    fault: str
    unknown: bool

    @property
    def effective(self) -> bool:
        """Whether this call itself made something appear on a phone or change on the platform."""
        return self.accepted and not self.duplicate and not self.dropped


class Ledger:
    """Append-only, bounded to the last ``keep`` entries; ``clear`` forgets, numbers go on."""

    def __init__(self, keep: int = 500_000) -> None:
        self._entries: deque[Entry] = deque(maxlen=keep)
        self._next = 1
        self.strange = 0  # calls of unknown paths since the beginning or the last clear
        self.grown = threading.Condition()

    def append(self, **fields: Any) -> Entry:
        with self.grown:
            entry = Entry(number=self._next, **fields)
            self._next += 1
            self.strange += entry.unknown
            self._entries.append(entry)
            self.grown.notify_all()
        return entry

    def clear(self) -> None:
        with self.grown:
            self._entries.clear()
            self.strange = 0

    def __iter__(self) -> Iterator[Entry]:
        with self.grown:
            return iter(list(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def last(self) -> int:
        """The number of the newest entry, 0 before the first."""
        return self._next - 1

    def read(
        self, *, since: int = 0, path: str = "*", platform: str = "*", who: str = "*", limit: int = 0
    ) -> list[Entry]:
        """Entries after number ``since`` whose path, platform and receiver match the globs, oldest first;
        with ``limit`` only the newest so many of them."""
        found = [
            entry
            for entry in self
            if entry.number > since
            and fnmatchcase(entry.path, path)
            and fnmatchcase(entry.platform, platform)
            and fnmatchcase(entry.who, who)
        ]
        return found[-limit:] if limit else found

    def sent(self, path: str = "*", platform: str = "*", who: str = "*") -> list[Entry]:
        """The calls that had an effect of their own."""
        return [entry for entry in self.read(path=path, platform=platform, who=who) if entry.effective]

    def unknown(self) -> list[Entry]:
        """Calls of paths that no page describes; tests assert that there are none."""
        return [entry for entry in self if entry.unknown]

    def wait(self, condition: Any, seconds: float = 5.0) -> bool:
        """Block until ``condition(ledger)`` is true; False when that takes longer than ``seconds``."""
        with self.grown:
            return self.grown.wait_for(lambda: bool(condition(self)), seconds)


def as_json(entry: Entry) -> dict[str, Any]:
    """An entry as the control interface and the page give it; tokens and secrets are cut short."""
    row = asdict(entry)
    row["query"] = {k: _short(v) if k in SECRET else v for k, v in row["query"].items()}
    for part in ("body", "answer"):
        if isinstance(row[part], dict):
            row[part] = {k: _short(str(v)) if k in SECRET else v for k, v in row[part].items()}
    row["effective"] = entry.effective
    return row


SECRET = {"access_token", "secret", "corpsecret", "appsecret", "key"}


def _short(value: str) -> str:
    return value[:6] + "…" if len(value) > 6 else value
