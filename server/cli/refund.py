"""hemei refund list · ask · agree · decline · settle"""

from typing import Any

import click
from sqlalchemy import ColumnElement, select

from handlers.wording.filters import yuan
from models.base.orm import session
from models.base.refusals import NotFound
from models.pay import reading, refunding
from models.pay.tables import Order, Refund, RefundState
from server.cli.homes import staff
from server.cli.payment import Yuan
from server.cli.running import opened, settings, show_lines


@click.group(name="refund", help="Money that goes back over WeChat Pay.")
def command() -> None:
    pass


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
@click.option("--state", type=click.Choice([state.value for state in RefundState]), multiple=True)
@click.option("--waiting", is_flag=True, help="Only those that wait for a person.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many; otherwise all.")
def show_list(as_json: bool, state: tuple[str, ...], waiting: bool, limit: int | None) -> None:
    """All refunds, oldest first."""
    which: list[ColumnElement[bool]] = [
        *([Refund.state.in_(state)] if state else []),
        *([reading.WAITING] if waiting else []),
    ]
    show_lines(lambda: reading.refunds(*which, limit=limit), as_json, _plain)


@command.command()
@click.argument("order")
@click.option("--yuan", "fen", type=Yuan(), required=True)
@click.option("--why", type=click.Choice(sorted(refunding.ASKED_FOR)), required=True)
@click.option("--by", required=True, help="The staff number of whoever asks.")
def ask(order: str, fen: int, why: str, by: str) -> None:
    """Ask that so much of a paid ORDER goes back. A second person has to agree."""

    def work() -> str:
        found = session().scalars(select(Order).where(Order.number == order)).first()
        if found is None:
            raise NotFound("order_not_found", number=order)
        return refunding.ask(found, fen, why, staff(by)).number

    with opened(settings()) as database:
        click.echo(database.write(work))


@command.command()
@click.argument("number")
@click.option("--by", required=True, help="The staff number of the second person.")
def agree(number: str, by: str) -> None:
    """A second person agrees: it goes back. What it had paid is open again, as far as nothing else is to the
    home's credit."""
    with opened(settings()) as database:
        database.write(lambda: refunding.agree(number, staff(by)))
    click.echo(f"refund {number} goes back", err=True)


@command.command()
@click.argument("number")
@click.option("--by", required=True, help="The staff number of whoever declines.")
def decline(number: str, by: str) -> None:
    """It does not go back."""
    with opened(settings()) as database:
        database.write(lambda: refunding.decline(number, staff(by)))
    click.echo(f"refund {number} is declined", err=True)


@command.command()
@click.argument("number")
@click.option("--how", type=click.Choice(["again", "counter"]), required=True)
@click.option("--by", required=True, help="The staff number of whoever decides.")
def settle(number: str, how: str, by: str) -> None:
    """Decide about one that the platform did not pay: `again` tells it once more, by the same number;
    `counter` says that the home got the money in cash."""
    with opened(settings()) as database:
        database.write(lambda: refunding.settle(number, staff(by), how))
    click.echo(f"refund {number} is settled", err=True)


def _plain(line: dict[str, Any]) -> str:
    trouble = f"  {line['trouble']}" if line["trouble"] else ""
    sums = f"{yuan(line['fen']):>10}"
    return f"{line['number']}  {line['state']:<8}  {sums}  {line['why']:<10}  {line['household']}{trouble}"
