"""hemei whistle list · show · counts · matters · set-matters"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import click
from sqlalchemy import ColumnElement

from models.base.clock import SHANGHAI, local, now
from models.base.orm import session
from models.base.refusals import NotFound
from models.duty.answering import answerer
from models.whistle import counting, departments, listing, matters
from models.whistle.counting import Figures, Share
from models.whistle.tables import Whistle
from server.cli.calendar import place_named
from server.cli.estates import community_named
from server.cli.homes import DAY, NUMBER, desk
from server.cli.running import Refusal, json_line, opened, settings, show_lines

JSON = click.option("--json", "as_json", is_flag=True, help="One object per line.")
COMMUNITY = click.option("--community", help="Only of this community.")


@click.group(name="whistle", help="Departments that were called to a case: who answered, who came.")
def command() -> None:
    pass


@command.command(name="list")
@JSON
@COMMUNITY
@click.option("--running", is_flag=True, help="Only those that are not over.")
def show_list(as_json: bool, community: str | None, running: bool) -> None:
    """All whistles, the oldest first."""

    def lines() -> Iterator[dict[str, Any]]:
        which: list[ColumnElement[bool]] = []
        if community:
            which.append(Whistle.community_id == community_named(community))
        if running:
            which.append(Whistle.ended_at.is_(None))
        yield from listing.lines(*which)

    show_lines(lines, as_json, _plain)


@command.command()
@click.argument("number", type=NUMBER)
@click.option("--json", "as_json", is_flag=True, help="One object; it is printed so without this as well.")
def show(number: int, as_json: bool) -> None:
    """One whistle as JSON: whom it called, what they said, when they came, both sides' marks, the meetings of
    its case, every step."""
    with opened(settings()) as database, database.read():
        whistle = session().get(Whistle, number)
        if whistle is None:
            raise NotFound("whistle_not_found")
        json_line(listing.whole(whistle))


@command.command()
@click.option("--from", "first", type=DAY, help="Blown from this day on; without it the first of this year.")
@click.option("--to", "last", type=DAY, help="And up to this day; without it today.")
@click.option(
    "--by",
    "group",
    type=click.Choice(["department", "whistler", "all"]),
    default="department",
    show_default=True,
    help="A line for each.",
)
@COMMUNITY
@JSON
def counts(
    first: datetime | None, last: datetime | None, group: str, community: str | None, as_json: bool
) -> None:
    """Both sides in figures, from steps: in time of those who had to, justified of those that were scored,
    marks as their sum over their count. A zero denominator is a dash."""
    today = local(now()).replace(hour=0, minute=0, second=0, microsecond=0)
    since = first.replace(tzinfo=SHANGHAI) if first else today.replace(month=1, day=1)
    until = (last.replace(tzinfo=SHANGHAI) if last else today) + timedelta(days=1)
    if until <= since:
        raise Refusal("the last day is before the first")

    def lines() -> Iterator[dict[str, Any]]:
        told = counting.told(since, until, community_named(community) if community else None)
        if group == "all":
            yield _figures("all", counting.figures(told))
        elif group == "department":
            found = counting.by_department(told)
            known = departments.names(found)
            yield from (_figures(known[key], one) for key, one in found.items())
        else:
            for key, one in counting.by_whistler(told).items():
                who = answerer(key) if key is not None else None
                yield _figures(who.name if who else "?", one)

    show_lines(lines, as_json, _counted)


def _figures(name: str, one: Figures) -> dict[str, Any]:
    shares = {
        field: {"over": share.part, "under": share.whole}
        for field, share in one._asdict().items()
        if isinstance(share, Share)
    }
    return {"name": name, "whistles": one.whistles, **shares}


def _counted(one: dict[str, Any]) -> str:
    def rate(field: str) -> str:
        share = one[field]
        return f"{share['over']}/{share['under']}" if share["under"] else "—"

    return (
        f"{one['name']}  {one['whistles']} whistles: answered in time {rate('answered')}, there in time "
        f"{rate('arrived')}, justified {rate('justified')}, marks {rate('marks')}"
    )


def _plain(one: dict[str, Any]) -> str:
    called = "  ".join(f"{call['name']} {call['state']}" for call in one["departments"])
    return f"{one['number']:>6}  {one['state']:<10}  {one['case']}  {one['blown_at'][:16]}  {called}"


@command.command(name="matters")
@COMMUNITY
@JSON
def show_matters(community: str | None, as_json: bool) -> None:
    """What a community takes by its published list (社区事项清单), today; one category a line."""

    def lines() -> Iterator[dict[str, Any]]:
        where = community_named(community) if community else None
        yield from ({"category": one} for one in sorted(matters.categories_of(where)))

    show_lines(lines, as_json, lambda one: str(one["category"]))


@command.command(name="set-matters")
@click.argument("categories", nargs=-1, required=True)
@click.option("--community", default="all", help="Its name; otherwise the whole town.")
@click.option("--since", type=DAY, required=True, help="Its first day; tomorrow at the earliest.")
@click.option("--source", required=True, help="Which paper says so.")
@click.option("--by", required=True, help="The staff number of whoever enters it.")
def set_matters(categories: tuple[str, ...], community: str, since: datetime, source: str, by: str) -> None:
    """Enter the whole list as it was published: CATEGORIES are codes of the label guide."""

    def work() -> int:
        where = place_named(community)
        return matters.publish(categories, community_id=where, since=since.date(), source=source, by=desk(by))

    with opened(settings()) as database:
        database.write(work)
    click.echo(f"{len(set(categories))} categories from {since:%Y-%m-%d} on", err=True)
