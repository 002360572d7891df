"""hemei goal set · withdraw · list · show · boards"""

from collections.abc import Iterator
from typing import Any

import click

from models.appraisal import goals
from models.appraisal.goals import Target
from models.appraisal.measuring import MEASURES
from models.indicator.formulas import RATES
from models.person.colleagues import numbered
from server.cli.homes import NUMBER, staff
from server.cli.indicator import grid_named
from server.cli.indicator_removal import community_named
from server.cli.running import opened, settings, show_lines

JSON = click.option("--json", "as_json", is_flag=True, help="One object per line.")
COMMUNITY = click.option("--community", help="Of one community; otherwise of the town.")
BY = click.option("--by", "number", required=True, help="The staff number of whoever decides there.")


@click.group(name="goal", help="Tasks with a measure and a target, and boards of them.")
def command() -> None:
    pass


@command.command(name="set")
@click.argument("title")
@click.option("--measure", type=click.Choice([*RATES, *MEASURES]), required=True)
@click.option("--per-10000", type=click.IntRange(0, 10_000), help="The target of a rate.")
@click.option("--count", type=click.IntRange(1), help="The target of a count.")
@click.option("--period", required=True, metavar="2026-Q4")
@click.option("--grid", help="Whose task it is.")
@click.option("--cadre", help="A staff number: who answers for it.")
@COMMUNITY
@BY
def set_goal(
    title: str,
    measure: str,
    per_10000: int | None,
    count: int | None,
    period: str,
    grid: str | None,
    cadre: str | None,
    community: str | None,
    number: str,
) -> None:
    """Set a goal. It is measured by the cases, visits and problems of its period, and typed by nobody."""

    def work() -> int:
        person = numbered(cadre).person_id if cadre else None
        target = Target(title, measure, period, per_10000, count, grid_named(grid), person)
        return goals.set_goal(target, community_named(community), staff(number))

    with opened(settings()) as database:
        click.echo(database.write(work))


@command.command()
@click.argument("goal", type=NUMBER)
@BY
def withdraw(goal: int, number: str) -> None:
    """It stands on no board from now on; those that were shown keep it."""
    with opened(settings()) as database:
        fresh = database.write(lambda: goals.withdraw_goal(goal, staff(number)))
    click.echo("withdrawn" if fresh else "was withdrawn before", err=True)


@command.command(name="list")
@COMMUNITY
@JSON
def show_list(community: str | None, as_json: bool) -> None:
    """The goals that run, and how far each is."""

    def lines() -> Iterator[dict[str, Any]]:
        for one in goals.stand(goals.running(community_named(community))):
            yield goals.as_json(one)

    show_lines(lines, as_json, _plain)


@command.command()
@COMMUNITY
@BY
def show(community: str | None, number: str) -> None:
    """Freeze the board of today as it stands."""
    with opened(settings()) as database:
        with database.read():
            place, by = community_named(community), staff(number)
            goals.may_freeze(place, by)
            lines = goals.stand(goals.running(place))
        is_new = database.write(lambda: goals.freeze(place, by, lines)[1])
    click.echo("shown" if is_new else "was shown today before", err=True)


@command.command()
@COMMUNITY
@JSON
def boards(community: str | None, as_json: bool) -> None:
    """The boards as they stood on their dates."""

    def lines() -> Iterator[dict[str, Any]]:
        for row in goals.boards(community_named(community)):
            for line in row.lines["goals"]:
                yield {"shown_on": row.shown_on.isoformat(), **line, "formulas": row.formulas}

    show_lines(lines, as_json, _plain)


def _plain(line: dict[str, Any]) -> str:
    how = {True: "reached", False: "not yet", None: "nothing counted"}[line["reached"]]
    of = f"/{line['under']}" if line["under"] is not None else ""
    whose = " ".join(str(line[name]) for name in ("grid", "cadre") if line[name])
    return f"{line['goal']:>4}  {line['period']:<8} {line['title']}  {whose}  {line['over']}{of}  {how}"
