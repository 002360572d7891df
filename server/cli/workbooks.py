"""What commands share that read a workbook or write one."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click

from handlers.wording.problems import sentence, spoken
from models.base import spreadsheet
from models.base.resources import table
from models.town.parsing import Draft
from models.town.problems import WorkbookRefused
from models.town.writing import Progress
from server.cli.running import Refusal, json_line

MOST_SHOWN = 200  # problems in words; the rest is counted

FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
JSON = click.option("--json", "as_json", is_flag=True, help="One object on stdout.")


@contextmanager
def progress(draft: Draft, *, hidden: bool) -> Iterator[Progress]:
    """A bar on stderr, only for somebody who watches."""
    if hidden or not sys.stderr.isatty():
        yield lambda rows: None
        return
    length = sum(map(len, draft.rows.values()))
    with click.progressbar(length=length, label=words("progress"), file=sys.stderr) as bar:
        yield bar.update


def refuse(refusal: WorkbookRefused, as_json: bool) -> NoReturn:
    """Says every problem, on stdout as one object where that was asked for."""
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
        announce("more", count=count - len(shown))
    raise Refusal(words("refused", count=count))


@contextmanager
def writing_to(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as trouble:
        raise Refusal(words("cannot_write", path=file, reason=trouble.strerror)) from None


def write_sheets(file: Path, sheets: list[tuple[str, spreadsheet.Rows]]) -> None:
    """An .xlsx of all of them, or a .csv of the first, as the file is called."""
    with writing_to(file):
        if file.suffix.lower() == ".csv":
            spreadsheet.write_csv(file, sheets[0][1])
        else:
            spreadsheet.write(file, sheets)


def words(key: str, **facts: Any) -> str:
    said: str = table("labels/town_cli.toml")[key]
    return said.format(**facts)


def announce(key: str, **facts: Any) -> None:
    click.echo(words(key, **facts), err=True)
