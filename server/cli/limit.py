"""hemei limit set · list"""

from datetime import datetime
from typing import Any

import click

from models.base.orm import session
from models.case import limits
from models.place.tables import Community
from server.cli.calendar import place_named
from server.cli.homes import DAY, desk
from server.cli.running import opened, settings, show_lines


@click.group(name="limit", help="How long each stage of a case may take, from a day on.")
def command() -> None:
    pass


@command.command(name="set")
@click.argument("stage", type=click.Choice(limits.STAGES))
@click.argument("amount", type=click.IntRange(min=1))
@click.argument("unit", type=click.Choice(limits.UNITS))
@click.option("--community", default="all", help="Its name; otherwise the whole town.")
@click.option("--category", help="A code of the label guide; otherwise all.")
@click.option("--urgency", type=click.Choice(limits.URGENCIES), help="Otherwise all.")
@click.option("--since", type=DAY, required=True, help="Its first day; tomorrow at the earliest.")
@click.option("--source", required=True, help="Which paper says so.")
@click.option("--by", required=True, help="The staff number of whoever sets it.")
def set_one(
    stage: str,
    amount: int,
    unit: str,
    community: str,
    category: str | None,
    urgency: str | None,
    since: datetime,
    source: str,
    by: str,
) -> None:
    """Set a limit. A clock that runs keeps the one of the day on which it began."""

    def work() -> int:
        return limits.set_limit(
            stage,
            amount,
            unit,
            community_id=place_named(community),
            category=category,
            urgency=urgency,
            since=since.date(),
            source=source,
            by=desk(by),
        )

    with opened(settings()) as database:
        database.write(work)
    click.echo(f"{stage}: {amount} {unit} from {since:%Y-%m-%d} on", err=True)


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
@click.option("--stage", type=click.Choice(limits.STAGES))
def show_list(as_json: bool, stage: str | None) -> None:
    """All limits with their sources, the first that fits a case counts."""
    show_lines(lambda: [_line(one) for one in limits.listed() if stage in (None, one.stage)], as_json, _plain)


def _line(rule: limits.Rule) -> dict[str, Any]:
    place = session().get(Community, rule.community_id) if rule.community_id is not None else None
    return {
        "stage": rule.stage,
        "community": place.name if place else None,
        "category": rule.category,
        "urgency": rule.urgency,
        "amount": rule.limit.amount,
        "unit": rule.limit.unit,
        "since": str(rule.since) if rule.is_own else None,
        "until": str(rule.until) if rule.until else None,
        "source": rule.limit.source,
    }


def _plain(line: dict[str, Any]) -> str:
    what = "/".join(line[name] or "*" for name in ("community", "category", "urgency"))
    days = f"{line['since'] or ''}..{line['until'] or ''}" if line["since"] else "always"
    return f"{line['stage']:<9} {what:<24} {line['amount']:>6} {line['unit']:<16} {days}  {line['source']}"
