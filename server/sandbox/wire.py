"""One call of a platform's interface on its way in and out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

JSON = {"Content-Type": "application/json; encoding=utf-8"}  # as the platform itself spells it


class Refused(Exception):  # noqa: N818 - reads as what the platform did
    """The platform's own no: HTTP 200 with ``errcode`` and ``errmsg``, plus what else the page shows."""

    def __init__(self, errcode: int, errmsg: str, **more: Any) -> None:
        super().__init__(errcode, errmsg)
        self.errcode, self.errmsg, self.more = errcode, errmsg, more


class Cut(ConnectionError):  # noqa: N818 - likewise
    """The platform closed the connection without an answer; adapters close theirs, plain callers see this."""


@dataclass
class Call:
    """What came in, and the notes that the platform's clerk makes on it for the ledger."""

    platform: str
    method: str
    path: str
    query: Mapping[str, str]
    body: bytes
    headers: Mapping[str, str]
    at: float
    who: str = ""  # openids, userids, chat_ids or the robot's key
    key: str = ""  # what makes a repetition recognisable: client_msg_id, content hash, task_id
    duplicate: bool = False
    dropped: str = ""  # accepted in words, shown to nobody: why
    shown: Any = None  # body as the ledger shows it, when it is not JSON

    @cached_property
    def data(self) -> dict[str, Any]:
        """The JSON object of the body; 47001 when there is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            raise Refused(47001, "data format error") from None
        if not isinstance(found, dict):
            raise Refused(47001, "data format error")
        return found

    def text(self, name: str, errcode: int, errmsg: str) -> str:
        """A string of the body that must be there and not empty."""
        value = self.data.get(name)
        if not isinstance(value, str) or not value:
            raise Refused(errcode, errmsg)
        return value

    def part(self, name: str) -> dict[str, Any]:
        """An object of the body, empty when it is missing; 40058 when it is something else."""
        value = self.data.get(name) or {}
        if not isinstance(value, dict):
            raise Refused(40058, f"invalid parameter: {name}")
        return value

    def names(self, name: str) -> list[str]:
        """A list of texts in the body, empty when it is missing; 40058 when it is something else."""
        value = self.data.get(name) or []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise Refused(40058, f"invalid parameter: {name}")
        return value


@dataclass
class Answer:
    """What goes back. ``delay`` seconds pass first; ``cut`` closes the connection instead of answering."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: dict(JSON))
    body: bytes = b""
    delay: float = 0.0
    cut: bool = False


Clerk = Callable[[Call], dict[str, Any] | Answer]


def packed(answer: dict[str, Any]) -> bytes:
    """An answer as the platform writes it: compact UTF-8, Chinese unescaped."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()


def ok(**more: Any) -> dict[str, Any]:
    """The platform's yes."""
    return {"errcode": 0, "errmsg": "ok", **more}
