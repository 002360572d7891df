"""hemei warning rules · set · find · list"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click
from sqlalchemy import select

from models.appraisal import colouring, rules
from models.appraisal.rules import Rule
from models.appraisal.tables import StaffWarning
from models.base.clock import local, now
from models.base.months import month_on
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.indicator.figures import Figure
from models.indicator.formulas import RATES
from models.indicator.period import Period, month_at, named
from models.person.tables import Staff
from server.appraising import AT_ONCE
from server.cli.homes import DAY, staff
from server.cli.indicator_removal import community_named
from server.cli.running import json_line, opened, settings, show_lines

JSON = click.option("--json", "as_json", is_flag=True, help="One object per line.")
COMMUNITY = click.option("--community", help="Of one community; otherwise of the town.")
MONTH = click.option("--period", metavar="2026-11", help="Otherwise the month that was over last.")


@click.group(name="warning", help="Colours of staff by rule, and the rules.")
def command() -> None:
    pass


@command.command(name="rules")
@COMMUNITY
@JSON
def show_rules(community: str | None, as_json: bool) -> None:
    """The rules that hold there today."""

    def lines() -> Iterator[dict[str, Any]]:
        for one in rules.known().of(community_named(community), local(now()).date()).values():
            yield one._asdict()

    show_lines(lines, as_json, lambda one: "  ".join(str(part) for part in one.values()))


@command.command(name="set")
@click.argument("code")
@click.option("--indicator", type=click.Choice(list(RATES)), required=True)
@click.option("--amber", type=click.IntRange(0, 10_000), required=True, help="In 1/10 000.")
@click.option("--red", type=click.IntRange(0, 10_000), required=True, help="In 1/10 000.")
@click.option("--least", type=click.IntRange(1), required=True, help="Fewer cases say nothing.")
@click.option("--appeal-days", type=click.IntRange(0), default=5, show_default=True, help="Working days.")
@click.option("--since", type=DAY, required=True, help="Its first day; tomorrow at the earliest.")
@COMMUNITY
@click.option("--by", "number", required=True, help="The staff number of whoever decides there.")
def set_rule(
    code: str,
    indicator: str,
    amber: int,
    red: int,
    least: int,
    appeal_days: int,
    since: datetime,
    community: str | None,
    number: str,
) -> None:
    """Another rule of this code from a day on. What was found before keeps the rule by which it was."""
    rule = Rule(code, indicator, not RATES[indicator].less_is_better, amber, red, least, appeal_days)
    with opened(settings()) as database:
        database.write(lambda: rules.change(rule, community_named(community), since.date(), staff(number)))
    click.echo(f"{code}: {indicator} from {since:%Y-%m-%d} on", err=True)


@command.command()
@MONTH
@click.option("--dry-run", is_flag=True, help="Say what would be found; write and tell nothing.")
@JSON
def find(period: str | None, dry_run: bool, as_json: bool) -> None:
    """Find the colours of a month that is over, as the timetable does. Each hears of the own ones alone."""
    wanted = _month(period)
    with opened(settings()) as database:
        with database.read():
            month = colouring.found(wanted)
            names = _numbers()
            for several in month.people:
                for one in several:
                    line = {
                        "person": names.get(one.person_id),
                        "period": wanted.name,
                        "rule": one.rule.code,
                        "colour": one.colour,
                        "over": one.tally.over,
                        "under": one.tally.under,
                        "formulas": month.formulas,
                    }
                    json_line(line) if as_json else click.echo("  ".join(map(str, line.values())))
        fresh = 0
        for start in range(0, 0 if dry_run else len(month.people), AT_ONCE):
            fresh += database.write(colouring.enter, month, month.people[start : start + AT_ONCE])
    click.echo("nothing was written" if dry_run else f"{fresh} new colours of {wanted.name}", err=True)


@command.command(name="list")
@MONTH
@JSON
def show_list(period: str | None, as_json: bool) -> None:
    """What stands. A colour about which somebody may still say something is that person's alone."""

    def lines() -> Iterator[dict[str, Any]]:
        names = _numbers()
        query = select(StaffWarning).where(
            StaffWarning.period == _month(period).name, StaffWarning.final_at.is_not(None)
        )
        for one in session().scalars(query.order_by(StaffWarning.id)):
            rule = rules.from_json(one.rule)
            figure = Figure(rule.indicator, one.numerator, one.denominator, rule.scale)
            yield {
                "person": names.get(one.person_id),
                "period": one.period,
                "rule": one.code,
                "stands": one.stands,
                "figure": figure.written(),
                "formulas": one.formulas,
            }

    show_lines(lines, as_json, lambda one: "  ".join(map(str, one.values())))


def _month(said: str | None) -> Period:
    period = named(said) if said else month_at(month_on(local(now()).date().replace(day=1), -1))
    if not period.is_over(now()):
        raise NotAllowed("period_runs", period=period.name)
    return period


def _numbers() -> dict[int, str]:
    return {row.person_id: row.number for row in session().execute(select(Staff.person_id, Staff.number))}
