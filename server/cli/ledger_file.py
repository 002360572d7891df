"""hemei ledger import · template · export: the books from a workbook, and into one."""

from datetime import datetime
from pathlib import Path

import click

from handlers.wording.exports import balance_sheet, entry_sheet
from models.base.actor import SYSTEM, By
from models.joins.listing import ledger
from models.ledger.balances import balances
from models.person.colleagues import numbered
from models.town import opening, reading, writing, xlsx
from models.town.opening_shape import SHEETS
from models.town.parsing import Draft, parse
from models.town.problems import WorkbookRefused
from models.town.shape import title
from server.cli.estates import COMMUNITY, estate_named
from server.cli.running import json_line, opened, settings
from server.cli.workbooks import FILE, JSON, announce, progress, refuse, write_sheets, writing_to
from server.database import Database

DAY = click.DateTime(["%Y-%m-%d"])


@click.command(name="import", short_help="Take opening balances and past payments in: all or nothing.")
@FILE
@click.option("--dry-run", is_flag=True, help="Check everything, write nothing.")
@click.option("--by", help="The staff number of whoever answers for it; otherwise nobody's.")
@JSON
def import_(file: Path, dry_run: bool, by: str | None, as_json: bool) -> None:
    """Begin the books with FILE.xlsx: balances of estates, what homes owe and have to their credit, what they
    paid since. All or nothing; the same again changes nothing, and what differs from what is booked is a
    problem of its row."""
    try:
        draft = parse(reading.read_file(file), SHEETS)
        with opened(settings()) as database, progress(draft, hidden=as_json) as moved:
            summary = _write(database, draft, by, dry_run, moved)
    except WorkbookRefused as refusal:
        refuse(refusal, as_json)
    if as_json:
        json_line({"ok": True, "dry_run": dry_run, "sheets": summary.as_dict()})
        return
    announce("tried" if dry_run else "imported")
    for code, counts in summary.as_dict().items():
        announce("counts", sheet=title(code), **counts)


def _write(
    database: Database, draft: Draft, by: str | None, dry_run: bool, moved: writing.Progress
) -> writing.Summary:
    def work() -> writing.Summary:
        whom = By.staff(numbered(by).person_id) if by else SYSTEM
        return opening.take(draft, whom, dry_run=dry_run, progress=moved)

    try:
        return database.write(work)
    except writing.DryRun as tried:
        return tried.summary


@click.command(short_help="Write a blank workbook to fill in.")
@FILE
def template(file: Path) -> None:
    """Write a blank workbook for `import` into FILE.xlsx: headings, drop-downs, an example row each."""
    with writing_to(file):
        xlsx.write_template(file, SHEETS)
    announce("template", path=file)


@click.command(short_help="Write entries and balances into a workbook.")
@FILE
@click.option("--estate", help="Only this estate's.")
@COMMUNITY
@click.option("--since", type=DAY, help="Only from this day on.")
@click.option("--until", type=DAY, help="Only up to this day.")
def export(
    file: Path, estate: str | None, community: str | None, since: datetime | None, until: datetime | None
) -> None:
    """Write the ledger into FILE: an .xlsx with the balances of all days beside it, or a .csv."""
    with opened(settings()) as database, database.read():
        key = estate_named(estate, community) if estate else None
        lines = ledger(key, since.date() if since else None, until.date() if until else None)
        write_sheets(file, [entry_sheet(lines), balance_sheet(balances(key))])
    announce("written", path=file)
