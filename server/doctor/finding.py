"""One thing that the doctor looked at."""

from dataclasses import dataclass, field
from typing import Any, Literal

from models.base.resources import table

Level = Literal["ok", "note", "bad"]


@dataclass(frozen=True)
class Finding:
    """`code` names the words in templates/labels/doctor.toml; only `bad` makes the command fail."""

    level: Level
    code: str
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def says(self) -> str:
        return str(_words(self.code)["says"]).format(**self.facts)

    @property
    def hint(self) -> str:
        return str(_words(self.code).get("hint", "")).format(**self.facts) if self.level != "ok" else ""


def ok(code: str, **facts: Any) -> Finding:
    return Finding("ok", code, facts)


def note(code: str, **facts: Any) -> Finding:
    return Finding("note", code, facts)


def bad(code: str, **facts: Any) -> Finding:
    return Finding("bad", code, facts)


def _words(code: str) -> dict[str, Any]:
    words: dict[str, Any] = table("labels/doctor.toml")[code]
    return words
