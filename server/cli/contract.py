"""hemei contract buy · quarter · leave · return · list · owed · give-back"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import click

from handlers.wording.filters import yuan
from models.contract import reading
from models.contract.tables import Charging, State
from models.fee import buying, leaving
from models.fee.payments import Way
from models.fee.returning import owed_back
from models.joins import returning
from models.joins.leaving import leave as leave_and_pay_back
from models.pay.refunding import unclaimed
from server.cli.estates import COMMUNITY
from server.cli.homes import DAY, HOME, NUMBER, desk, home_named, home_said
from server.cli.payment import Yuan
from server.cli.running import opened, settings, show_lines

BY = click.option("--by", required=True, help="The staff number of whoever was told so at the desk.")


@click.group(name="contract", help="What homes agreed on: a year in advance, trials, service first.")
def command() -> None:
    pass


@command.command()
@HOME
@COMMUNITY
@click.option("--offer", type=NUMBER, required=True, help="The offer's number.")
@BY
def buy(home: str, community: str | None, offer: int, by: str) -> None:
    """A home agrees to an offer, at the desk. A year in advance is billed at once."""

    def work() -> tuple[int, str, int]:
        made = buying.agree(home_named(home, community), offer, desk(by), "desk")
        return made.id, made.since.isoformat(), int(made.rules["fen"])

    with opened(settings()) as database:
        number, since, fen = database.write(work)
    click.echo(f"contract {number} from {since}: {yuan(fen)} yuan to pay now", err=True)


@command.command()
@HOME
@COMMUNITY
@BY
def quarter(home: str, community: str | None, by: str) -> None:
    """After a trial a home says that it goes on: by quarter."""

    def work() -> date:
        return buying.agree_to_quarter(home_named(home, community), desk(by), "desk").since

    with opened(settings()) as database:
        since = database.write(work)
    click.echo(f"by quarter from {since}", err=True)


@command.command()
@click.argument("number", type=NUMBER)
@click.option("--why", default="", help="What the home says.")
@BY
def leave(number: int, why: str, by: str) -> None:
    """A home leaves before the end. What it paid for months not begun goes back: over WeChat where it came
    that way, the rest is owed and given back at the desk."""
    with opened(settings()) as database:
        owed, sent = database.write(lambda: leave_and_pay_back(number, desk(by), why))
    click.echo(
        f"contract {number} has ended: {yuan(owed.rest)} yuan go back, {yuan(sent)} of them over WeChat"
        f" (kept for a gift: {yuan(owed.gift_fen)})",
        err=True,
    )


@command.command(name="return")
@click.argument("number", type=NUMBER)
@BY
def return_trial(number: int, by: str) -> None:
    """A home does not want its trial: costs nothing and needs no reason."""
    with opened(settings()) as database:
        database.write(lambda: leaving.return_trial(number, desk(by)))
    click.echo(f"trial {number} is given back", err=True)


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
@click.option("--estate", help="The estate's name.")
@click.option("--charging", type=click.Choice([one.value for one in Charging]))
@click.option("--state", type=click.Choice([one.value for one in State]))
def show_list(as_json: bool, estate: str | None, charging: str | None, state: str | None) -> None:
    """All contracts, by number."""
    show_lines(lambda: reading.listed(estate=estate, charging=charging, state=state), as_json, _plain)


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
def owed(as_json: bool) -> None:
    """Homes to which money is owed back, in fen, with what of it goes over WeChat already."""
    show_lines(_owed, as_json, lambda line: f"{yuan(line['fen']):>10}  {line['household']}")


@command.command(name="give-back")
@HOME
@COMMUNITY
@click.option("--yuan", "fen", type=Yuan(), required=True)
@click.option("--way", type=click.Choice([Way.CASH.value, Way.TRANSFER.value]), required=True)
@click.option("--receipt", required=True, help="The receipt's number: each is booked once.")
@click.option("--day", type=DAY, required=True, help="When it was given.")
@BY
def give_back(
    home: str, community: str | None, fen: int, way: str, receipt: str, day: datetime, by: str
) -> None:
    """Book what was given back at the desk."""

    def work() -> bool:
        return returning.give_back(home_named(home, community), fen, Way(way), receipt, day.date(), desk(by))

    with opened(settings()) as database:
        is_new = database.write(work)
    click.echo("booked" if is_new else "booked before", err=True)


def _owed() -> Iterator[dict[str, Any]]:
    for home, fen in owed_back().items():
        yield {"household": home_said(home), "fen": fen, "at_the_desk_fen": unclaimed(home)}


def _plain(line: dict[str, Any]) -> str:
    return (
        f"{line['number']:>5}  {line['state']:<8}  {line['charging']:<13}  {line['since']}.."
        f"{line['until'] or '':<10}  {yuan(line['fen']):>9}  {line['household']}"
    )
