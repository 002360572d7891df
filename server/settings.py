"""Reads dataclasses from TOML, files and the environment; knows nothing of what the keys mean.

The environment (`HEMEI__A__B`) goes before the document, the document before the default. In both,
`<key>_file` may name a file that holds the value. All problems are found in one run, each with the full name
of its key.
"""

import difflib
import ipaddress
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, field, fields, is_dataclass
from datetime import time
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

T = TypeVar("T")
PREFIX = "HEMEI__"


class BadConfig(Exception):  # noqa: N818 - said to the operator as it stands
    """The configuration cannot be used; `problems` holds one sentence for each reason."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def key(
    default: Any = MISSING,
    *,
    secret: bool = False,
    low: int | None = None,
    high: int | None = None,
    one_of: tuple[str, ...] = (),
    check: Callable[[Any], str | None] | None = None,
) -> Any:
    """A key of a section. Without a default it is required; `check` gives a reason why a value is no good."""
    about = {"secret": secret, "low": low, "high": high, "one_of": one_of, "check": check}
    return field(default=default, metadata=about, repr=not secret)


def section(of: type[Any]) -> Any:
    """A section that is always there, with its defaults."""
    return field(default_factory=of)


def is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def web_address(text: str) -> str | None:
    """Why `text` is no base address; http is for this machine only (O5)."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is not a web address"
    if parts.scheme not in ("http", "https") or not host:
        return "must be a web address that starts with https://"
    if parts.query or parts.fragment or parts.username:
        return "must be a plain base address without user, query or fragment"
    if parts.scheme == "http" and not is_loopback(host):
        return "must be https: http is for loopback addresses only"
    return None


def read(cls: type[T], document: dict[str, Any], env: Mapping[str, str], home: Path) -> tuple[T, list[str]]:
    """Builds `cls`. Gives it together with the names of secrets that stand in the document itself.

    Relative paths count from `home`. Raises BadConfig with every problem found.
    """
    reader = _Reader(home)
    merged = _with_environment(document, env)
    made = reader.section(cls, merged, ())
    if reader.problems or made is None:
        raise BadConfig(reader.problems)
    return made, [name for name in reader.secrets if _stands_in(document, name)]


def _with_environment(document: dict[str, Any], env: Mapping[str, str]) -> dict[str, Any]:
    merged = _copy(document)
    for name, value in sorted(env.items()):
        if not name.startswith(PREFIX):
            continue
        *path, last = name.removeprefix(PREFIX).lower().split("__")
        into = merged
        for part in path:
            inner = into.setdefault(part, {})
            if not isinstance(inner, dict):
                inner = into[part] = {}
            into = inner
        into.pop(last.removesuffix("_file") if last.endswith("_file") else f"{last}_file", None)
        into[last] = value
    return merged


def _copy(table: dict[str, Any]) -> dict[str, Any]:
    return {name: _copy(value) if isinstance(value, dict) else value for name, value in table.items()}


def _stands_in(document: dict[str, Any], name: str) -> bool:
    here: Any = document
    for part in name.split("."):
        if not isinstance(here, dict) or part not in here:
            return False
        here = here[part]
    return bool(here)


