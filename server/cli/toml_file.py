"""A TOML file that a command was handed: its keys, checked by name."""

import tomllib
from collections.abc import Set
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from server.cli.running import Refusal

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def parsed(file: Path) -> dict[str, Any]:
    """Sums as Decimal, because a float loses fen. Raises Refusal for what is no TOML."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as trouble:
        raise Refusal(f"{file}: {trouble}") from None


def read(file: Path, needed: Set[str], more: Set[str]) -> dict[str, Any]:
    """All of `needed`, and nothing else but `more`. Raises Refusal."""
    said = parsed(file)
    if unknown := sorted(set(said) - needed - more):
        raise Refusal(f"{file}: nobody knows {', '.join(unknown)}")
    if missing := sorted(needed - set(said)):
        raise Refusal(f"{file}: {', '.join(missing)} missing")
    return said
