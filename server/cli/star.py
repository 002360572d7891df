"""hemei star find · close · list"""

from collections.abc import Iterator
from typing import Any

import click

from models.appraisal import stars
from models.appraisal.tables import StarQuarter
from models.indicator.period import Period, named
from server.cli.homes import staff
from server.cli.indicator_removal import community_named
from server.cli.running import opened, settings, show_lines

JSON = click.option("--json", "as_json", is_flag=True, help="One object per line.")
COMMUNITY = click.option("--community", help="Of one community; otherwise of the town.")


@click.group(name="star", help="Stewards of a quarter, closed once.")
def command() -> None:
    pass


@command.command()
@click.argument("quarter", required=False)
@COMMUNITY
@JSON
def find(quarter: str | None, community: str | None, as_json: bool) -> None:
    """The ranking as it is counted now: of a closed quarter the same names again."""

    def lines() -> Iterator[dict[str, Any]]:
        found = stars.found(_quarter(quarter), community_named(community))
        yield from _lines(found.ranking["lines"], found.ranking["rules"]["places"], found.formulas)
        yield from ({**one, "star": False} for one in found.excluded["lines"])

    show_lines(lines, as_json, _plain)


@command.command()
@click.argument("quarter", required=False)
@COMMUNITY
@click.option("--by", "number", required=True, help="The staff number of whoever decides there.")
def close(quarter: str | None, community: str | None, number: str) -> None:
    """Close a quarter that is over, the last one without a name: its ranking stays for good."""
    period = _quarter(quarter)
    with opened(settings()) as database:
        with database.read():
            place, by = community_named(community), staff(number)
            stars.may_close(period, place, by)
            found = stars.found(period, place)
        names, is_new = database.write(lambda: _closed(stars.close(period, place, by, found)))
    click.echo(f"{period.name} {'is closed' if is_new else 'was closed before'}: {names}", err=True)


@command.command(name="list")
@COMMUNITY
@JSON
def show_list(community: str | None, as_json: bool) -> None:
    """The quarters that were closed, and their stars."""

    def lines() -> Iterator[dict[str, Any]]:
        for row in stars.all_closed(community_named(community)):
            for line in _lines(stars.firsts(row), row.places, row.formulas):
                yield {"quarter": row.quarter, **line}

    show_lines(lines, as_json, _plain)


def _quarter(said: str | None) -> Period:
    return stars.quarter_of(named(said)) if said else stars.last_quarter()


def _lines(several: list[dict[str, Any]], places: int, formulas: str) -> Iterator[dict[str, Any]]:
    for one in several:
        yield {**one, "star": one["place"] <= places, "formulas": formulas}


def _closed(done: tuple[StarQuarter, bool]) -> tuple[str, bool]:
    row, is_new = done
    return " ".join(one["name"] for one in stars.firsts(row)), is_new


def _plain(line: dict[str, Any]) -> str:
    if "why" in line:
        return f"  -  {line['number']:<6} {line['name']}  {line['why']} {line['cases']}"
    return f"{line['place']:>3}  {line['number']:<6} {line['name']}  {line['cases']}"
