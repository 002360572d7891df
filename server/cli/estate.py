"""hemei estate record · records · difference · export"""

from pathlib import Path
from typing import Any

import click

from handlers.wording.estates import changes_as_rows, sheets_of
from models.base.clock import local, now
from models.joins import estate_ledger
from models.joins.estate_ledger import Page
from models.joins.ledger_difference import difference
from server.cli.estates import COMMUNITY, ESTATE, estate_named
from server.cli.running import Refusal, json_line, opened, settings, show_lines
from server.cli.workbooks import FILE, write_sheets

NOW = "now"
OF = click.option("--of", "which", default=NOW, metavar="2026-Q4", help="A copy; this moment without it.")


@click.group(name="estate", help="One ledger per estate, its copies of each quarter, their difference.")
def command() -> None:
    pass


@command.command()
@ESTATE
@COMMUNITY
@OF
def record(estate: str, community: str | None, which: str) -> None:
    """Everything that the ledger says of an estate, as one JSON object."""
    with opened(settings()) as database, database.read():
        json_line(_page(estate_named(estate, community), which))


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
@ESTATE
@COMMUNITY
def records(as_json: bool, estate: str, community: str | None) -> None:
    """The copies of an estate, the newest first."""

    def lines() -> list[dict[str, Any]]:
        return [
            {"quarter": one.quarter, "frozen_at": local(one.frozen_at).isoformat()}
            for one in estate_ledger.copies(estate_named(estate, community))
        ]

    show_lines(lines, as_json, lambda one: f"{one['quarter']}  {one['frozen_at'][:16]}")


@command.command(name="difference")
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
@ESTATE
@COMMUNITY
@click.option("--from", "first", required=True, metavar="2026-Q3")
@click.option("--to", "last", default=NOW, metavar="2026-Q4", help="This moment without it.")
def show_difference(as_json: bool, estate: str, community: str | None, first: str, last: str) -> None:
    """What changed between two copies, or since one."""

    def lines() -> list[dict[str, Any]]:
        key = estate_named(estate, community)
        found = difference(_page(key, first), _page(key, last))
        return [one._asdict() for one in found] if as_json else changes_as_rows(found)

    show_lines(lines, as_json, lambda one: f"{one['what']}  {one['field']}  {one['before']} → {one['after']}")


@command.command()
@FILE
@ESTATE
@COMMUNITY
@OF
def export(file: Path, estate: str, community: str | None, which: str) -> None:
    """Write the ledger into FILE.xlsx."""
    with opened(settings()) as database, database.read():
        sheets = sheets_of(_page(estate_named(estate, community), which), ())
        write_sheets(file, sheets)


def _page(estate: int, which: str) -> Page:
    if which == NOW:
        return estate_ledger.page_of(estate, now())
    page = estate_ledger.copy_of(estate, which)
    if page is None:
        raise Refusal(f"there is no copy of {which}")
    return page
