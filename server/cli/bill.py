"""hemei bill generate · list · export"""

from pathlib import Path
from typing import Any

import click
from sqlalchemy import ColumnElement

from handlers.wording.exports import bill_sheet
from handlers.wording.filters import yuan
from models.base.orm import session
from models.fee import billing, reading
from models.fee.period import Period
from models.fee.tables import Bill, BillRun, State
from models.joins.listing import bills
from server.cli.estates import of_estate
from server.cli.running import opened, settings, show_lines
from server.cli.workbooks import FILE as WORKBOOK
from server.cli.workbooks import announce, write_sheets

PROGRESS_EVERY = 10_000  # homes


@click.group(name="bill", help="Fees: what homes are charged, and what they have paid.")
def command() -> None:
    pass


@command.command()
@click.option("--period", required=True, metavar="2026-Q4", help="A year, a quarter or a month.")
@click.option("--dry-run", is_flag=True, help="Only counts and the sum.")
def generate(period: str, dry_run: bool) -> None:
    """Make the bill of every home for a period, from the tariffs that hold in it.

    Broken off, it goes on where it was; run again, it bills homes that came since, and nobody twice. A home
    without a known area or an estate without a price has no bill and is counted.
    """
    wanted = Period.of(period)
    config = settings()
    with opened(config) as database:
        if dry_run:
            with database.read():
                _say(*_rehearsed(wanted))
            return
        run = database.write(billing.begin, wanted, config.fees.due_days)
        with database.read():
            before = session().get_one(BillRun, run).bills
        database.write(billing.again, run)
        homes = 0
        while database.write(billing.bill_some, run):
            homes += billing.AT_ONCE
            if homes % PROGRESS_EVERY == 0:
                click.echo(f"{homes} homes", err=True)
        with database.read():
            done = session().get_one(BillRun, run)
            _say(done.bills, done.fen, done.no_area, done.no_tariff)
            if before:
                click.echo(f"{done.bills - before} of them are new", err=True)


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
@click.option("--period", help="Only of this period.")
@click.option("--estate", help="The estate's name.")
@click.option("--state", type=click.Choice([state.value for state in State]), multiple=True)
@click.option("--limit", type=click.IntRange(min=1), help="At most so many; otherwise all.")
def show_list(
    as_json: bool, period: str | None, estate: str | None, state: tuple[str, ...], limit: int | None
) -> None:
    """All bills, oldest first."""
    show_lines(lambda: reading.lines(*_which(period, estate, state), limit=limit), as_json, _plain)


@command.command(short_help="Write bills into a workbook.")
@WORKBOOK
@click.option("--period", help="Only of this period.")
@click.option("--estate", help="The estate's name.")
@click.option("--state", type=click.Choice([state.value for state in State]), multiple=True)
def export(file: Path, period: str | None, estate: str | None, state: tuple[str, ...]) -> None:
    """Write all bills, or some, into FILE: an .xlsx or a .csv, yuan with two decimals."""
    with opened(settings()) as database, database.read():
        write_sheets(file, [bill_sheet(bills(*_which(period, estate, state)))])
    announce("written", path=file)


def _which(period: str | None, estate: str | None, state: tuple[str, ...]) -> list[ColumnElement[bool]]:
    return [
        *([Bill.period == period] if period else []),
        *of_estate(estate),
        *([Bill.state.in_(state)] if state else []),
    ]


def _rehearsed(period: Period) -> tuple[int, int, int, int]:
    bills = fen = no_area = no_tariff = 0
    for count in billing.rehearse(period):
        bills += len(count.bills)
        fen += sum(bill.fen for bill in count.bills)
        no_area += count.no_area
        no_tariff += count.no_tariff
    return bills, fen, no_area, no_tariff


def _say(bills: int, fen: int, no_area: int, no_tariff: int) -> None:
    click.echo(f"{bills} bills, {yuan(fen)} yuan", err=True)
    if no_area or no_tariff:
        lacking = f"{no_area} homes without an area that can be right, {no_tariff} without a price"
        click.echo(f"not billed: {lacking}", err=True)


def _plain(line: dict[str, Any]) -> str:
    paid, amount = yuan(line["paid_fen"]), yuan(line["amount_fen"])
    return f"{line['number']}  {line['period']:<8}  {line['state']:<5}  {paid}/{amount}  {line['household']}"
