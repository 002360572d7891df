"""hemei problem list · show · rates · rules · set-rule"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click

from models.base.checkdigit import without_check
from models.base.orm import session
from models.base.refusals import NotFound
from models.problem import cluster_rules
from models.problem.clusters import Rule
from models.problem.figures import KINDS, rates
from models.problem.listing import counts, line, listed, whole
from models.problem.tables import Problem
from server.cli.calendar import place_named
from server.cli.estates import community_named
from server.cli.homes import DAY, desk
from server.cli.running import json_line, opened, settings, show_lines

JSON = click.option("--json", "as_json", is_flag=True, help="One object per line.")
COMMUNITY = click.option("--community", help="Only of this community.")


@click.group(name="problem", help="Common and single problems, and the cases that hang on them.")
def command() -> None:
    pass


@command.command(name="list")
@JSON
@COMMUNITY
@click.option("--kind", type=click.Choice(KINDS))
@click.option("--state", type=click.Choice(["proposed", "open", "put_right", "refused"]))
@click.option("--due", is_flag=True, help="Only those whose day has come and that are not put right.")
def show_list(as_json: bool, community: str | None, kind: str | None, state: str | None, due: bool) -> None:
    """All problems, the oldest first."""

    def lines() -> Iterator[dict[str, Any]]:
        found = listed(community_named(community) if community else None, state=state)
        many = counts(found)
        for problem in found:
            one = line(problem, many.get(problem.id, 0))
            if kind in (None, one["kind"]) and (one["due"] or not due):
                yield one

    show_lines(lines, as_json, _plain)


@command.command()
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="One object; it is printed so without this as well.")
def show(number: str, as_json: bool) -> None:
    """One problem as JSON: its cases, who owns it, what holds it, every step."""
    with opened(settings()) as database, database.read():
        key = without_check(number)
        problem = session().get(Problem, key) if key is not None else None
        if problem is None:
            raise NotFound("problem_not_found", number=number)
        json_line(whole(problem))


@command.command(name="rates")
@JSON
@COMMUNITY
def show_rates(as_json: bool, community: str | None) -> None:
    """整改率: put right / confirmed, by kind. A zero denominator is a dash."""

    def lines() -> Iterator[dict[str, Any]]:
        for one in rates(community_named(community) if community else None):
            yield {
                "kind": one.kind,
                "put_right": one.put_right,
                "total": one.total,
                "percent": None if one.tenths is None else one.tenths / 10,
            }

    show_lines(lines, as_json, _plain_rate)


@command.command(name="rules")
@JSON
@COMMUNITY
def show_rules(as_json: bool, community: str | None) -> None:
    """When hemei proposes a common problem today, in the town or in one community."""

    def lines() -> Iterator[dict[str, Any]]:
        for rule in cluster_rules.rules_of(community_named(community) if community else None):
            yield rule._asdict()

    show_lines(lines, as_json, _plain_rule)


@command.command(name="set-rule")
@click.argument("place", type=click.Choice(["building", "estate"]))
@click.option("--cases", type=click.IntRange(1), required=True, help="At least so many of one category …")
@click.option("--people", type=click.IntRange(1), required=True, help="… said by so many people …")
@click.option("--days", type=click.IntRange(1), required=True, help="… within so many days …")
@click.option("--buildings", type=click.IntRange(1), default=1, help="… in so many buildings.")
@click.option("--community", default="all", help="Its name; otherwise the whole town.")
@click.option("--since", type=DAY, required=True, help="Its first day; tomorrow at the earliest.")
@click.option("--source", required=True, help="Which paper says so.")
@click.option("--by", required=True, help="The staff number of whoever sets it.")
def set_rule(
    place: str,
    cases: int,
    people: int,
    days: int,
    buildings: int,
    community: str,
    since: datetime,
    source: str,
    by: str,
) -> None:
    """Set from how many cases on a common problem is proposed."""
    rule = Rule(place, cases, buildings, people, days)

    def work() -> int:
        where = place_named(community)
        return cluster_rules.set_rule(
            rule, community_id=where, since=since.date(), source=source, by=desk(by)
        )

    with opened(settings()) as database:
        database.write(work)
    click.echo(f"{place}: {cases} cases from {since:%Y-%m-%d} on", err=True)


def _plain_rule(one: dict[str, Any]) -> str:
    return (
        f"{one['place']:<9} {one['cases']} cases by {one['people']} people in {one['buildings']} buildings "
        f"within {one['days']} days"
    )


def _plain(one: dict[str, Any]) -> str:
    place = "-".join(str(one[name]) for name in ("estate", "building") if one[name])
    held = f"  {one['yearly_on']} {one['yearly_work']}" if one["yearly_work"] else ""
    due = "  due" if one["due"] else ""
    return (
        f"{one['number']}  {one['kind']:<6}  {one['state']:<9}  {place}  {one['title']}  "
        f"{one['cases']} cases  {one['owner'] or '-'}  {one['next_on'] or '-'}{held}{due}"
    )


def _plain_rate(one: dict[str, Any]) -> str:
    percent = "—" if one["percent"] is None else f"{one['percent']:.1f}%"
    return f"{one['kind']:<6}  {one['put_right']}/{one['total']}  {percent}"
