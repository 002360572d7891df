"""hemei order list · settle"""

from typing import Any

import click
from sqlalchemy import ColumnElement

from handlers.wording.filters import yuan
from models.pay import deciding, reading
from models.pay.tables import Order, State
from server.cli.estates import of_estate
from server.cli.homes import staff
from server.cli.running import opened, settings, show_lines

HOW = tuple(sorted({how for ways in deciding.WAYS_OUT.values() for how in ways}))


@click.group(name="order", help="Orders at WeChat Pay, and what became of them.")
def command() -> None:
    pass


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
@click.option("--estate", help="The estate's name.")
@click.option("--state", type=click.Choice([state.value for state in State]), multiple=True)
@click.option("--troubled", is_flag=True, help="Only those that a person has to decide about.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many; otherwise all.")
def show_list(
    as_json: bool, estate: str | None, state: tuple[str, ...], troubled: bool, limit: int | None
) -> None:
    """All orders, oldest first. `trouble` says why a person has to look."""
    which: list[ColumnElement[bool]] = [
        *of_estate(estate),
        *([Order.state.in_(state)] if state else []),
        *([reading.TROUBLED] if troubled else []),
    ]
    show_lines(lambda: reading.orders(*which, limit=limit), as_json, _plain)


@command.command()
@click.argument("number")
@click.option("--how", type=click.Choice(HOW), required=True)
@click.option("--by", required=True, help="The staff number of whoever decides.")
def settle(number: str, how: str, by: str) -> None:
    """Decide about an order whose payment is not what was to be paid: `prepaid` books it (the oldest bills
    first, the rest is kept), `give_back` books and returns it, `noted` books nothing: nothing is here.
    """
    with opened(settings()) as database:
        database.write(lambda: deciding.settle(number, staff(by), how))
    click.echo(f"order {number} is settled", err=True)


def _plain(line: dict[str, Any]) -> str:
    trouble = f"  {line['trouble']}" if line["trouble"] and not line["settled"] else ""
    return f"{line['number']}  {line['state']:<7}  {yuan(line['fen']):>10}  {line['household']}{trouble}"
