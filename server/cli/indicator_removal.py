"""hemei indicator remove · agree · refuse · removals · settings · set"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click
from sqlalchemy import select

from models.base.checkdigit import with_check, without_check
from models.base.clock import now
from models.base.orm import session
from models.case.case import Case
from models.indicator import changing, removing
from models.indicator.period import this_month
from models.indicator.settings import settings as counted_by
from models.person.tables import Staff
from models.place.tables import Community
from server.cli.homes import DAY, NUMBER, staff
from server.cli.running import Refusal, opened, settings, show_lines

BY = click.option("--by", required=True, help="The staff number of whoever says so.")
JSON = click.option("--json", "as_json", is_flag=True, help="One object per line.")
COMMUNITY = click.option("--community", help="Of one community; otherwise of the town.")


@click.command()
@click.argument("number")
@click.option("--indicator", default=removing.EVERY, show_default=True, help="A rate, three_rates, or all.")
@click.option("--rule", required=True, type=click.Choice(removing.rules()))
@click.option("--reason", required=True)
@BY
def remove(number: str, indicator: str, rule: str, reason: str, by: str) -> None:
    """Propose that a case does not count, by a rule; nothing changes until a second person agrees."""

    def work() -> int:
        key = without_check(number)
        case = session().get(Case, key) if key is not None else None
        if case is None:
            raise Refusal(f"there is no case {number}")
        return removing.propose(case, indicator, rule, reason, staff(by)).id

    with opened(settings()) as database:
        made = database.write(work)
    click.echo(f"removal {made} waits for a second person", err=True)


@click.command()
@click.argument("number", type=NUMBER)
@BY
def agree(number: int, by: str) -> None:
    """Agree to a removal, as the second person."""
    _settle(number, by, agrees=True)


@click.command()
@click.argument("number", type=NUMBER)
@BY
def refuse(number: int, by: str) -> None:
    """Do not agree."""
    _settle(number, by, agrees=False)


@click.command(name="removals")
@JSON
def show_removals(as_json: bool) -> None:
    """What was proposed to be left out, by whom, and what became of it."""
    show_lines(
        _removals, as_json, lambda line: f"{line['id']:>5}  {line['case']}  {line['state']}  {line['rule']}"
    )


@click.command(name="settings")
@COMMUNITY
@JSON
def show_settings(community: str | None, as_json: bool) -> None:
    """How it is counted here today."""

    def lines() -> Iterator[dict[str, Any]]:
        known = counted_by(community_named(community), this_month(now()).last)
        for name in (*changing.CHOICES, *changing.RANGES):
            yield {"name": name, "value": getattr(known, name)}
        yield {"name": "collectors", "value": sorted(known.collectors)}
        for name, one in known.composites.items():
            parts = [[code, weight, *(["less"] if is_less else [])] for code, weight, is_less in one.parts]
            yield {"name": f"composite.{name}", "value": parts}
        yield {"name": "formulas", "value": known.version}

    show_lines(lines, as_json, lambda line: f"{line['name']:<24} {line['value']}")


@click.command(name="set")
@click.argument("name")
@click.argument("value")
@COMMUNITY
@click.option("--from", "since", type=DAY, required=True, help="A day that has not come yet.")
@click.option("--source", required=True, help="The paper that says so.")
@BY
def change(name: str, value: str, community: str | None, since: datetime, source: str, by: str) -> None:
    """Count otherwise from a day on. VALUE is a word, a number or JSON."""
    try:
        said = json.loads(value)
    except ValueError:
        said = value

    def work() -> None:
        place = community_named(community)
        changing.change(name, said, community_id=place, since=since.date(), source=source, by=staff(by))

    with opened(settings()) as database:
        database.write(work)
    click.echo(f"{name} is {value} from {since.date()} on", err=True)


def community_named(name: str | None) -> int | None:
    if name is None:
        return None
    found = session().scalar(select(Community.id).where(Community.name == name))
    if found is None:
        raise Refusal(f"there is no community {name}")
    return int(found)


def _settle(number: int, by: str, *, agrees: bool) -> None:
    with opened(settings()) as database:
        is_new = database.write(lambda: removing.settle(number, staff(by), agrees=agrees))
    said = ("agreed" if agrees else "refused") if is_new else "settled before"
    click.echo(f"removal {number}: {said}", err=True)


def _removals() -> Iterator[dict[str, Any]]:
    names = {row.person_id: row.number for row in session().execute(select(Staff.person_id, Staff.number))}
    for one in removing.everything():
        state = "agreed" if one.agreed_at else "refused" if one.refused_at else "waits"
        yield {
            "id": one.id,
            "case": with_check(one.case_id),
            "indicator": one.indicator,
            "rule": one.rule,
            "reason": one.reason,
            "by": names.get(one.by_id),
            "second": names.get(one.agreed_by) if one.agreed_by is not None else None,
            "state": state,
            "at": one.at.isoformat(),
        }
