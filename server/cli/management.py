"""hemei management show · set · aim · trend"""

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from typing import Any

import click

from models.base.clock import local, now
from models.base.resources import table
from models.grid import management
from models.grid.management import RULES, UNSAID
from models.place.gazetteer import town
from server.cli.estates import COMMUNITY as OF
from server.cli.estates import ESTATE, community_named, estate_named
from server.cli.homes import DAY, desk
from server.cli.running import Refusal, opened, settings, show_lines

COMMUNITY = click.option("--community", help="Only of this community.")
LINES = click.option("--json", "as_json", is_flag=True, help="One object per line.")
SHARES = click.Choice(sorted(table(RULES)["rates"]))


@click.group(name="management", help="Who manages how many buildings, its history and its target.")
def command() -> None:
    pass


@command.command()
@LINES
@COMMUNITY
@click.option("--on", "day", type=DAY, help="The day; today without it.")
def show(as_json: bool, community: str | None, day: datetime | None) -> None:
    """Buildings by model, the register that they add up to, and both rates with their denominator."""

    def lines() -> Iterator[dict[str, Any]]:
        found = management.count(_of(community), day.date() if day else local(now()).date())
        for code, several in found.models.items():
            yield {"model": code, "buildings": several}
        yield {"model": "register", "buildings": found.register}
        for share in table(RULES)["rates"]:
            rate = found.rate(share)
            yield {"rate": share, "over": rate.over, "under": rate.under, "permille": rate.permille}

    show_lines(lines, as_json, _plain)


@command.command(name="set")
@ESTATE
@OF
@click.option("--building", help="Such as 3; without it all buildings of the estate.")
@click.option("--model", type=click.Choice(sorted(table("labels/management.toml"))), required=True)
@click.option("--since", type=DAY, required=True, help="The first day.")
@click.option("--by", required=True, help="The staff number of whoever says so.")
def say(
    estate: str, community: str | None, building: str | None, model: str, since: datetime, by: str
) -> None:
    """Buildings are managed so from a day on. What was before stays known."""

    def work() -> int:
        key = estate_named(estate, community)
        houses = town().buildings_of(key)
        if building is not None:
            found = town().building(key, building)
            if found is None:
                raise Refusal(f"{estate} has no building {building}")
            houses = (found,)
        return management.say(dict.fromkeys((one.id for one in houses), model), since.date(), desk(by).id)

    with opened(settings()) as database:
        click.echo(f"{database.write(work)} buildings changed", err=True)


@command.command()
@COMMUNITY
@click.option("--share", required=True, metavar="85", help="Percent, two decimals at most.")
@click.option("--on", "day", type=DAY, required=True, help="By which day.")
@click.option("--by", required=True, help="The staff number of whoever decides it.")
def aim(community: str | None, share: str, day: datetime, by: str) -> None:
    """The share that shall be reached by a day: a line on the trend. The town's without a community."""
    try:
        part = Fraction(share) / 100
    except (ValueError, ZeroDivisionError):
        raise click.BadParameter(f"{share} is no percentage, such as 85") from None
    with opened(settings()) as database:
        database.write(lambda: management.aim(_of(community), part, day.date(), desk(by)))
    click.echo(f"{share} % by {day:%Y-%m-%d}", err=True)


@command.command()
@LINES
@COMMUNITY
@click.option("--rate", type=SHARES, default="introduced")
@click.option("--months", type=click.IntRange(1, 120), default=12)
def trend(as_json: bool, community: str | None, rate: str, months: int) -> None:
    """A rate month by month. All months are of today's register."""

    def lines() -> Iterator[dict[str, Any]]:
        for one in management.trend(_of(community), rate, local(now()).date(), months):
            over, under = one.rate or (None, None)
            yield {"rate": rate, "month": f"{one.month:%Y-%m}", "over": over, "under": under}

    show_lines(lines, as_json, _plain)


def _of(community: str | None) -> int | None:
    return community_named(community) if community else None


def _plain(line: dict[str, Any]) -> str:
    if "model" in line:
        of = "nobody said" if line["model"] == UNSAID else line["model"]
        return f"{line['buildings']:>6}  {of}"
    share = f"{line['over']}/{line['under']}" if line["under"] is not None else "—"
    return f"{line.get('month') or line['rate']:<12}  {share}"
