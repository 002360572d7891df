"""How much of what the board shows, and what it never shows one by one: templates/rules/board.toml."""

from functools import cache
from typing import Any, NamedTuple

from models.base.resources import table


class Rules(NamedTuple):
    between_people: frozenset[str]
    fewest: int
    fewest_homes: int
    days: int
    mended: int
    waiting: int
    notices: int
    photos: int
    photo_days: int
    waits: tuple[tuple[str, tuple[str, ...]], ...]


@cache
def rules() -> Rules:
    said: dict[str, Any] = dict(table("rules/board.toml"))
    said["between_people"] = frozenset(said["between_people"])
    said["waits"] = tuple((one["code"], tuple(one["words"])) for one in said["waits"])
    return Rules(**said)


def wait_said(reason: str) -> str | None:
    """What a written reason comes to, as a code of labels/board_waits.toml. None where nothing in it is
    known. Pure."""
    return next((code for code, words in rules().waits if any(word in reason for word in words)), None)
