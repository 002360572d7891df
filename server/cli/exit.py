"""hemei exit tell · handed · follow · back · list"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click
from sqlalchemy import select

from handlers.wording.filters import yuan
from models.base.orm import session
from models.contract.tables import Exit
from models.fee import exiting
from models.place.tables import Estate
from server.cli.estates import COMMUNITY, ESTATE, estate_named
from server.cli.homes import DAY, NUMBER, desk, home_said
from server.cli.running import json_line, opened, settings, show_lines


@click.group(name="exit", help="A firm leaves an estate: what it hands over, what homes have back.")
def command() -> None:
    pass


@command.command()
@ESTATE
@COMMUNITY
@click.option("--firm", required=True)
@click.option("--told", type=DAY, required=True, metavar="2026-11-01", help="The day on which it said so.")
@click.option("--leaves", type=DAY, required=True, metavar="2026-12-01", help="The first day without it.")
@click.option("--by", required=True, help="The staff number of whoever enters it.")
def tell(estate: str, community: str | None, firm: str, told: datetime, leaves: datetime, by: str) -> None:
    """A firm says that it leaves."""
    with opened(settings()) as database:
        number = database.write(
            lambda: exiting.tell(estate_named(estate, community), firm, told.date(), leaves.date(), desk(by))
        )
    click.echo(f"exit {number}", err=True)


@command.command()
@click.argument("number", type=NUMBER)
@click.argument("things", nargs=-1, required=True)
def handed(number: int, things: tuple[str, ...]) -> None:
    """Add what was handed over: keys, drawings, accounts."""
    with opened(settings()) as database:
        database.write(lambda: exiting.hand_over(exiting.held(number), things))


@command.command()
@click.argument("number", type=NUMBER)
@click.option("--emergency", type=DAY, metavar="2026-12-01", help="Since when there is an emergency service.")
@click.option("--on", "first", type=DAY, metavar="2026-12-20", help="The first day of who came after.")
def follow(number: int, emergency: datetime | None, first: datetime | None) -> None:
    """Who looks after the estate since, and from when on."""

    def work() -> None:
        exiting.followed(
            exiting.held(number),
            emergency_since=emergency.date() if emergency else None,
            on=first.date() if first else None,
        )

    with opened(settings()) as database:
        database.write(work)


@command.command()
@click.argument("number", type=NUMBER)
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
def back(number: int, as_json: bool) -> None:
    """What each home is to have back, from the books as they stand. Pays nothing out."""
    with opened(settings()) as database, database.read():
        left = exiting.held(number)
        whole = 0
        for one in exiting.back(left.estate_id, left.leaves_on):
            whole += one.fen
            line = {"household": home_said(one.household_id), **one._asdict(), "fen": one.fen}
            json_line(line) if as_json else click.echo(f"{yuan(one.fen):>10}  {line['household']}")
    click.echo(f"{yuan(whole)} yuan in all", err=True)


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
def show_list(as_json: bool) -> None:
    """All of them, with the days on which nobody managed the estate."""
    show_lines(_lines, as_json, lambda line: "  ".join(str(value) for value in line.values()))


def _lines() -> Iterator[dict[str, Any]]:
    query = select(Exit, Estate.name).join(Estate, Estate.id == Exit.estate_id).order_by(Exit.id)
    for left, estate in session().execute(query):
        yield _line(left, estate)


def _line(left: Exit, estate: str) -> dict[str, Any]:
    return {
        "number": left.id,
        "estate": estate,
        "firm": left.firm,
        "told_on": left.told_on.isoformat(),
        "leaves_on": left.leaves_on.isoformat(),
        "emergency_since": left.emergency_since.isoformat() if left.emergency_since else None,
        "followed_on": left.followed_on.isoformat() if left.followed_on else None,
        "handed_over": left.handed_over,
        "days_without": exiting.days_without(left),
    }
