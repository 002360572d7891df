"""hemei offer make · list · agree · withdraw"""

from pathlib import Path
from typing import Any

import click

from models.base.actor import By
from models.contract import offers
from models.contract.tables import Charging
from server.cli.estates import estate_named, of_estate
from server.cli.homes import NUMBER, day_of, desk
from server.cli.payment import Yuan
from server.cli.running import Refusal, opened, settings, show_lines
from server.cli.toml_file import FILE, read

NEEDED = frozenset({"estate", "charging", "name", "open_from", "open_until"})
MORE = frozenset(
    {"months_paid", "months_term", "starts_on", "gift", "gift_stock", "gift_yuan", "ground", "community"}
)


@click.group(name="offer", help="Ways of paying that homes may agree to: a year, a trial, service first.")
def command() -> None:
    pass


@command.command()
@click.argument("file", type=FILE)
@click.option("--by", required=True, help="The staff number of whoever makes it.")
def make(file: Path, by: str) -> None:
    """Make an offer from a TOML file. Nobody is offered it before a second person agrees.

    Keys: estate, charging (year, trial, service_first), name, months_paid, months_term, open_from, open_until
    (days), starts_on (first of a month; without it the next one), gift, gift_stock, gift_yuan, ground,
    community (where two estates share a name).
    """
    said = read(file, NEEDED, MORE)
    with opened(settings()) as database:
        number = database.write(lambda: _made(said, desk(by)))
    click.echo(f"offer {number} waits for a second person", err=True)


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
@click.option("--estate", help="The estate's name.")
def show_list(as_json: bool, estate: str | None) -> None:
    """All offers, by number."""
    show_lines(lambda: offers.listed(*of_estate(estate)), as_json, _plain)


@command.command()
@click.argument("number", type=NUMBER)
@click.option("--by", required=True, help="The staff number of the second person.")
def agree(number: int, by: str) -> None:
    """A second person agrees: homes may buy it between its days."""
    with opened(settings()) as database:
        database.write(lambda: offers.agree(number, desk(by)))
    click.echo(f"offer {number} is agreed to", err=True)


@command.command()
@click.argument("number", type=NUMBER)
def withdraw(number: int) -> None:
    """Nobody is offered it any more; who bought it keeps it."""
    with opened(settings()) as database:
        database.write(offers.withdraw, number)
    click.echo(f"offer {number} is withdrawn", err=True)


def _made(said: dict[str, Any], by: By) -> int:
    try:
        charging = Charging(said["charging"])
    except ValueError:
        raise Refusal(f"charging is one of {', '.join(Charging)}") from None
    open_from, open_until = day_of(said, "open_from"), day_of(said, "open_until")
    assert open_from is not None
    assert open_until is not None
    gift, ground, community = said.get("gift"), said.get("ground"), said.get("community")
    return offers.make(
        estate_named(str(said["estate"]), community and str(community)),
        charging,
        str(said["name"]),
        open_from,
        open_until,
        by,
        months_paid=_whole(said, "months_paid"),
        months_term=_whole(said, "months_term"),
        starts_on=day_of(said, "starts_on"),
        gift=str(gift) if gift is not None else None,
        gift_stock=_whole(said, "gift_stock"),
        gift_fen=Yuan().convert(str(said.get("gift_yuan", "0")), None, None),
        ground=str(ground) if ground is not None else None,
    )


def _whole(said: dict[str, Any], name: str) -> int:
    value = said.get(name, 0)
    if type(value) is not int:
        raise Refusal(f"{name} is a whole number")
    return value


def _plain(line: dict[str, Any]) -> str:
    months = f"{line['months_paid']}/{line['months_term']}"
    days = f"{line['open_from']}..{line['open_until']}"
    return (
        f"{line['number']:>5}  {line['state']:<9}  {line['charging']:<13}  {months:>5}  {days}"
        f"  {line['estate']}  {line['name']}"
    )
