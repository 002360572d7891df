"""hemei ledger check"""

import click

from handlers.wording.filters import yuan
from models.fee.checking import faults
from models.ledger.balances import balances
from server.cli.running import Refusal, json_line, opened, settings


@click.group(name="ledger", help="The books.")
def command() -> None:
    pass


@command.command()
@click.option("--json", "as_json", is_flag=True, help="The balance of each account, one object per line.")
def check(as_json: bool) -> None:
    """Prove that every entry is zero, every bill the sum of its lines, and what homes owe what their bills
    say. Refuses, naming what differs by how many fen, where one is not."""
    with opened(settings()) as database, database.read():
        wrong = [f"{what} {number}: {fen} fen over" for what, number, fen in faults()]
        for account, fen in sorted(balances().items()):
            if as_json:
                json_line({"account": account, "fen": fen})
            else:
                click.echo(f"{account:<12} {yuan(fen):>14}")
    if wrong:
        raise Refusal("; ".join(wrong))
