"""hemei open311 key create · renew · list · revoke"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import click

from models.base.clock import SHANGHAI, local, now
from models.base.orm import session
from models.partner import keys, quota
from models.partner.tables import PartnerKey
from models.place.tables import Community
from server.cli.calendar import place_named
from server.cli.homes import DAY
from server.cli.running import opened, settings, show_lines

A_DAY = 1000  # requests, where nobody says otherwise
UNTIL = click.option("--until", type=DAY, help="Its last day; otherwise without an end.")


@click.group(name="open311", help="Keys of other programs that report and read by GeoReport v2.")
def command() -> None:
    pass


@command.group(help="Who may report from outside, how often and for how long.")
def key() -> None:
    pass


@key.command()
@click.argument("name")
@click.option(
    "--right",
    "rights",
    type=click.Choice(keys.RIGHTS),
    multiple=True,
    default=keys.RIGHTS,
    show_default=True,
    help="read: its own reports as it sent them, and by its quota; report: send some.",
)
@click.option("--community", default="all", help="Its name: the only one it may report to.")
@click.option("--quota", type=click.IntRange(1, keys.MOST_A_DAY), default=A_DAY, show_default=True,
              help="Requests a day.")  # fmt: skip
@UNTIL
def create(name: str, rights: tuple[str, ...], community: str, quota: int, until: datetime | None) -> None:
    """Make a key for the program or office of this name, and print it. It is not kept: whoever loses it gets
    another one."""

    def work() -> str:
        where = place_named(community)
        return keys.make(name, rights, daily_quota=quota, community_id=where, until=_end_of(until))

    _say(work)


@key.command()
@click.argument("name")
@UNTIL
def renew(name: str, until: datetime | None) -> None:
    """Another key in the place of one that was lost, revoked or is over, and print it. The old one opens
    nothing any more; what came by it can be read with the new one."""
    _say(lambda: keys.renew(name, until=_end_of(until)))


@key.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
def show_list(as_json: bool) -> None:
    """All keys, with how they begin and how often each was used today."""
    show_lines(_lines, as_json, _plain)


@key.command()
@click.argument("name")
def revoke(name: str) -> None:
    """End a key at once. What came by it stays."""
    with opened(settings()) as database:
        ended = database.write(keys.revoke, name)
    click.echo("revoked" if ended else "it was revoked before", err=True)


def _say(work: Callable[[], str]) -> None:
    """The key alone on stdout, so that it can be handed on by a pipe."""
    with opened(settings()) as database:
        click.echo(database.write(work))
    click.echo("Hand it over safely; it cannot be shown again.", err=True)


def _end_of(day: datetime | None) -> datetime | None:
    return day.replace(tzinfo=SHANGHAI) + timedelta(days=1) if day is not None else None


def _lines() -> Iterator[dict[str, Any]]:
    used = quota.used_today()
    for one in keys.listed():
        place = session().get(Community, one.community_id) if one.community_id is not None else None
        yield {
            "name": one.name,
            "mark": one.mark,
            "rights": one.rights,
            "community": place.name if place else None,
            "daily_quota": one.daily_quota,
            "used_today": used.get(one.id, 0),
            "until": local(one.until).isoformat(timespec="seconds") if one.until else None,
            "state": _state(one),
            "made_at": local(one.made_at).isoformat(timespec="seconds"),
        }


def _state(one: PartnerKey) -> str:
    if one.revoked_at is not None:
        return "revoked"
    return "over" if one.until is not None and one.until <= now() else "good"


def _plain(line: dict[str, Any]) -> str:
    spent = f"{line['used_today']}/{line['daily_quota']}"
    until = line["until"] or "-"
    return f"{line['name']}  {line['mark']}…  {'+'.join(line['rights'])}  {spent}  {until}  {line['state']}"
