"""hemei mediation counts"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import click
from sqlalchemy import select

from models.base.clock import local, now
from models.base.orm import session
from models.mediation import rules
from models.mediation.counts import counts
from models.place.tables import Community
from server.cli.estates import community_named
from server.cli.homes import DAY
from server.cli.running import Refusal, show_lines
from server.cli.workbooks import JSON


@click.group(name="mediation", help="Mediations: how many, never whose or about what.")
def command() -> None:
    pass


@command.command(name="counts")
@click.option("--from", "first", type=DAY, help="The first day; without it the first of this year.")
@click.option("--to", "last", type=DAY, help="The last day; without it today.")
@click.option("--community", help="Only of this community.")
@JSON
def show_counts(first: datetime | None, last: datetime | None, community: str | None, as_json: bool) -> None:
    """One line for each community. A rate is over/under; what was agreed and not yet asked about is not in
    `over`."""
    today = local(now()).date()
    begin = first.date() if first else date(today.year, 1, 1)
    end = last.date() if last else today
    if end < begin:
        raise Refusal("the last day is before the first")

    def lines() -> Iterator[dict[str, Any]]:
        query = select(Community.id, Community.name).order_by(Community.name)
        if community:
            query = query.where(Community.id == community_named(community))
        for key, name in session().connection().execute(query):
            yield _line(name, begin, end, key)

    show_lines(lines, as_json, _plain)


def _line(name: str, begin: date, end: date, community_id: int) -> dict[str, Any]:
    found = counts(begin, end, community_id)._asdict()
    by_age = found.pop("by_age")
    borders = [0, *rules.ages()]
    return {
        "community": name,
        **found,
        "open_by_years": {f"{years}+": count for years, count in zip(borders, by_age, strict=True)},
        "success": {"over": found["kept"], "under": found["concluded"]},
        "backlog_cleared": {"over": found["old_cleared"], "under": found["old"]},
    }


def _plain(one: dict[str, Any]) -> str:
    return (
        f"{one['community']}  {one['first']} to {one['last']}: {one['opened']} opened, "
        f"{one['concluded']} concluded, {one['open']} open; "
        f"agreements kept {_rate(one['success'])}, old ones cleared {_rate(one['backlog_cleared'])}"
    )


def _rate(rate: dict[str, int]) -> str:
    return f"{rate['over']}/{rate['under']}" if rate["under"] else "—"
