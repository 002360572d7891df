"""hemei books export: a month's statement as a workbook."""

from datetime import date
from pathlib import Path

import click

from handlers.wording.exports import statement_sheets
from models.books import publishing
from models.books.statement import statement
from server.cli.estates import COMMUNITY, ESTATE, Month, estate_named
from server.cli.running import opened, settings
from server.cli.workbooks import FILE, announce, write_sheets


@click.command(short_help="Write a month's statement into a workbook.")
@FILE
@ESTATE
@COMMUNITY
@click.option("--month", type=Month(), required=True, metavar="2026-11")
def export(file: Path, estate: str, community: str | None, month: date) -> None:
    """Write opening + in - out = closing of one month into FILE.xlsx, with each thing bought and each income;
    of a month that was put up, as it was. A .csv holds the statement alone."""
    with opened(settings()) as database, database.read():
        key = estate_named(estate, community)
        up = publishing.published(key, month)
        one = publishing.as_put_up(up) if up is not None else statement(key, month)
        write_sheets(file, statement_sheets(one, key, month))
    announce("books_written", path=file)
