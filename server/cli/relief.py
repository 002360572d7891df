"""hemei relief ask · agree · end · list"""

from datetime import date
from fractions import Fraction
from typing import Any

import click

from models.base.resources import table
from models.contract import reliefs
from models.fee import relieving
from server.cli.estates import COMMUNITY, Month, of_estate
from server.cli.homes import HOME, NUMBER, desk, home_named
from server.cli.running import opened, settings, show_lines


class Part(click.ParamType[Fraction]):
    """1/2, or 1 for all of it."""

    name = "part"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Fraction:
        try:
            return Fraction(str(value))
        except (ValueError, ZeroDivisionError):
            self.fail(f"{value} is no part, such as 1/2", param, ctx)


@click.group(name="relief", help="Homes that pay less by a rule. Never in a public text.")
def command() -> None:
    pass


@command.command()
@HOME
@COMMUNITY
@click.option("--ground", type=click.Choice(sorted(table("labels/relief_grounds.toml"))), required=True)
@click.option("--part", type=Part(), required=True, metavar="1/2", help="Of the fee.")
@click.option("--since", type=Month(), required=True, metavar="2026-10", help="Its first month.")
@click.option("--until", type=Month(), required=True, metavar="2027-10", help="The month after its last.")
@click.option("--proof", help="The number of the paper.")
@click.option("--by", required=True, help="The staff number of whoever asks.")
def ask(
    home: str,
    community: str | None,
    ground: str,
    part: Fraction,
    since: date,
    until: date,
    proof: str | None,
    by: str,
) -> None:
    """Ask for a relief. It counts for nothing before a second person agrees."""

    def work() -> int:
        return reliefs.ask(home_named(home, community), ground, proof, part, since, until, desk(by))

    with opened(settings()) as database:
        number = database.write(work)
    click.echo(f"relief {number} waits for a second person", err=True)


@command.command()
@click.argument("number", type=NUMBER)
@click.option("--by", required=True, help="The staff number of the second person.")
def agree(number: int, by: str) -> None:
    """A second person agrees. Bills of its months get a line more."""
    with opened(settings()) as database:
        database.write(lambda: relieving.agree(number, desk(by)))
    click.echo(f"relief {number} is agreed to", err=True)


@command.command()
@click.argument("number", type=NUMBER)
@click.option(
    "--from", "first", type=Month(), required=True, metavar="2027-01", help="The first month without it."
)
@click.option("--by", required=True, help="The staff number of whoever ends it.")
def end(number: int, first: date, by: str) -> None:
    """End a relief, or refuse one that waits. Bills that are made stay as they are."""
    with opened(settings()) as database:
        database.write(lambda: reliefs.end(reliefs.held(number), first, desk(by)))
    click.echo(f"relief {number} ends before {first:%Y-%m}", err=True)


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
@click.option("--estate", help="The estate's name.")
def show_list(as_json: bool, estate: str | None) -> None:
    """All reliefs, by number."""
    show_lines(lambda: reliefs.listed(*of_estate(estate)), as_json, _plain)


def _plain(line: dict[str, Any]) -> str:
    return (
        f"{line['number']:>5}  {line['state']:<8}  {line['part']:>5}  {line['since']}..{line['until']}"
        f"  {line['ground']:<16}  {line['household']}"
    )
