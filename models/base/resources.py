"""The one way to a data file: everything that people read or a clerk may change lives in ``templates``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any


def resource(path: str) -> Traversable:
    """The file or folder ``path`` (slashes, relative) inside the installed ``templates`` package."""
    return files("templates").joinpath(*path.split("/"))


def manual() -> Traversable:
    """The folder of the help for staff: docs/zh, or inside a wheel the copy that it carries."""
    packed = resource("help")
    return packed if packed.is_dir() else resource("../docs/zh")


@cache
def table(path: str) -> dict[str, Any]:
    """A TOML data file, read once per process; treat what you get as read-only."""
    return tomllib.loads(resource(path).read_text(encoding="utf-8"))
