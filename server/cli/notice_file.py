"""What stands in the TOML files of `hemei notice`: words, hours, whom, and who says it."""

from collections.abc import Mapping, Set
from datetime import datetime
from pathlib import Path
from typing import Any

from models.base.clock import SHANGHAI
from models.notice.audience import Audience
from models.notice.notice import Words
from models.notice.saved import resolved
from models.notice.tables import Kind
from models.person.colleagues import numbered
from models.person.tables import Staff
from server.cli import toml_file
from server.cli.running import Refusal

HIGHEST = 2**31
FILE = toml_file.FILE
NEEDED = frozenset({"title", "body", "signed", "by", "audience"})


def read(file: Path, *, more: Set[str], needed: Set[str] = NEEDED) -> dict[str, Any]:
    """The keys of the file, all `needed` and no others than those and `more`. Raises Refusal."""
    said = toml_file.read(file, needed, more)
    if not isinstance(said["audience"], dict):
        raise Refusal(f"{file}: audience is a table")
    return said


def words_of(said: Mapping[str, Any]) -> Words:
    """Unchecked but for their kind."""
    try:
        kind = Kind(said.get("kind", Kind.ORDINARY))
    except ValueError:
        raise Refusal(f"kind is one of {', '.join(Kind)}") from None
    return Words(
        str(said["title"]),
        str(said["body"]),
        str(said["signed"]),
        kind,
        is_call=bool(said.get("is_call", False)),
        valid_from=moment(said, "valid_from"),
        valid_until=moment(said, "valid_until"),
    )


def moment(said: Mapping[str, Any], name: str) -> datetime | None:
    """A time without a zone is that of the wall clock in Shanghai."""
    value = said.get(name)
    if value is None:
        return None
    if not isinstance(value, datetime):
        raise Refusal(f"{name} is a date with a time, such as 2026-03-23T08:00:00")
    return value if value.tzinfo else value.replace(tzinfo=SHANGHAI)


def author_of(said: Mapping[str, Any]) -> Staff:
    return numbered(str(said["by"]))


def audience_of(said: Mapping[str, Any]) -> Audience:
    """For the desk of whoever says it."""
    return resolved(said["audience"], author_of(said).community_id)
