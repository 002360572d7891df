"""What commands share: the configuration, a database that is at the current schema, lines of JSON."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from server import process, schema
from server.config import Config, load
from server.database import Database


class Refusal(click.ClickException):
    """The command was understood and refused: exit code 1, the reason on stderr."""

    exit_code = 1

    def show(self, file: Any = None) -> None:
        click.echo(f"hemei: {self.format_message()}", err=True)


def settings() -> Config:
    return load(None)


@contextmanager
def opened(config: Config) -> Iterator[Database]:
    """The database for a command that looks at things or changes them; refuses an old schema."""
    require_current(config)
    database = process.begin(config)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def glanced(config: Config) -> Iterator[Database | None]:
    """As `opened`, for lists: None where there is no database yet, because then there is nothing to list."""
    if schema.check(config.database.url).have is None:
        yield None
        return
    with opened(config) as database:
        yield database


def show_lines(
    lines: Callable[[], Iterable[dict[str, Any]]], as_json: bool, plain: Callable[[dict[str, Any]], str]
) -> None:
    """What a list command prints: a line of JSON each, or as `plain` words it. Nothing before there is a
    database."""
    with glanced(settings()) as database:
        if database is None:
            return
        with database.read():
            for line in lines():
                json_line(line) if as_json else click.echo(plain(line))


def require_current(config: Config) -> None:
    state = schema.check(config.database.url)
    if not state.current:
        raise Refusal(str(state))


def json_line(thing: Mapping[str, Any]) -> None:
    """One object on one line of stdout."""
    sys.stdout.write(json.dumps(thing, ensure_ascii=False, default=str) + "\n")
