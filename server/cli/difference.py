"""hemei difference list · settle · agree"""

import click

from models.pay import differences, given_there
from models.pay.given_there import BookAs
from server.cli.homes import NUMBER, staff
from server.cli.reconcile import plain
from server.cli.running import glanced, json_line, opened, settings


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
@click.option("--as", "book_as", type=click.Choice([one.value for one in BookAs]), help="What is booked.")
@click.option("--how", required=True, help="What it was and what was done about it.")
@click.option("--by", required=True, help="The staff number of whoever settles it.")
def settle(number: int, book_as: str | None, how: str, by: str) -> None:
    """Say in words what a difference was. It stays settled while the sums stay the same.

    A refund of one of our payments that was made at WeChat's own console, or by WeChat after the counter, is
    booked: `kept` by the home (out of its credit, else its bills are open again), brought back in `cash`, or
    a `loss` of the estate. A second person has to agree.
    """

    def work() -> None:
        found = given_there.held(number)
        if book_as is None:
            differences.settle(found, staff(by), how)
        else:
            given_there.say(found, book_as, staff(by), how)

    with opened(settings()) as database:
        database.write(work)
    done = "is settled" if book_as is None else "waits for a second person"
    click.echo(f"difference {number} {done}", err=True)


@command.command()
@click.argument("number", type=NUMBER)
@click.option("--by", required=True, help="The staff number of the second person.")
def agree(number: int, by: str) -> None:
    """A second person agrees to what a refund is booked as, and it is."""
    with opened(settings()) as database:
        database.write(lambda: given_there.agree(given_there.held(number), staff(by)))
    click.echo(f"difference {number} is booked", err=True)
