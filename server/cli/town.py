"""hemei town import · export · template: the town's workbook."""

from pathlib import Path

import click

from models.audit.noting import note
from models.base.actor import SYSTEM
from models.town import exporting, reading, writing, xlsx
from models.town.parsing import Draft, parse
from models.town.problems import WorkbookRefused
from models.town.shape import title
from server.cli.running import json_line, opened, settings
from server.cli.workbooks import FILE, JSON, announce, progress, refuse, writing_to
from server.config import EMBEDDED_KEY
from server.database import Database


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
            announce("embedded_key")
        with opened(config) as database, progress(draft, hidden=as_json) as moved:
            summary = _write(database, draft, dry_run, moved)
    except WorkbookRefused as refusal:
        refuse(refusal, as_json)
    if as_json:
        json_line({"ok": True, "dry_run": dry_run, "sheets": summary.as_dict()})
        return
    announce("tried" if dry_run else "imported")
    for code, counts in summary.as_dict().items():
        announce("counts", sheet=title(code), **counts)


def _write(database: Database, draft: Draft, dry_run: bool, moved: writing.Progress) -> writing.Summary:
    def work() -> writing.Summary:
        summary = writing.take(draft, dry_run=dry_run, progress=moved)
        rows = sum(sum(one.values()) for one in summary.as_dict().values())
        note("import", SYSTEM, ("page", "hemei town import"), many=rows)
        return summary

    try:
        return database.write(work)
    except writing.DryRun as tried:
        return tried.summary


@command.command(short_help="Write the whole town into a workbook.")
@FILE
def export(file: Path) -> None:
    """Write the whole town into FILE.xlsx, names and phones in full; importing it gives the same town. That
    it was taken out is noted in the log of looks."""
    with opened(settings()) as database:
        with database.read():
            workbook = exporting.export()
        rows = sum(len(rows) - 1 for _, rows in workbook.sheets)
        database.write(note, "export", SYSTEM, ("page", "hemei town export"), many=rows)
    with writing_to(file):
        xlsx.write(workbook, file)
    announce("exported", path=file, rows=rows)


@command.command(short_help="Write a blank workbook to fill in.")
@FILE
def template(file: Path) -> None:
    """Write a blank workbook into FILE.xlsx: headings, drop-downs, an example row on each sheet."""
    with writing_to(file):
        xlsx.write_template(file)
    announce("template", path=file)