class _Reader:
    def __init__(self, home: Path) -> None:
        self.home = home
        self.problems: list[str] = []
        self.secrets: list[str] = []

    def section(self, cls: type[T], table: Any, path: tuple[str, ...]) -> T | None:
        if not isinstance(table, dict):
            self._problem(path, "must be a table")
            return None
        kinds = get_type_hints(cls)
        known = {one.name: one for one in fields(cls) if one.init}  # type: ignore[arg-type]
        table = self._from_files(table, known, path)
        for name in table:
            if name not in known:
                self._problem((*path, name), "is not a known key" + _near(name, known))
        values: dict[str, Any] = {}
        before = len(self.problems)
        for name, one in known.items():
            kind = kinds[name]
            inner = _section_of(kind)
            if name in table:
                here = (*path, name)
                values[name] = (
                    self.section(inner, table[name], here)
                    if inner
                    else self._value(one, kind, table[name], here)
                )
            elif one.default is MISSING and one.default_factory is MISSING:
                self._problem((*path, name), "is missing")
        return cls(**values) if len(self.problems) == before else None

    def _from_files(
        self, table: dict[str, Any], known: dict[str, Field[Any]], path: tuple[str, ...]
    ) -> dict[str, Any]:
        """`<key>_file = "…"` stands for the key with what the file holds."""
        plain: dict[str, Any] = {}
        for name, value in table.items():
            target = name.removesuffix("_file")
            if name in known or target == name or target not in known:
                plain[name] = value
                continue
            if target in table:
                self._problem((*path, target), f"is given twice, also as {name}")
                continue
            file = self.home / str(value)
            try:
                plain[target] = _Held(file.read_text(encoding="utf-8").strip())
            except (OSError, UnicodeDecodeError, ValueError) as trouble:
                reason = trouble.strerror if isinstance(trouble, OSError) else "is not a text file"
                self._problem((*path, name), f"cannot be read from {file}: {reason}")
                continue
            if known[target].metadata.get("secret") and file.stat().st_mode & 0o004:
                self._problem((*path, name), f"is readable by everybody on this machine: chmod 600 {file}")
        return plain

    def _value(self, one: Field[Any], kind: Any, value: Any, path: tuple[str, ...]) -> Any:
        about = one.metadata
        if about.get("secret"):
            self.secrets.append(".".join(path))
        try:
            made = self._converted(kind, value)
        except ValueError as trouble:
            self._problem(path, str(trouble))
            return None
        if isinstance(made, int) and not isinstance(made, bool):
            low, high = about.get("low"), about.get("high")
            if low is not None and made < low:
                self._problem(path, f"must be {low} or more")
            if high is not None and made > high:
                self._problem(path, f"must be {high} or less")
        if about.get("one_of") and made not in about["one_of"]:
            self._problem(path, "must be one of " + ", ".join(about["one_of"]))
        if about.get("check") and (reason := about["check"](made)):
            self._problem(path, reason)
        return made

    def _converted(self, kind: Any, value: Any) -> Any:
        if isinstance(value, _Held):
            value = value.text
        if kind is str:
            return _text(value)
        if kind is bool:
            return _truth(value)
        if kind is int:
            return _whole(value)
        if kind is time:
            return _clock(value)
        if kind is Path:
            return self.home / _text(value)
        if get_origin(kind) is tuple:
            return _numbers(value) if get_args(kind)[0] is int else _texts(value)
        if hasattr(kind, "read_from"):
            return kind.read_from(value)
        raise TypeError(f"no reader for {kind}")

    def _problem(self, path: tuple[str, ...], what: str) -> None:
        where = f"[{'.'.join(path[:-1])}] {path[-1]}" if len(path) > 1 else f"[{path[0]}]" if path else "file"
        self.problems.append(f"{where} {what}")


class _Held:
    """What a `<key>_file` holds."""

    def __init__(self, text: str) -> None:
        self.text = text


def _section_of(kind: Any) -> type[Any] | None:
    if get_origin(kind) in (Union, types.UnionType):
        kind = next((one for one in get_args(kind) if is_dataclass(one)), None)
    return kind if isinstance(kind, type) and is_dataclass(kind) else None


def _near(name: str, known: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f": did you mean {close[0]}?" if close else ""


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    raise ValueError("must be a text in quotes")


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ("true", "false", "1", "0", "yes", "no"):
        return value.strip().lower() in ("true", "1", "yes")
    raise ValueError("must be true or false")


def _whole(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().isascii() and value.strip().removeprefix("-").isdigit():
        return int(value)
    raise ValueError("must be a whole number")


def _clock(value: Any) -> time:
    if isinstance(value, time):
        return value
    try:
        hours, minutes = str(value).split(":")
        return time(int(hours), int(minutes))
    except ValueError:
        raise ValueError('must be a time of day such as "21:00"') from None


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return tuple(value)
    raise ValueError('must be a list of texts such as ["a", "b"]')


def _numbers(value: Any) -> tuple[int, ...]:
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    try:
        if isinstance(value, list):
            return tuple(_whole(part) for part in value)
    except ValueError:
        pass
    raise ValueError("must be a list of whole numbers such as [7, 30]")
