"""hemei difference list · settle"""

import click

from models.base.actor import By
from models.base.orm import session
from models.base.refusals import NotFound
from models.pay import differences
from models.pay.tables import Difference
from models.person.colleagues import numbered
from server.cli.reconcile import plain
from server.cli.running import glanced, json_line, opened, settings

NUMBER = click.IntRange(1, 2**31)


@click.group(name="difference", help="What WeChat Pay's bill files and the books do not both say.")
def command() -> None:
    pass


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
@click.option("--all", "everything", is_flag=True, help="Settled ones as well.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many; otherwise all.")
def show_list(as_json: bool, everything: bool, limit: int | None) -> None:
    """Open differences, the oldest day first."""
    show = differences.listed if everything else differences.unsettled
    with glanced(settings()) as database:
        if database is None:
            return
        with database.read():
            for difference, estate in show(limit=limit):
                said = differences.line(difference, estate)
                json_line(said) if as_json else click.echo(plain(said))


@command.command()
@click.argument("number", type=NUMBER)
@click.option("--how", required=True, help="What it was and what was done about it.")
@click.option("--by", required=True, help="The staff number of whoever settles it.")
def settle(number: int, how: str, by: str) -> None:
    """Say in words what a difference was. It stays settled while the sums stay the same."""

    def work() -> None:
        found = session().get(Difference, number, with_for_update=True)
        if found is None:
            raise NotFound("difference_not_found", number=number)
        differences.settle(found, By.staff(numbered(by).person_id), how)

    with opened(settings()) as database:
        database.write(work)
    click.echo(f"difference {number} is settled", err=True)
