"""hemei report indicators"""

from datetime import datetime

import click

from models.indicator.asking import GROUPS, Scope
from server.cli.homes import DAY
from server.cli.indicator import JSON, lines_of, period_said, plain
from server.cli.indicator_removal import community_named
from server.cli.running import show_lines


@click.group(name="report", help="Figures to hand on.")
def command() -> None:
    pass


@command.command()
@click.option("--from", "first", type=DAY, required=True)
@click.option("--to", "last", type=DAY, required=True)
@click.option("--community", help="Of one community; otherwise of the town.")
@click.option("--by", type=click.Choice(GROUPS), help="One line for each of these; otherwise the whole.")
@JSON
def indicators(first: datetime, last: datetime, community: str | None, by: str | None, as_json: bool) -> None:
    """The figures between two days, as `hemei indicator show` prints them."""
    wanted = period_said(None, first, last)
    show_lines(lambda: lines_of(wanted, Scope(community_named(community)), by), as_json, plain)
