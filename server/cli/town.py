"""hemei town import · export · template: the town's workbook."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from handlers.wording.problems import sentence, spoken
from models.base.resources import table
from models.town import exporting, reading, writing, xlsx
from models.town.parsing import Draft, parse
from models.town.problems import WorkbookRefused
from models.town.shape import title
from server.cli.running import Refusal, json_line, opened, settings
from server.config import EMBEDDED_KEY
from server.database import Database

MOST_SHOWN = 200  # problems in words; the rest is counted

FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
JSON = click.option("--json", "as_json", is_flag=True, help="One object on stdout.")


@click.group(name="town", help="Bring a town in from a workbook, or take it out.")
def command() -> None:
    pass


@command.command(name="import", short_help="Take a workbook in: all or nothing.")
@FILE
@click.option("--dry-run", is_flag=True, help="Check everything, write nothing.")
@JSON
def import_(file: Path, dry_run: bool, as_json: bool) -> None:
    """Take FILE.xlsx into the town: all or nothing. Importing again updates; rows left out stay."""
    config = settings()
    try:
        draft = parse(reading.read_file(file))
        if config.server.secret_key == EMBEDDED_KEY and not dry_run:
            _say("embedded_key")
        with opened(config) as database, _progress(draft, hidden=as_json) as moved:
            summary = _write(database, draft, dry_run, moved)
    except WorkbookRefused as refusal:
        _refuse(refusal, as_json)
    if as_json:
        json_line({"ok": True, "dry_run": dry_run, "sheets": summary.as_dict()})
        return
    _say("tried" if dry_run else "imported")
    for code, counts in summary.as_dict().items():
        _say("counts", sheet=title(code), **counts)


def _write(database: Database, draft: Draft, dry_run: bool, moved: writing.Progress) -> writing.Summary:
    try:
        return database.write(writing.take, draft, dry_run=dry_run, progress=moved)
    except writing.DryRun as tried:
        return tried.summary


@contextmanager
def _progress(draft: Draft, *, hidden: bool) -> Iterator[writing.Progress]:
    """A bar on stderr, only for somebody who watches."""
    if hidden or not sys.stderr.isatty():
        yield lambda rows: None
        return
    length = sum(map(len, draft.rows.values()))
    with click.progressbar(length=length, label=_words("progress"), file=sys.stderr) as bar:
        yield bar.update


def _refuse(refusal: WorkbookRefused, as_json: bool) -> None:
    count = len(refusal.problems) + refusal.more
    if as_json:
        json_line(
            {
                "ok": False,
                "count": count,
                "problems": [
                    {
                        "code": problem.code,
                        "sheet": problem.sheet,
                        "row": problem.row,
                        "column": problem.column,
                        "message": sentence(problem),
                    }
                    for problem in refusal.problems
                ],
            }
        )
    shown = refusal.problems[:MOST_SHOWN]
    for problem in shown:
        click.echo(spoken(problem), err=True)
    if count > len(shown):
        _say("more", count=count - len(shown))
    raise Refusal(_words("refused", count=count))


@command.command(short_help="Write the whole town into a workbook.")
@FILE
def export(file: Path) -> None:
    """Write the whole town into FILE.xlsx; importing it gives the same town."""
    with opened(settings()) as database, database.read():
        workbook = exporting.export()
    with _writing(file):
        xlsx.write(workbook, file)
    _say("exported", path=file, rows=sum(len(rows) - 1 for _, rows in workbook.sheets))


@command.command(short_help="Write a blank workbook to fill in.")
@FILE
def template(file: Path) -> None:
    """Write a blank workbook into FILE.xlsx: headings, drop-downs, an example row on each sheet."""
    with _writing(file):
        xlsx.write_template(file)
    _say("template", path=file)


@contextmanager
def _writing(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as trouble:
        raise Refusal(_words("cannot_write", path=file, reason=trouble.strerror)) from None


def _words(key: str, **facts: Any) -> str:
    said: str = table("labels/town_cli.toml")[key]
    return said.format(**facts)


def _say(key: str, **facts: Any) -> None:
    click.echo(_words(key, **facts), err=True)
