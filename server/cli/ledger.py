"""hemei ledger check · seal · sealed · import · template · export"""

from datetime import date

import click
from sqlalchemy import select

from handlers.wording.filters import yuan
from models.base.actor import By
from models.base.orm import session
from models.joins.sealing import seal_month
from models.ledger.balances import balances
from models.ledger.tables import SealedMonth
from models.pay.checking import faults
from models.person.colleagues import numbered
from models.place.tables import Estate
from server.cli import ledger_file
from server.cli.estates import COMMUNITY, ESTATE, Month, estate_named
from server.cli.running import Refusal, glanced, json_line, opened, settings
from server.cli.sealing import naming_what_is_lacking


@click.group(name="ledger", help="The books.")
def command() -> None:
    pass


command.add_command(ledger_file.import_)
command.add_command(ledger_file.template)
command.add_command(ledger_file.export)


@command.command()
@click.option("--json", "as_json", is_flag=True, help="The balance of each account, one object per line.")
def check(as_json: bool) -> None:
    """Prove that each entry is zero, each sealed month as it was, each bill the sum of its lines, what homes
    owe what their bills say, and each order and refund of WeChat Pay booked once. Refuses, naming what
    differs by how many fen, where one is not."""
    with opened(settings()) as database, database.read():
        wrong = [f"{what} {number}: {fen} fen over" for what, number, fen in faults()]
        for account, fen in sorted(balances().items()):
            if as_json:
                json_line({"account": account, "fen": fen})
            else:
                click.echo(f"{account:<12} {yuan(fen):>14}")
    if wrong:
        raise Refusal("; ".join(wrong))


@command.command()
@ESTATE
@COMMUNITY
@click.option("--month", type=Month(), required=True, metavar="2026-11")
@click.option("--by", required=True, help="The staff number of whoever seals it.")
def seal(estate: str, community: str | None, month: date, by: str) -> None:
    """Close the books of a month for good: from then on a mistake is reversed in a later one.

    Refuses, with a line for each thing that has to be done before, while anything of the month waits.
    """
    with opened(settings()) as database:
        with database.read():
            key = estate_named(estate, community)
        with naming_what_is_lacking(database, key, month):
            database.write(lambda: seal_month(key, month, By.staff(numbered(by).person_id)))
    click.echo(f"{estate} {month:%Y-%m} is sealed", err=True)


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
def sealed(as_json: bool) -> None:
    """Months that are sealed, with what stood on each account at their end."""
    query = (
        select(Estate.name, SealedMonth)
        .join(Estate, Estate.id == SealedMonth.estate_id)
        .order_by(Estate.id, SealedMonth.month)
    )
    with glanced(settings()) as database:
        if database is None:
            return
        with database.read():
            for name, row in session().execute(query):
                if as_json:
                    month = f"{row.month:%Y-%m}"
                    json_line({"estate": name, "month": month, "sealed_at": row.at, "closing": row.closing})
                else:
                    click.echo(f"{name}  {row.month:%Y-%m}  {row.at:%Y-%m-%d}")
